"""A line on which somebody talks and pastes: where the error begins and ends in it."""

from __future__ import annotations

import re

from assistant.reading.clues import failures_in
from assistant.reading.looks import ANCHOR, LONGEST, Look, chat_words, has_anchor, likeness, look_of
from assistant.reading.turns import INTRODUCTION, OWN_QUESTION_BEHIND, QUESTION_BEHIND, REMARK_BEHIND

_COLON = re.compile(r"[:：]\s*[>\"“「']?\s*(?=\S)|[，,]\s*(?=[A-Z][\w.]*[ :])")
_CJK = re.compile(r"[\u3400-\u9fff]")
_CJK_BEHIND = re.compile(r"[ \t]*[，。；？！、）]?[ \t]*(?=[\u3400-\u9fff]|$)")
_QUOTATION = re.compile(r"(?<![\w=])[\"“「](?P<said>[^\"“”「」\n]{8,1000})[\"”」](?!\w)")
_ENGLISH = re.compile(r"[\x20-\x7e]{8,}")
_SIGNS = (Look.ERROR, Look.TRACE)
_SEPARATOR = re.compile(r"[:\",]")
_ASKS = re.compile(r"[?？]\s*$")
_BEHIND = (QUESTION_BEHIND, OWN_QUESTION_BEHIND, REMARK_BEHIND)
"""How people go on behind an error; only the last without a question mark at the end."""
_EDGES = " \t>\"“”「」'"
SHORTEST = 8
FEWEST_WORDS = 4
COLONS = 4


def span_in(line: str) -> tuple[int, int]:
    """Give where the error on a line begins and ends; the whole line where nobody talks on it.

    >>> line = "hey, my job says: java.io.IOException: disk full, any idea?"
    >>> line[slice(*span_in(line))]
    'java.io.IOException: disk full'
    """
    if found := _quoted(line) or _foreign(line):
        return found
    start = _start(line)
    return start, _end(line, start)


def holds_error(line: str) -> bool:
    """Tell whether a part of a line, and not all of it, is an error."""
    if line.isascii() and _SEPARATOR.search(line) is None and not has_anchor(line):
        return False
    start, end = span_in(line)
    return end - start < len(line) and look_of(line[start:end]) in _SIGNS


def _quoted(line: str) -> tuple[int, int] | None:
    """An error in quotation marks within other words."""
    if ANCHOR.match(line):
        return None
    for found in _QUOTATION.finditer(line[:LONGEST]):
        around = f"{line[: found.start()]} {line[found.end() : LONGEST]}"
        if look_of(found["said"]) in _SIGNS and chat_words(around) and not has_anchor(around):
            return found.start("said"), found.end("said")
    return None


def _foreign(line: str) -> tuple[int, int] | None:
    """An error in English within words in Chinese."""
    if not chat_words(line):
        return None
    runs = [found for found in _ENGLISH.finditer(line[:LONGEST]) if _CJK.search(found[0]) is None]
    longest = max(runs, key=lambda found: len(found[0]), default=None)
    if longest is None or longest[0] == line or len(longest[0].split()) < FEWEST_WORDS:
        return None
    begin = longest.end() - len(longest[0].lstrip(_EDGES))
    end = longest.start() + len(longest[0].rstrip(_EDGES + "<,"))
    return (begin, end) if look_of(line[begin:end]) in _SIGNS else None


def _start(line: str) -> int:
    found = ANCHOR.search(line[:LONGEST])
    if found:
        head = line[: found.start()]
        talks = (
            chat_words(head)
            or (_CJK.search(head) and not failures_in(head) and chat_words(line))
            or (INTRODUCTION.search(head) and not failures_in(head) and likeness(head) < 0.6)
        )
        if not head.strip() or not talks:
            return 0
        # What is between the talk and the anchor may be the beginning of the error.
        return found.start()
    if not chat_words(line):
        return 0
    for number, colon in enumerate(_COLON.finditer(line[:LONGEST])):
        rest = line[colon.end() :]
        if number < COLONS and chat_words(line[: colon.start()]) and look_of(rest) in (Look.ERROR, Look.TRACE):
            return colon.end()
    return 0


def _end(line: str, start: int) -> int:
    end = len(line)
    for pattern in _BEHIND if _ASKS.search(line) else _BEHIND[-1:]:
        found = pattern.search(line, start + SHORTEST)
        if found and found.start() < end and not has_anchor(line[found.end() :]):
            end = found.start()
    error = line[start:end]
    if _CJK.search(error[: 3 * SHORTEST]) is None and (first := _CJK.search(error)):
        place = first.start()
        while place and error[place - 1] in " \t，。；？！、":
            place -= 1
        rest = error[place:]
        quoted = (
            error[:place].count('"') % 2
            or error[:place].count("'") % 2
            or error[:place].count("(") > error[:place].count(")")
        )
        if (
            place < first.start()
            and place >= SHORTEST
            and not quoted
            and not has_anchor(rest)
            and not re.search(r"[=:]\s*$", error[:place])
        ):
            end = start + place
    return end
