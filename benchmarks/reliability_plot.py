"""Draws how often answers of each confidence were right, as one small SVG that needs no library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from knowledge_base.measures import BINS, Bin, Judged, brier, reliability, wilson

SIDE, LEFT, TOP, BELOW, RIGHT = 320, 52, 44, 46, 20
"""Pixels: the square of the plot, and the room around it."""

BARS = 40
"""Pixels of the bars that tell how many questions there are of each confidence."""

INK, FAINT, DOT, BAR = "#1f2933", "#9aa5b1", "#0b6e99", "#cbd2d9"


def write_reliability_plot(judged: Judged, path: Path, *, title: str, bins: int = BINS) -> None:
    """Draw pairs of (confidence, right) into a file: a dot for each bin, with the interval in which its share lies.

    Dots on the diagonal are what a confidence promises; the bars below count questions.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(reliability_plot(judged, title=title, bins=bins), encoding="utf-8")


def reliability_plot(judged: Judged, *, title: str, bins: int = BINS) -> str:
    """Give the same as text."""
    rows = [row for row in reliability(judged, bins=bins) if row.count]
    score = brier(judged)
    told = f"{len(judged):,} questions" + ("" if score is None else f", Brier score {score:.4f}")
    width, height = LEFT + SIDE + RIGHT, TOP + SIDE + BARS + BELOW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" font-family="sans-serif" font-size="11" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="18" font-size="14" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="34">{told}</text>',
        *_axes(),
        *_bars(rows),
        *(mark for row in rows for mark in _mark(row)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes() -> list[str]:
    bottom = TOP + SIDE
    lines = [
        f'<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{FAINT}"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="{FAINT}" stroke-dasharray="4 4"/>',
    ]
    for tenth in range(0, 11, 2):
        share = tenth / 10
        lines.append(f'<text x="{_x(share)}" y="{bottom + BARS + 16}" text-anchor="middle">{share:.1f}</text>')
        lines.append(f'<text x="{LEFT - 8}" y="{_y(share) + 4}" text-anchor="end">{share:.1f}</text>')
    middle = f"{LEFT - 36} {TOP + SIDE / 2:.1f}"
    lines.append(f'<text x="{LEFT + SIDE / 2:.1f}" y="{bottom + BARS + 36}" text-anchor="middle">confidence</text>')
    lines.append(f'<text transform="translate({middle}) rotate(-90)" text-anchor="middle">share that was right</text>')
    return lines


def _bars(rows: Sequence[Bin]) -> list[str]:
    most = max((row.count for row in rows), default=1)
    marks = []
    for row in rows:
        tall = BARS * 0.9 * row.count / most
        marks.append(
            f'<rect x="{_x(row.low) + 1:.1f}" y="{TOP + SIDE + 1:.1f}" width="{(row.high - row.low) * SIDE - 2:.1f}"'
            f' height="{tall:.1f}" fill="{BAR}"><title>{row.count:,} questions</title></rect>'
        )
    return marks


def _mark(row: Bin) -> list[str]:
    low, high = wilson(round(row.right * row.count), row.count)
    x = f"{_x(row.confidence):.1f}"
    return [
        f'<line x1="{x}" y1="{_y(low):.1f}" x2="{x}" y2="{_y(high):.1f}" stroke="{DOT}" stroke-width="2"/>',
        f'<circle cx="{x}" cy="{_y(row.right):.1f}" r="4" fill="{DOT}"/>',
    ]


def _x(share: float) -> float:
    return LEFT + share * SIDE


def _y(share: float) -> float:
    return TOP + (1 - share) * SIDE
