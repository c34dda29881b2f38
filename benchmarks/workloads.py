"""Events to measure with: those of the sample, as they are or with only their numbers drawn anew."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from knowledge_base.signature import sign
from web.demo.generate import generate_lines

FORMS = 2000
_DIGITS = re.compile(r"\d+")


def own_names(events: int) -> Iterator[str]:
    """Give events with names, hosts and ids of their own: a third of them has never been seen but for its digits."""
    for event in generate_lines(end=datetime(2026, 1, 15, tzinfo=UTC), seed=3, lines=events):
        yield event.text


def own_numbers(events: int) -> Iterator[str]:
    """Give the same 2,000 events again and again, each time with other numbers, as a running system does.

    Numbers that mean something (codes of errors, ports of a protocol) stay: with others it would be another error.
    """
    by = random.Random(3)
    forms = [(text, _free_runs(text)) for text in own_names(FORMS)]
    for _ in range(events):
        text, free = by.choice(forms)
        yield _draw(text, free, by)


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
