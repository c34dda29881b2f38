"""Chooses thresholds from judged questions: the lowest that is right often enough, as far as so many cases can tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.calibrating.replaying import Replayed
from knowledge_base.measures import wilson

ANSWER_PRECISION, SUGGEST_PRECISION = 0.97, 0.7
FEWEST = 30
"""Judged questions that a choice is made from at least."""

ANSWER_FLOOR, SUGGEST_FLOOR = 0.5, 0.2
"""However right the cases were: what is more likely wrong is no answer, and what is hardly likely no suggestion."""


class Why(StrEnum):
    """Why a threshold is proposed, or none."""

    FOUND = "found"
    TOO_FEW = "too_few"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold, None where there is a reason for none.

    ``right`` of ``count`` from there on were right, the true share is at least ``low``. Where nothing is proposed they
    are those of the threshold that came nearest to the ``wanted`` share; of too few cases, ``count`` is how many.
    """

    threshold: float | None
    why: Why
    wanted: float
    right: int
    count: int
    low: float


def choose_answer(rows: Sequence[Replayed], *, precision: float = ANSWER_PRECISION) -> Choice:
    """Choose the lowest threshold from which what is said for sure was right in ``precision`` of cases or more."""
    return _lowest([each for each in rows if each.right is not None], wanted=precision, floor=ANSWER_FLOOR)


def choose_suggest(rows: Sequence[Replayed], *, answer: float, precision: float = SUGGEST_PRECISION) -> Choice:
    """Choose the same for what is suggested, below the threshold ``answer``: only a solution can be."""
    below = [each for each in rows if each.right is not None and each.solved and each.confidence < answer]
    return _lowest(below, wanted=precision, floor=min(SUGGEST_FLOOR, answer))


def _lowest(rows: Sequence[Replayed], *, wanted: float, floor: float) -> Choice:
    if len(rows) < FEWEST:
        return Choice(None, Why.TOO_FEW, wanted, sum(each.right is True for each in rows), len(rows), 0.0)
    ordered = sorted(rows, key=lambda each: -each.confidence)
    chosen: Choice | None = None
    nearest = Choice(None, Why.NOWHERE, wanted, 0, 0, 0.0)
    right = 0
    for count, each in enumerate(ordered, 1):
        if each.confidence < floor:
            break
        right += each.right is True
        following = ordered[count].confidence if count < len(ordered) else -1.0
        if following == each.confidence:
            continue  # no threshold lies between equal ones
        low = wilson(right, count)[0]
        if low >= wanted:
            threshold = _shortest(max(following, math.nextafter(floor, -1.0)), each.confidence)
            chosen = Choice(threshold, Why.FOUND, wanted, right, count, low)
        elif low > nearest.low:
            nearest = Choice(None, Why.NOWHERE, wanted, right, count, low)
    return chosen or nearest


def _shortest(above: float, most: float) -> float:
    """Give the number with the fewest digits that is above one and at most another."""
    for digits in range(2, 8):
        rounded = math.floor(most * 10.0**digits) / 10.0**digits
        if above < rounded <= most:
            return rounded
    return most
