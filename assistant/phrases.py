"""Kea's own words in chats and tickets, in the languages of those who ask."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHINESE = re.compile(r"[㐀-䶿一-鿿]")


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that Kea says in one language; ``{}`` are filled by ``str.format``."""

    answered: str
    suggested: str
    unsolved: str
    unsolved_body: str
    unknown: str
    unknown_body: str
    later: str
    cause: str
    category: str
    seen: str
    seen_times: str
    confidence: str
    question: str
    helpful: str
    not_helpful: str
    did_it_help: str
    thanks_helpful: str
    thanks_not_helpful: str
    nothing_to_judge: str
    empty: str
    too_long: str
    failed: str
    more: str
    open_in_kea: str


ENGLISH = Phrases(
    answered="This is a known error: {}",
    suggested="This may be a known error: {}",
    unsolved="This error is known, but has no solution yet: {}",
    unsolved_body="You will get an answer here as soon as an engineer attaches a solution.",
    unknown="I do not know this error.",
    unknown_body="Paste the whole error message, with its error code and the lines around it, if you have not yet.",
    later="There is a solution now for the error that you asked about: {}",
    cause="Cause",
    category="Category",
    seen="Seen",
    seen_times="{} times",
    confidence="Confidence",
    question="Question",
    helpful="Helpful",
    not_helpful="Not helpful",
    did_it_help="Did this help?",
    thanks_helpful="Thank you. Good to know that it helped.",
    thanks_not_helpful="Thank you. The engineers see that this did not help.",
    nothing_to_judge="There is no answer of mine here that could be judged yet.",
    empty="Paste an error message, and I look up its solution.",
    too_long="This text is too long to look up ({} characters). Paste the part with the error message.",
    failed="Something went wrong while I looked this up. Please ask again in a few minutes.",
    more="… (shortened)",
    open_in_kea="Open in Kea",
)

CHINESE_PHRASES = Phrases(
    answered="这是已知错误：{}",
    suggested="这可能是已知错误：{}",
    unsolved="这个错误已有记录，但还没有解决方案：{}",
    unsolved_body="工程师补充解决方案后，会在这里通知你。",
    unknown="没有找到与此匹配的已知错误。",
    unknown_body="如果还没有粘贴完整的报错信息，请连同错误码和前后几行一起发送。",
    later="你之前询问的错误现在有解决方案了：{}",
    cause="原因",
    category="类别",
    seen="出现次数",
    seen_times="{} 次",
    confidence="置信度",
    question="问题编号",
    helpful="有用",
    not_helpful="没用",
    did_it_help="这个回答有帮助吗？",
    thanks_helpful="谢谢反馈，很高兴能帮到你。",
    thanks_not_helpful="谢谢反馈，工程师会看到这个回答没有帮助。",
    nothing_to_judge="这里还没有可以评价的回答。",
    empty="把报错信息粘贴给我，我来查找解决方案。",
    too_long="内容太长（{} 个字符），请只粘贴包含报错信息的部分。",
    failed="查询时出了问题，请几分钟后再试。",
    more="…（已截断）",
    open_in_kea="在 Kea 中打开",
)


def language_of(text: str) -> str:
    """Tell the language to reply in.

    >>> language_of("连接超时 connection timed out"), language_of("connection timed out")
    ('zh', 'en')
    """
    return "zh" if CHINESE.search(text) else "en"


def phrases(language: str) -> Phrases:
    """Give the words of a language; English for one that is not there."""
    return CHINESE_PHRASES if language.startswith("zh") else ENGLISH
