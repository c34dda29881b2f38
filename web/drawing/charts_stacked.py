"""The geometry of bars in two parts over equal steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.drawing.charts import Frame, Label, nice_steps

WIDE = Frame("wide", 790, 290, 5, left=40, top=14)
NARROW = Frame("narrow", 340, 200, 3, left=36, top=12)
GAP = 0.18


@dataclass(frozen=True, slots=True)
class Part:
    """One rectangle."""

    x: float
    y: float
    width: float
    height: float
    css: str


@dataclass(frozen=True, slots=True)
class StackedChart:
    """Bars with rules and labels, in the units of the view box."""

    css: str
    width: int
    height: int
    left: float
    right: float
    bottom: float
    parts: tuple[Part, ...]
    rules: tuple[Label, ...]
    ticks: tuple[Label, ...]


def stacked(
    values: Sequence[tuple[int, int]], *, frame: Frame, rule_text: Sequence[str] | None, tick_texts: Sequence[str]
) -> StackedChart:
    """Draw bars of (lower part, upper part); ``tick_texts`` name all steps, ``rule_text`` the rules if given."""
    left, right = frame.left, frame.width - frame.right_gap
    top, bottom = frame.top, frame.height - frame.bottom_gap
    steps = nice_steps(max((low + high for low, high in values), default=0))
    step = (right - left) / max(1, len(values))
    scale = (bottom - top) / steps[-1]
    parts = []
    for place, (low, high) in enumerate(values):
        x, width = round(left + (place + GAP / 2) * step, 1), round(step * (1 - GAP), 1)
        split = round(bottom - low * scale, 1)
        end = round(bottom - (low + high) * scale, 1)
        if low:
            parts.append(Part(x, split, width, round(bottom - split, 1), "solved"))
        if high:
            parts.append(Part(x, end, width, round(split - end, 1), "unsolved"))
    texts = rule_text or [short_number(each) for each in steps]
    return StackedChart(
        css=frame.css,
        width=frame.width,
        height=frame.height,
        left=left,
        right=right,
        bottom=bottom,
        parts=tuple(parts),
        rules=tuple(Label(round(bottom - each * scale, 1), text) for each, text in zip(steps, texts, strict=False)),
        ticks=_ticks(tick_texts, frame, left, step),
    )


def _ticks(texts: Sequence[str], frame: Frame, left: float, step: float) -> tuple[Label, ...]:
    if not texts:
        return ()
    last = len(texts) - 1
    places = sorted({round(last * each / (frame.ticks - 1)) for each in range(frame.ticks)})
    return tuple(Label(round(left + (place + 0.5) * step, 1), texts[place]) for place in places)


def short_number(value: int) -> str:
    """Write a round number for an axis.

    >>> [short_number(each) for each in (0, 450, 1500, 20_000, 2_500_000, 4_000_000_000)]
    ['0', '450', '1.5k', '20k', '2.5M', '4G']
    """
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1000, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return str(value)
