"""Text as a screen showed it: borders of tables, line numbers at the margin, lines that were broken to fit."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.reading.clues import FAILURE_WORDS
from assistant.reading.looks import ANCHOR, CLASS_NAME, has_anchor, is_bad_header, is_trace_line

_BOXED = re.compile(r"\s*[|│┃║](?P<said>.*)[|│┃║]\s*$")
_OPEN_BOX = re.compile(r"\s*[│┃║](?P<said>.*)$")
_RULE = re.compile(r"\s*+(?=[+|│┃║├┤┌┐└┘┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯═─━:-]*[-═─━]{2})[+|│┃║├┤┌┐└┘┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯═─━:-]++\s*$")
_GUTTER = re.compile(r"\s{0,8}(?P<number>[0-9]{1,6})(?:\s{0,2}[|│┃]\s?|\t|\s{1,4}|$)(?P<said>.*)$")
_CLASS = re.compile(CLASS_NAME)
_ITEM = re.compile(r"\s*(?:[0-9]{1,2}[.)、）]|[-*•·]\s|[①-⑳])")
_FIRST_TOKEN = re.compile(r"[\w.$/-]+")
_LAST_TOKEN = re.compile(r"[\w.$/-]+$")
SHORTEST_FULL = 60
SHORTEST_BROKEN = 12


def unscreened(lines: list[str]) -> list[str]:
    """Take off what the screen added to some lines, and put broken lines together."""
    return _without_breaks(_without_gutter(_without_borders(lines)))


def _without_borders(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line.strip()]
    if all(_OPEN_BOX.match(line) for line in filled) and filled:
        return [_inner(_BOXED.match(line) or _OPEN_BOX.match(line), line) for line in lines]
    boxed = [line for line in filled if _BOXED.match(line) and not _RULE.match(line)]
    if not boxed or not any(_RULE.match(line) for line in filled):
        return lines
    return [_inner(_BOXED.match(line), line) for line in lines if not _RULE.match(line)]


def _inner(found: re.Match[str] | None, line: str) -> str:
    return found["said"].strip() if found else line


def _without_gutter(lines: list[str]) -> list[str]:
    filled = [_GUTTER.match(line) for line in lines if line.strip()]
    numbered = [found for found in filled if found]
    if len(numbered) < 2 or len(numbered) < len(filled):
        return lines
    numbers = [int(found["number"]) for found in numbered]
    drawn = all(found[0].lstrip()[len(found["number"]) :].lstrip()[:1] in ("|", "│", "┃", "") for found in numbered)
    if any(behind != before + 1 for before, behind in pairwise(numbers)) or (len(numbers) < 3 and not drawn):
        return lines
    return [found["said"] if (found := _GUTTER.match(line)) else "" for line in lines]


def _without_breaks(lines: list[str]) -> list[str]:
    if len(lines) < 2:
        return lines
    width = max(len(line) for line in lines)
    full = sum(1 for line in lines if len(line) == width)
    alike = any(line[:10] == below[:10] for line, below in pairwise(lines) if len(line) == len(below) == width)
    fixed = width >= SHORTEST_FULL and full >= 2 and len(lines[-1]) < width and not alike
    joined: list[str] = []
    before = ""
    for line in lines:
        if joined and _goes_on(before, line, fixed=fixed and len(before) == width):
            joined[-1] += line
        else:
            joined.append(line)
        before = line
    return joined


def _goes_on(line: str, below: str, *, fixed: bool) -> bool:
    """Tell whether a line was broken in the middle of a word or at the edge of the screen."""
    if len(line) < SHORTEST_BROKEN or not below or below[0].isspace() or _begins(below):
        return False
    if fixed:
        return True
    last, first = _LAST_TOKEN.search(line[-300:]), _FIRST_TOKEN.match(below)
    if not last or not first:
        return False
    if line.lstrip().startswith("at ") and (line.count("(") > line.count(")") or "(" not in line):
        return below.rstrip().endswith(")") and is_trace_line(line + below)
    word = last[0] + first[0]
    if _CLASS.fullmatch(word.rstrip(".:")) and not _CLASS.fullmatch(last[0]) and first[0][0].islower():
        return True
    last_word, first_word = last[0].lower(), first[0].rstrip(".").lower()
    return last_word + first_word in FAILURE_WORDS and not FAILURE_WORDS & {last_word, first_word}


def _begins(line: str) -> bool:
    if is_trace_line(line) or is_bad_header(line) or _ITEM.match(line):
        return True
    found = ANCHOR.search(line[:200]) if has_anchor(line) else None
    return found is not None and found.start() == 0
