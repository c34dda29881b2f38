"""Events to measure with: those of the sample, as they are or with only their numbers drawn anew."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from knowledge_base.signature import sign
from web.demo.generate import generate_lines

FORMS = 2000
_DIGITS = re.compile(r"\d+")
# A year of two or four digits, and what is between the numbers.
_TIME = re.compile(r"\b(?:\d\d)?\d\d([-/])\d\d\1\d\d([T ])\d\d:\d\d:\d\d(?!\d)")
_PACE = timedelta(milliseconds=20)
_START = datetime(2026, 1, 15, tzinfo=UTC)


def own_names(events: int) -> Iterator[str]:
    """Give events with names, hosts and ids of their own: a third of them has never been seen but for its digits."""
    for event in generate_lines(end=datetime(2026, 1, 15, tzinfo=UTC), seed=3, lines=events):
        yield event.text


def own_numbers(events: int) -> Iterator[str]:
    """Give the same 2,000 events again and again, each time with other numbers, as a running system does.

    Numbers that mean something (codes of errors, ports of a protocol) stay: with others it would be another error.
    Times move on, 50 events a second.
    """
    by = random.Random(3)
    forms = [(text, _free_runs(text)) for text in own_names(FORMS)]
    for number in range(events):
        text, free = by.choice(forms)
        yield _dated(_draw(text, free, by), _START + number * _PACE)


def _dated(text: str, at: datetime) -> str:
    def time(match: re.Match[str]) -> str:
        between, before = match[1], match[2]
        year = "%Y" if match[0].index(between) == 4 else "%y"
        return at.strftime(f"{year}{between}%m{between}%d{before}%H:%M:%S")

    return _TIME.sub(time, text)


def _free_runs(text: str) -> frozenset[int]:
    """Tell which runs of digits make no difference to what an event is."""
    by, same = random.Random(5), sign(text).fingerprint
    runs = range(len(_DIGITS.findall(text)))
    return frozenset(run for run in runs if sign(_draw(text, frozenset([run]), by)).fingerprint == same)


def _draw(text: str, free: frozenset[int], by: random.Random) -> str:
    runs = itertools.count()

    def digits(match: re.Match[str]) -> str:
        length = len(match[0])
        if next(runs) not in free or length > 18:
            return match[0]
        return str(by.randrange(10 ** (length - 1), 10**length))

    return _DIGITS.sub(digits, text)
