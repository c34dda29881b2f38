"""The geometry of sparklines, and which part of a series stands out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

SPARK_HEIGHT = 24
SPIKE_TIMES = 4.0
SPIKE_LEAST = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``css`` is empty for a plain one."""

    x: float
    y: float
    width: float
    height: float
    css: str = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """A row of bars with a scale of its own."""

    width: int
    bars: tuple[Bar, ...]


def spark(values: Sequence[int]) -> Spark:
    """Draw a sparkline: 3 units a bar with a gap of 1; an empty step keeps a hair of a bar.

    >>> spark([0, 2, 4]).bars[2].height
    24.0
    """
    highest = max(values, default=0) or 1
    usual = spike_level(values)
    bars = []
    for place, value in enumerate(values):
        height = max(1.0 if value == 0 else 2.0, round(value / highest * SPARK_HEIGHT, 1))
        css = "spike" if value >= usual else "last" if place == len(values) - 1 else ""
        bars.append(Bar(place * 4, round(SPARK_HEIGHT - height, 1), 3, height, css))
    return Spark(max(1, len(values) * 4 - 1), tuple(bars))


def spike_level(values: Sequence[int]) -> float:
    """Tell from which height a step stands out: four times what is usual, and ten lines at least.

    Usual is the median of the steps that had lines; with fewer than six of them nothing is usual.
    """
    busy = [value for value in values if value]
    if len(busy) < 6:
        return math.inf
    return max(SPIKE_LEAST, SPIKE_TIMES * median(busy))


def spike_run(values: Sequence[int]) -> tuple[int, int] | None:
    """Tell the first and last step of the run that holds the highest value, where it stands out.

    >>> spike_run([2, 3, 2, 3, 2, 3, 90, 80, 2])
    (6, 7)
    """
    level = spike_level(values)
    if not values or max(values) < level:
        return None
    first = last = max(range(len(values)), key=values.__getitem__)
    while first > 0 and values[first - 1] >= level:
        first -= 1
    while last + 1 < len(values) and values[last + 1] >= level:
        last += 1
    return first, last
