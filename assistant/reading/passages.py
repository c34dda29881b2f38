"""Runs of lines that belong together: pieces of logs between what a person says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.reading.looks import Look, has_anchor, is_bad_header, likeness, look_of, shapes_in
from assistant.reading.mixed import holds_error, span_in
from assistant.reading.rows import UNREAD, Row
from assistant.reading.turns import INTRODUCTION

SURE = 1.5
_COMMAND = re.compile(
    r"\s*(?:\$ |select |insert |create |alter |drop |delete |update |with |kubectl |docker |helm |git |pip "
    r"|npm |curl |spark-submit )",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\s*\w{3,20}:\s*")
_CJK = re.compile(r"[\u3400-\u9fff]")


def looks_of(rows: Sequence[Row]) -> list[Look]:
    """Tell what each row looks like; what was typed in words is never part of a code block."""
    looks = []
    for row, below in pairwise([*rows, Row("")]):
        look = Look.NEUTRAL if row.block == UNREAD else Look.WORDS if row.said else look_of(row.text, below.text)
        if look is Look.WORDS and row.block:
            look = Look.NEUTRAL
        elif look in (Look.ERROR, Look.NEUTRAL) and not row.block and _introduces(row.text):
            look = Look.WORDS
        elif look is Look.WORDS and not row.said and holds_error(row.text):
            look = Look.ERROR
        looks.append(look)
    return looks


def _introduces(text: str) -> bool:
    return INTRODUCTION.search(text) is not None and not has_anchor(text) and not is_bad_header(text)


def passages_of(rows: Sequence[Row], looks: Sequence[Look]) -> list[list[int]]:
    """List the runs of rows that are not words; those without any sign of an error are left out."""
    runs: list[list[int]] = [[]]
    for number, row in enumerate(rows):
        run = runs[-1]
        if run and (
            looks[number] is Look.WORDS or rows[run[-1]].block != row.block or _is_apart(rows, looks, run, number)
        ):
            runs.append([])
        if looks[number] is not Look.WORDS and (runs[-1] or looks[number] is not Look.BLANK):
            runs[-1].append(number)
    talks = any(look is Look.WORDS for look in looks)
    marked = [run for run in (_stripped(rows, looks, run, talks=talks) for run in runs) if run]
    if marked:
        return marked
    whole = (_without_blank_end(looks, run) for run in runs)
    return [run for run in whole if run and _may_be_meant(rows, run, talks=talks)]


def _is_apart(rows: Sequence[Row], looks: Sequence[Look], run: list[int], number: int) -> bool:
    """Tell whether a row behind a blank one begins something new."""
    if looks[number] is Look.BLANK or looks[run[-1]] is not Look.BLANK or looks[number] is Look.TRACE:
        return False
    above = next((rows[each].text for each in reversed(run) if looks[each] is not Look.BLANK), "")
    if above.rstrip().endswith((":", "：")):
        return False
    text = rows[number].text
    if looks[number] is Look.NEUTRAL:
        return not rows[number].block and not _HEADING.fullmatch(text)
    return has_anchor(text) or is_bad_header(text) or likeness(text) >= SURE or not rows[number].block


def _stripped(rows: Sequence[Row], looks: Sequence[Look], run: list[int], *, talks: bool) -> list[int]:
    """Take off what is around the error in a run; empty where none is in it."""
    signs = [number for number in run if looks[number] in (Look.ERROR, Look.TRACE)]
    if not signs:
        return []
    led = _is_led(rows, signs[0])
    if talks and not led and all(_is_weak(rows[number], looks[number]) for number in signs):
        return []
    first, last = signs[0], max(number for number in run if looks[number] is not Look.BLANK)
    if rows[run[0]].block or all(likeness(rows[number].text) >= 0.6 for number in run if run[0] <= number < first):
        first = run[0]
    return [number for number in run if first <= number <= last]


def _is_led(rows: Sequence[Row], number: int) -> bool:
    """Tell whether the words above a row lead to it."""
    above = next((row.text for row in reversed(rows[max(0, number - 3) : number]) if row.text.strip()), "")
    return above.rstrip().endswith((":", "："))


def _is_weak(row: Row, look: Look) -> bool:
    text = row.text
    if row.block or row.shown:
        return False
    start, end = span_in(text)
    if end - start < len(text):
        return False
    return look is Look.ERROR and not has_anchor(text) and not is_bad_header(text) and not shapes_in(text)


def _without_blank_end(looks: Sequence[Look], run: list[int]) -> list[int]:
    filled = [number for number in run if looks[number] is not Look.BLANK]
    return [number for number in run if filled and number <= filled[-1]]


def _may_be_meant(rows: Sequence[Row], run: list[int], *, talks: bool) -> bool:
    """Tell whether lines without a sure sign are an error all the same: marked as code, or nothing else is said."""
    text = "\n".join(rows[number].text for number in run)
    if rows[run[0]].block == UNREAD:
        return False
    if rows[run[0]].block:
        return not _COMMAND.match(text) and len(text.split()) > 1
    led = _is_led(rows, run[0])
    return (not talks or led or rows[run[0]].shown) and likeness(text) >= 0.6 and _CJK.search(text) is None
