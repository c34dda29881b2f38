"""The lines of a passage, cut into the errors that it tells of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.reading.looks import ANCHOR, BAD_LEVELS, CLASS_NAME, LONGEST, Look, is_stamped
from assistant.reading.rows import Row
from knowledge_base.signature import error_codes
from knowledge_base.signature.headers.header import header_span

_BETWEEN = re.compile(r"\s*(?:During handling of the above exception|The above exception was)")
_TRACEBACK = re.compile(r"\s*(?:[+|]\s*)*Traceback \(most recent call last\)")
_CLASS = re.compile(
    rf"(?:Exception in thread .{{1,200}}?)?(?:{CLASS_NAME}|(?:[a-z_]\w{{0,60}}\.){{2,12}}[A-Z]\w{{0,100}}:)"
)
CODE_WITHIN = 40
_LISTED_CODE = re.compile(r"\s*(?:ORA|PLS|TNS|SP2|RMAN|CRS)-")
"""Codes of which one error lists several, one on each line."""


@dataclass(slots=True)
class Event:
    """Rows ``first`` to ``last`` of a message that are one error."""

    first: int
    last: int
    exceptions: int = 0
    codes: frozenset[str] = frozenset()


def events_of(rows: Sequence[Row], looks: Sequence[Look], passage: Sequence[int]) -> list[Event]:
    """Cut the rows of a passage into events; what logs say besides errors is left out where there are errors."""
    events: list[Event] = []
    for number in passage:
        text = rows[number].text[:LONGEST]
        begins = _is_exception(text, looks[number])
        codes = frozenset(error_codes(text)) if begins else frozenset()
        if not events or _is_new(rows[number], text, looks[number], events[-1], begins=begins, codes=codes):
            events.append(Event(number, number))
        event = events[-1]
        if looks[number] is not Look.BLANK:
            event.last = number
        if _BETWEEN.match(text):
            event.exceptions = 0
        event.exceptions += begins
        event.codes |= codes
    bad = [event for event in events if _is_bad(rows, looks, event)]
    if bad or not events:
        return bad
    return [Event(events[0].first, events[-1].last)]


def _is_new(row: Row, text: str, look: Look, event: Event, *, begins: bool, codes: frozenset[str]) -> bool:
    if look not in (Look.ERROR, Look.TRACE):
        return look is Look.NEUTRAL and is_stamped(text)
    if look is Look.ERROR and (row.item or is_stamped(text)):
        return True
    if _TRACEBACK.match(text):
        return event.exceptions > 0
    if not begins or not event.exceptions or _LISTED_CODE.match(text):
        return False
    return not codes or not codes <= event.codes


def _is_exception(text: str, look: Look) -> bool:
    """Tell whether a line is an exception or an error with a code from its very beginning."""
    if look is not Look.ERROR or ANCHOR.match(text) is None or _TRACEBACK.match(text):
        return False
    return _CLASS.match(text) is not None or bool(error_codes(text[:CODE_WITHIN]))


def _is_bad(rows: Sequence[Row], looks: Sequence[Look], event: Event) -> bool:
    span = header_span(rows[event.first].text[:LONGEST])
    if span.level in BAD_LEVELS:
        return True
    first = rows[event.first].text[span.end : LONGEST]
    if span.end == 0:
        return any(looks[number] in (Look.ERROR, Look.TRACE) for number in range(event.first, event.last + 1))
    if ANCHOR.search(first):
        return True
    return any(looks[number] is Look.TRACE for number in range(event.first + 1, event.last + 1))
