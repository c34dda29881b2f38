"""How well a confidence tells what is right: pure functions over pairs of (confidence, right)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Judged = Sequence[tuple[float, bool]]
BINS = 10
ONE_SIDED_95 = 1.6449
"""How many standard deviations leave 5 % of cases on one side, and 90 % between both."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of a reliability table: confidences from ``low`` to below ``high``; the last bin holds 1.0 too."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def auroc(judged: Judged) -> float | None:
    """Give the chance that a right one is more confident than a wrong one, ties counting half.

    That is the area under the curve of Fawcett, An introduction to ROC analysis (2006). None where all are right
    or all are wrong.

    >>> auroc([(0.9, True), (0.4, False), (0.4, True), (0.1, False)])
    0.875
    >>> auroc([(0.9, True)]) is None
    True
    """
    right = sum(1 for _, is_right in judged if is_right)
    wrong = len(judged) - right
    if not right or not wrong:
        return None
    ordered = sorted(judged)
    below = 0
    won = 0.0
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        right_here = sum(1 for _, is_right in ordered[start:end] if is_right)
        wrong_here = end - start - right_here
        won += right_here * (below + wrong_here / 2)
        below += wrong_here
        start = end
    return won / (right * wrong)


def brier(judged: Judged) -> float | None:
    """Give the mean squared distance of the confidence from what came true (Brier 1950); None of nothing.

    >>> brier([(1.0, True), (0.5, False)])
    0.125
    """
    if not judged:
        return None
    return sum((confidence - is_right) ** 2 for confidence, is_right in judged) / len(judged)


def reliability(judged: Judged, *, bins: int = BINS) -> tuple[Bin, ...]:
    """Count in bins of equal width how confident one was and how often that was right; empty bins are there with zeros.

    >>> [(row.low, row.count, row.confidence, row.right) for row in reliability([(0.2, False), (1.0, True)], bins=2)]
    [(0.0, 1, 0.2, 0.0), (0.5, 1, 1.0, 1.0)]
    """
    inside: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, is_right in judged:
        inside[max(0, min(bins - 1, int(confidence * bins)))].append((confidence, is_right))
    return tuple(
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            count=len(rows),
            confidence=sum(confidence for confidence, _ in rows) / len(rows) if rows else 0.0,
            right=sum(is_right for _, is_right in rows) / len(rows) if rows else 0.0,
        )
        for number, rows in enumerate(inside)
    )


def wilson(right: int, count: int, *, deviations: float = ONE_SIDED_95) -> tuple[float, float]:
    """Give the interval in which the true share lies of which ``right`` of ``count`` were seen; 0..1 for nothing.

    That is the score interval of Wilson, Probable inference (1927): it holds near 0 and 1, and for few cases.

    >>> [round(each, 3) for each in wilson(29, 30)]
    [0.864, 0.993]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not count:
        return 0.0, 1.0
    share, spread = right / count, deviations * deviations / count
    middle = share + spread / 2
    reach = math.sqrt(max(0.0, share * (1 - share) * spread + spread * spread / 4))
    low, high = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return (0.0 if not right else max(0.0, low)), (1.0 if right == count else min(1.0, high))
