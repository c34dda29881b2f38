"""Ribbons from what is there to what would be: drawn between two columns of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH = 300
BOX, TALL, GAP = 52, 84, 8
MOST_THICK, LEAST_THICK, IN_A_BOX = 40.0, 3.0, 72.0


@dataclass(frozen=True, slots=True)
class Stream:
    """Lines that go from a box on the left to one on the right; ``moves`` where they change their category."""

    source: int
    target: int
    lines: int
    moves: bool


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One stream as it is drawn, with what is written on it and where."""

    path: str
    css: str
    text: Markup
    y: float


@dataclass(frozen=True, slots=True)
class Flow:
    """All ribbons; ``height`` is that of both columns in pixels."""

    width: int
    height: int
    ribbons: tuple[Ribbon, ...]


def draw_flow(streams: Sequence[Stream], texts: Sequence[Markup], *, left: int, right: int) -> Flow:
    """Draw streams between ``left`` boxes of one line and ``right`` tall ones, each column centred."""
    heights = left * BOX + (left - 1) * GAP, right * TALL + (right - 1) * GAP
    height = max(heights)
    begin, end = ((height - each) / 2 for each in heights)
    coming: dict[int, int] = {}
    for each in streams:
        coming[each.target] = coming.get(each.target, 0) + each.lines
    scale = IN_A_BOX / max(1, *coming.values())
    thick = [min(MOST_THICK, max(LEAST_THICK, scale * each.lines)) for each in streams]
    sources = _places([each.source for each in streams], thick, first=begin, step=BOX)
    targets = _places([each.target for each in streams], thick, first=end, step=TALL)
    ribbons = tuple(
        Ribbon(_path(a, b, size), "moves" if each.moves else "stays", text, round((a + b + size) / 2, 1))
        for each, text, a, b, size in zip(streams, texts, sources, targets, thick, strict=True)
    )
    return Flow(WIDTH, height, ribbons)


def _places(boxes: Sequence[int], thick: Sequence[float], *, first: float, step: int) -> list[float]:
    """Stack the ends of ribbons around the middle of their boxes; give the upper edge of each."""
    total: dict[int, float] = {}
    for box, size in zip(boxes, thick, strict=True):
        total[box] = total.get(box, 0.0) + size
    at = {box: first + box * (step + GAP) + step / 2 - size / 2 for box, size in total.items()}
    found = []
    for box, size in zip(boxes, thick, strict=True):
        found.append(at[box])
        at[box] += size
    return found


def _path(start: float, end: float, size: float) -> str:
    middle = WIDTH / 2
    return (
        f"M0 {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {WIDTH} {end:.1f}"
        f"V{end + size:.1f}C{middle} {end + size:.1f} {middle} {start + size:.1f} 0 {start + size:.1f}Z"
    )
