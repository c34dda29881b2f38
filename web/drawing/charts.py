"""The geometry of charts: numbers to coordinates; colours and words belong to the templates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from web.drawing.sparkline import spike_run


@dataclass(frozen=True, slots=True)
class Label:
    """A word beside an axis."""

    place: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class SpikeShape:
    """The part of a curve that stands out."""

    x: float
    width: float
    curve: str
    label_x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A solution's version at the time when it was published; ``drop`` keeps neighbours apart."""

    x: float
    version: int
    label_x: float
    anchor: str
    drop: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A curve with rules, labels and marks, in the units of its view box."""

    css: str
    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    area: str
    curve: str
    rules: tuple[Label, ...]
    ticks: tuple[Label, ...]
    marks: tuple[Mark, ...]
    spike: SpikeShape | None


@dataclass(frozen=True, slots=True)
class Frame:
    """Where in its box a chart is drawn; ``ticks`` is the number of labels below it."""

    css: str
    width: int
    height: int
    ticks: int
    left: float = 36
    right_gap: float = 8
    top: float = 24
    bottom_gap: float = 22


WIDE = Frame("wide", 760, 190, 6)
NARROW = Frame("narrow", 340, 180, 3)


def chart(
    values: Sequence[int],
    *,
    frame: Frame,
    tick_texts: Sequence[str],
    marks: Sequence[tuple[float, int]] = (),
) -> Chart:
    """Draw a curve over equal steps; ``tick_texts`` name the starts of all steps.

    ``marks`` are (place in 0..1, version).
    """
    left, right = frame.left, frame.width - frame.right_gap
    top, bottom = frame.top, frame.height - frame.bottom_gap
    steps = nice_steps(max(values, default=0))
    highest = steps[-1]
    width = (right - left) / max(1, len(values) - 1)

    def x(place: float) -> float:
        return round(left + place * width, 1)

    def y(value: float) -> float:
        return round(bottom - value / highest * (bottom - top), 1)

    points = [f"{x(place)} {y(value)}" for place, value in enumerate(values)]
    line = "M" + "L".join(points) if points else ""
    return Chart(
        css=frame.css,
        width=frame.width,
        height=frame.height,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        area=f"{line}L{right} {bottom}L{left} {bottom}Z" if points else "",
        curve=line,
        rules=tuple(Label(y(step), f"{step:,}") for step in steps),
        ticks=_ticks(tick_texts, frame, x),
        marks=_marks(marks, left, right, frame),
        spike=_spike(values, points, x, (left + right) / 2),
    )


def nice_steps(highest: int) -> tuple[int, ...]:
    """Choose three or four round values for the rules, from 0 to at least the highest value.

    >>> nice_steps(437), nice_steps(0), nice_steps(3)
    ((0, 150, 300, 450), (0, 1), (0, 1, 2, 3))
    """
    if highest <= 3:
        return tuple(range(max(1, highest) + 1))
    raw = highest / 3
    power = 10 ** math.floor(math.log10(raw))
    step = next(math.ceil(each * power) for each in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if each * power >= raw)
    count = math.ceil(highest / step)
    return tuple(step * place for place in range(count + 1))


def _ticks(texts: Sequence[str], frame: Frame, x: Callable[[float], float]) -> tuple[Label, ...]:
    if not texts:
        return ()
    last = len(texts) - 1
    places = sorted({round(last * each / (frame.ticks - 1)) for each in range(frame.ticks)})
    return tuple(
        Label(x(place), texts[place], "start" if place == 0 else "end" if place == last else "middle")
        for place in places
    )


def _marks(marks: Sequence[tuple[float, int]], left: float, right: float, frame: Frame) -> tuple[Mark, ...]:
    drawn = []
    for number, (share, version) in enumerate(marks):
        place = round(left + share * (right - left), 1)
        before = place > right - frame.width / 4
        drawn.append(Mark(place, version, place + (-8 if before else 8), "end" if before else "start", number % 3 * 16))
    return tuple(drawn)


def _spike(
    values: Sequence[int], points: Sequence[str], x: Callable[[float], float], middle: float
) -> SpikeShape | None:
    """Outline the highest run of steps that stand out, with the step before and behind it."""
    found = spike_run(values)
    if found is None:
        return None
    first, last = max(0, found[0] - 1), min(len(values) - 1, found[1] + 1)
    start, end = x(first), x(last)
    anchor = "end" if start > middle else "start"
    return SpikeShape(start, round(end - start, 1), "M" + "L".join(points[first : last + 1]), start, anchor)
