"""What a time at the beginning of a line looks like.

The patterns read raw and reduced text alike, so ``[0-9]+`` stands for a run of any length; each is anchored
where it is tried and bounded in what it looks at.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from knowledge_base.signature.headers.levels import CHINESE_WORDS, LEVEL_WORDS, SHORT_WORDS

MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
N = "[0-9]+"
CLOCK = rf"{N}:{N}:{N}(?:[.,:]{N})?(?:\s?[AP]M\b)?"
_ZONE_NAME = "(?:UTC|GMT|CST|CDT|EST|EDT|MST|MDT|PST|PDT|CET|CEST|BST|MSK|JST|KST)"
ZONE = rf"(?:\s?Z\b|\s?[+-]{N}(?::?{N})?(?=[\s\]\[:,;|]|$)|\s{_ZONE_NAME}\b)"
_WEEKDAY = "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\\s)"

_ISO = rf"{N}[-/.]{N}[-/.]{N}(?:T|,?\s{{1,2}}(?:-\s)?|-\s?|:)\s?{CLOCK}{ZONE}?"
_MONTH_FIRST = (
    rf"{MONTH}\s{{1,2}}{N}(?:,\s{N})?\s(?:{N}\s)?{CLOCK}(?:\s{N}(?=[\s,\]])|(?:\s{_ZONE_NAME})(?:\s{N}(?=[\s,\]]))?)?"
)
_DAY_FIRST = rf"{N}[-/\s]{MONTH}[-/\s]{N}(?:::?|\s){CLOCK}{ZONE}?"
_CHINESE = rf"{N}年{N}月{N}日\s?{CLOCK}|[一二三四五六七八九十]{{1,3}}月\s{N},\s{N}\s{CLOCK}(?:\s[上下]午)?"
_LEVEL_AHEAD = rf"\[?(?:{LEVEL_WORDS}|{CHINESE_WORDS})[\]\s:]"

# One group for each alternative; the first two are named below.
_STAMP = re.compile(
    r"(?:"
    rf"\[?({_ISO})(?:\[[A-Za-z][\w/+-]{{1,40}}\])?\]?"
    rf"|[*.]?\[?{_WEEKDAY}?({_MONTH_FIRST})\]?"
    rf"|\[?{_WEEKDAY}?({_DAY_FIRST}|{_CHINESE})\]?"
    rf"|\[?({N}-{N}-{N}-{N}\.{N}\.{N}(?:\.{N})?)(?=[\s\]])\]?"
    rf"|\[?({N}[-./]{N}\s{CLOCK})\]?(?=\s)"
    rf"|\[?({N}\s{{1,2}}{CLOCK})\]?(?=\s)"
    rf"|({N}T{N}(?:[.,]{N})?Z?)(?=[\s|])"
    rf"|({N}-{CLOCK})(?=\|)"
    rf"|({N}\s{N})(?=\s{N}\s(?:{LEVEL_WORDS})\s)"
    rf"|\[({CLOCK})(?=\s(?:{SHORT_WORDS})\])"
    rf"|\[?({CLOCK})\]?(?=[\s,]+(?:\[|{LEVEL_WORDS})|\s\s\S)"
    rf"|\[?({N}(?:\.{N})?)\]?(?=\s+{_LEVEL_AHEAD})"
    rf"|\[\s{{0,12}}({N}\.{N}s?)\](?=\s|\[)"
    r")"
)
_IS_ISO, _IS_MONTH_FIRST = 1, 2
_FIRST = frozenset("0123456789[*.JFMASONDTW一二三四五六七八九十")


class Stamp(NamedTuple):
    """A time at the beginning of a line: its text, the place behind it, and what may stand behind such a time."""

    text: str
    end: int
    iso: bool
    month_first: bool


def find_stamp(text: str, at: int) -> Stamp | None:
    """Find a time that stands at a place.

    >>> find_stamp("[2024-06-11 10:22:33] x", 0).text
    '2024-06-11 10:22:33'
    """
    if text[at : at + 1] not in _FIRST:
        return None
    found = _STAMP.match(text, at)
    if found is None or found.lastindex is None:
        return None
    stamp, form = found[found.lastindex], found.lastindex
    return Stamp(stamp, found.end(), form == _IS_ISO, form == _IS_MONTH_FIRST)
