"""Turns of speech around an error: greetings, what leads to it, what is asked behind it, and footers of platforms."""

from __future__ import annotations

import re

_I = re.IGNORECASE
_BOUNDARY = r"(?:[.,;!?，。；！？)]|\s[-–—]{1,2})?[ \t]*(?:(?<=[\s.,;!?，。；！？)]))"

QUESTION_BEHIND = re.compile(
    rf"{_BOUNDARY}(?:how (?:do|can|to|should|much|come)|what (?:do|does|is|are|should|can|shall)|what's"
    r"|why (?:is|does|do|am|are)|can (?:you|we|i|anyone|someone|somebody)"
    r"|could (?:you|we|i|it|this|anyone|someone|somebody)|does (?:any|this)|do (?:you|we|i)\b"
    r"|is (?:it|this|that) (?:a )?(?:known|related|us|my|our)|should (?:i|we)|where|who|which|has anyone)"
    r"\b[^\n?？]{0,300}[?？]\s*$",
    _I,
)
"""How people ask behind an error on the same line."""

OWN_QUESTION_BEHIND = re.compile(
    r"(?:[.;!?]\s+|\.{3}\s*|\s[-–—]{1,2}\s)"
    r"(?:was|were|is|are|did|does|do|has|have|can|could|should|will|would|or)\s[^\n?]{0,200}\?\s*$"
)
"""Questions that people begin with a small letter."""

REMARK_BEHIND = re.compile(
    rf"{_BOUNDARY}(?:(?:any(?:one|body)?(?: have| got)? (?:idea|clue|hint|suggestion|advice|help|thought|known)s?"
    r"|anyone (?:seen|know|else)|pls|plz|thanks|thank you|thx|cheers"
    r"|i (?:have|tried|am|don't|guess|think|restarted|already)|i'm|we (?:have|tried|restarted|already)"
    r"|it (?:worked|used to|happens|started)|(?:please|kindly) (?:advise|help|have a|take a|look|assist)"
    r"|help!|help please|cc @|fyi|btw)(?!\w)|<-{1,3}\s(?!HERE))",
    _I,
)
"""How people go on behind an error on the same line, whether or not they ask."""

GREETING = re.compile(
    r"\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|thanks?(?: you)?|thx|cheers|best"
    r"|kind regards|regards"
    r"|best regards|sincerely|大家好|你好|您好|谢谢|感谢|多谢|辛苦了?|在吗|早上好|下午好|各位好)"
    r"(?![a-z])[^\n:：=(\[]{0,60}$",
    _I,
)

FOOTER = re.compile(
    r"\s*(?:--\s*$|_{5,}\s*$|sent from my |get outlook for |reply to this email|view (?:it )?on "
    r"|you are receiving this"
    r"|unsubscribe|this (?:e-?mail|message) (?:is|was) (?:sent|confidential)|-{2,} ?original message"
    r"|created by .{1,60} via |reported by:|reporter:|submitted by|发自我的|来自钉钉|发送自"
    r"|.{1,40}\s(?:APP\s+)?[0-9]{1,2}:[0-9]{2}\s?(?:AM|PM)?\s*$)",
    _I,
)
"""Lines that platforms and mail programs put around what was said."""

FIELD = re.compile(
    r"\s*(?:summary|title|subject|environment|env|description|priority|severity|reporter|components?|affects versions?"
    r"|steps to reproduce|expected(?: results?)?|actual(?: results?)?"
    r"|主题|标题|环境|描述|优先级|复现步骤|期望|实际)\s*[:：]\s*\S",
    _I,
)
"""Fields of a ticket, with what was filled in."""

INTRODUCTION = re.compile(
    r"(?:\s\S{1,200}|[\u4e00-\u9fff])[:：]\s*$|(?:报|提示|显示|说|抛|返回|出现)(?:了|错|出|的是)?\s*[:：]?\s*$"
    r"|\b(?:says|said|like this|as follows|below|got|getting|this error|error is)\s*[:：.]*\s*$|如下\s*[:：]?\s*$",
    _I,
)
"""How a line ends that only leads to the error."""
