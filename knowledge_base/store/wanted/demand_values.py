"""What demand is: how much a category, or a question that nobody could answer, is wanted by people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from knowledge_base.ids import Prefix, public_id

ASKED_WITHIN = timedelta(days=30)
SEEN_WITHIN = timedelta(days=7)
DAY = timedelta(days=1)
DAYS_BEFORE = 6

SMOOTHING = 10
"""So many lines a day more or less mean nothing: 1 line after none is no growth worth a name."""
LEAST_GROWTH, MOST_GROWTH = 0.5, 4.0


class DemandKind(StrEnum):
    """What is wanted: a solution of a category, or anything at all about questions that say the same."""

    CATEGORY = "category"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Counted:
    """What demand is made of.

    ``people`` asked within 30 days; ``seen`` lines came within 7 days, ``day`` of them within the last. A question
    that nobody knows has no lines: there it counts how often it was asked. ``handed_over`` wait for a person.
    """

    people: int = 0
    seen: int = 0
    day: int = 0
    handed_over: int = 0
    asked_at: datetime | None = None

    @property
    def score(self) -> float:
        """Demand: asked × seen × growing; 1.0 where nothing was asked nor seen."""
        return (1 + self.people) * math.log2(2 + self.seen) * growth(self.seen, self.day)


@dataclass(frozen=True, slots=True)
class Demand:
    """One entry of the queue. ``number`` names the category, or the newest of the questions.

    ``label`` and ``text`` are what a reader recognises it by: a template, or the scrubbed question.
    """

    kind: DemandKind
    number: int
    score: float
    counted: Counted
    label: str | None
    text: str
    services: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id that people see, such as ``KE-12`` or ``Q-5``."""
        return public_id(Prefix.CATEGORY if self.kind is DemandKind.CATEGORY else Prefix.QUESTION, self.number)

    @property
    def growth(self) -> float:
        """The last day beside the six before it."""
        return growth(self.counted.seen, self.counted.day)


def growth(seen: int, day: int) -> float:
    """Compare the last day of a week's lines with a day of the six before it, between 0.5 and 4.

    >>> growth(0, 0), growth(700, 100), growth(40, 40), growth(60_000, 0)
    (1.0, 1.0, 4.0, 0.5)
    """
    before = max(0, seen - day) / DAYS_BEFORE
    return min(MOST_GROWTH, max(LEAST_GROWTH, (day + SMOOTHING) / (before + SMOOTHING)))
