"""Marks within a line that somebody typed: quotations, items of lists, emphasis, emoji, mentions."""

from __future__ import annotations

import re

from assistant.reading.looks import begins_error

_QUOTED = re.compile(r"(?:>(?![=\s]*[0-9]+ \|)(?!=)[ \t]?)+|bq\. ")
_ITEM = re.compile(r"[ \t]{0,8}(?:\(?[0-9]{1,2}[.)、）](?![0-9])|[-*•·‣▪](?=[ \t])|[①-⑳])[ \t]*(?=\S)")
_NUMBER = re.compile(
    r"(?:(?<=^)|(?<=[\s，,;；。:：]))\(?(?:(?P<number>[1-9])[.)、）](?=\s|[^\x00-\x7f]|[A-Za-z])|(?P<circled>[①-⑨]))\s*"
)
_HEADING = re.compile(r"#{1,6}[ \t]+|h[1-6]\. ")
_WHOLE = re.compile(r"(?P<mark>\*{1,3}|_{1,3}|~{1,2})(?![*_~\s])(?P<said>.{0,4000}\S)(?P=mark)")
_LABEL = re.compile(r"(?P<mark>\*{1,2}|_{1,2})(?P<label>[\w \u4e00-\u9fff]{1,40}[:：]?)(?P=mark)(?=[\s:：])")
_EMPHASIS = re.compile(
    r"(?:(?<=^)|(?<=[\s(\"'，。：；、]))(?P<mark>\*{1,2}|_{1,2}"
    r"|~{1,2})(?P<said>[^\W_][^*_~\n]{0,300})(?P=mark)(?=[\s.,:;!?)\"'，。：；、？！]|$)"
)
_NAME = r":[a-z+][a-z0-9_+-]{0,40}:(?::skin-tone-[2-6]:)?"
_PICTURE = (
    "[\U0001f000-\U0001faff\u2600-\u2604\u2614\u2615\u2639\u263a\u2728\u2753-\u2757\u2763\u2764]"
    "[\ufe0f\u200d\U0001f3fb-\U0001f3ff]*"
)
_EMOJI = rf"(?:{_PICTURE}|{_NAME}(?![\w:]))"
_EMOJI_IN_FRONT = re.compile(rf"\s*(?:{_EMOJI}\s*)+")
_EMOJI_BEHIND = re.compile(rf"(?:\s*{_PICTURE}){{1,20}}\s*$|(?:\s{_NAME}){{1,20}}\s*$")
_EMOJI_ANYWHERE = re.compile(rf"{_PICTURE}|(?:(?<=\s)|(?<=^)|(?<=[\u4e00-\u9fff，。！？]))(?:{_NAME})+(?![\w:])")
_STANDING = re.compile(rf"(?<=\s){_NAME}(?:\s+|$)")
_MENTION = re.compile(r"(?<![\w.@/:-])@[\w.\-\u4e00-\u9fff]{1,40}(?=[\s,:，：、]|$)[,:，：]?")
_MENTION_IN_FRONT = re.compile(r"\s*(?:@[\w.\-\u4e00-\u9fff]{1,40}[,:，：]?[ \t]+)+(?=\S)")
_GAPS = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_LONELY = re.compile(r"[ \t]+(?=[,，.?？!！](?:\s|$))")
_TICKED = re.compile(r"`(?P<said>[^`\n]{1,4000})`")


def without_quotation(line: str) -> str:
    """Take off the marks of a quotation at the beginning of a line.

    >>> without_quotation("> > boom"), without_quotation(">= 3"), without_quotation("> 12 | return x")
    ('boom', '>= 3', '> 12 | return x')
    """
    found = _QUOTED.match(line)
    return line[found.end() :] if found else line


def item_of(line: str) -> str | None:
    """Give what an item of a list says; None for any other line.

    >>> item_of("2) disk full"), item_of("- disk full"), item_of("2.5 GB"), item_of("-1")
    ('disk full', 'disk full', None, None)
    """
    found = _ITEM.match(line)
    return line[found.end() :] if found else None


def listed_in(line: str) -> list[str]:
    """Cut a line before each number of a list that runs on in it; numbers have to follow each other.

    >>> listed_in("two things: 1) disk full 2) no table"), listed_in("see 2) there")
    (['two things:', 'disk full', 'no table'], ['see 2) there'])
    """
    pieces, at, wanted = [], 0, 1
    for found in _NUMBER.finditer(line):
        number = int(found["number"]) if found["number"] else ord(found["circled"]) - ord("①") + 1
        if number == wanted:
            pieces.append(line[at : found.start()].strip())
            at, wanted = found.end(), wanted + 1
    return [*filter(None, pieces), line[at:].strip()] if wanted > 2 else [line]


def without_decoration(line: str) -> str:
    """Take off what decorates a whole line, whatever it says: emoji, mentions, headings, bold.

    >>> without_decoration(":fire: *ORA-00942: no table* 🙏"), without_decoration("select a * b from t_x")
    ('ORA-00942: no table', 'select a * b from t_x')
    """
    if line.isalnum():
        return line
    for pattern in (_EMOJI_IN_FRONT, _MENTION_IN_FRONT, _EMOJI_IN_FRONT):
        if (found := pattern.match(line)) and found.end() < len(line):
            line = line[found.end() :]
    line = _EMOJI_BEHIND.sub("", line) or line
    line = _STANDING.sub("", line) if ":" in line else line
    if found := _HEADING.match(line):
        line = line[found.end() :]
    if (whole := _WHOLE.fullmatch(line.strip())) and (
        whole["mark"] not in whole["said"] or begins_error(whole["said"])
    ):
        line = whole["said"]
    return _LABEL.sub(lambda found: found["label"], line, count=1) if line[:1] in "*_" else line


def without_marks(line: str) -> str:
    """Take all mark-up out of a line that a person says.

    >>> without_marks("our *nightly* job `load` is :cry: @mei")
    'our nightly job load is'
    """
    line = _TICKED.sub(lambda found: found["said"], _EMOJI_ANYWHERE.sub(" ", line))
    line = _EMPHASIS.sub(lambda found: found["said"], line)
    return _LONELY.sub("", _GAPS.sub(" ", _MENTION.sub(" ", line))).strip()


def ticked(line: str) -> list[re.Match[str]]:
    """Find the pieces of code within a line."""
    return list(_TICKED.finditer(line)) if "`" in line else []
