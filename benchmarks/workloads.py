"""Events to measure with: those of the sample, as they are or with only their numbers drawn anew."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from web.demo.generate import generate_lines

FORMS = 2000
_DIGITS = re.compile(r"\d+")


def own_names(events: int) -> Iterator[str]:
    """Give events with names, hosts and ids of their own: a third of them has never been seen but for its digits."""
    for event in generate_lines(end=datetime(2026, 1, 15, tzinfo=UTC), seed=3, lines=events):
        yield event.text


def own_numbers(events: int) -> Iterator[str]:
    """Give the same 2,000 events again and again, each time with other numbers, as a running system does."""
    forms = list(own_names(FORMS))
    by = random.Random(3)

    def draw(match: re.Match[str]) -> str:
        length = len(match[0])
        return str(by.randrange(10**length)).zfill(length) if length < 19 else match[0]

    for _ in range(events):
        yield _DIGITS.sub(draw, by.choice(forms))
