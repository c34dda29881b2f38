"""Counts how judged questions end under thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.calibrating.replaying import Replayed
from knowledge_base.measures import wilson
from knowledge_base.store.asking.thresholds import Thresholds
from knowledge_base.types import Outcome

SURE = frozenset({Outcome.ANSWERED, Outcome.KNOWN_UNSOLVED})
"""What is said from the answer threshold on: here is the solution, or this is known and nobody has solved it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Some of the questions: ``right`` and ``wrong`` are those of ``count`` of which that can be told."""

    count: int
    right: int
    wrong: int

    @property
    def share(self) -> float | None:
        """The share that was right; None where that can be told of none."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies: below its lower side in 5 % of cases, above its upper side in 5 %."""
        return wilson(self.right, self.right + self.wrong)


@dataclass(frozen=True, slots=True)
class Tally:
    """How questions end: ``answered`` for sure (``unsolved`` of them without a solution), suggested, or unknown."""

    thresholds: Thresholds
    answered: Counted
    unsolved: int
    suggested: Counted
    unknown: int


def tally(rows: Sequence[Replayed], thresholds: Thresholds) -> Tally:
    """Count how all of them end."""
    ends = [(each.outcome(thresholds), each) for each in rows]
    return Tally(
        thresholds,
        answered=counted([each for outcome, each in ends if outcome in SURE]),
        unsolved=sum(outcome is Outcome.KNOWN_UNSOLVED for outcome, _ in ends),
        suggested=counted([each for outcome, each in ends if outcome is Outcome.SUGGESTED]),
        unknown=sum(outcome is Outcome.UNKNOWN for outcome, _ in ends),
    )


def counted(rows: Sequence[Replayed]) -> Counted:
    """Count what was right."""
    right, wrong = sum(each.right is True for each in rows), sum(each.right is False for each in rows)
    return Counted(len(rows), right, wrong)
