"""The numbers of a dashboard: two periods side by side, as docs/dashboard.md defines them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from markupsafe import Markup

from knowledge_base.store.watching.dashboard_hours import Hour, hour_of
from web.showing.formats import Formats

SCALE = 100.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """A share and how it changed; both are None where there is nothing to divide by."""

    share: float | None
    before: float | None
    part: int
    total: int

    @property
    def points(self) -> float | None:
        """By how many percentage points it changed."""
        return None if self.share is None or self.before is None else 100 * (self.share - self.before)


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which questions end; ``x`` and ``width`` are in percent of the bar."""

    css: str
    name: Markup
    count: int
    state: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Waited:
    """A median with what it was before; None where nothing was measured."""

    median: timedelta | None
    before: timedelta | None
    slow: timedelta | None
    count: int

    @property
    def change(self) -> int | None:
        """By how many percent it changed."""
        if self.median is None or not self.before:
            return None
        return round(100 * (self.median / self.before - 1))


def add_up(hours: Mapping[int, Hour], now: datetime, span: timedelta, *, back: int = 0) -> Hour:
    """Add up a period of whole hours that ends with the one that runs, or one that is so many periods back."""
    length = int(span.total_seconds() // 3600)
    last = hour_of(now) - back * length
    total = Hour()
    for slot, hour in hours.items():
        if last - length < slot <= last:
            total.add(hour)
    return total


def coverage(part: int, total: int, part_before: int, total_before: int) -> Coverage:
    """Compare two shares."""
    return Coverage(part / total if total else None, part_before / total_before if total_before else None, part, total)


def endings(hour: Hour, formats: Formats) -> tuple[Ending, ...]:
    """Put the questions of a period into parts that exclude each other, and are never added up."""
    _ = formats.translator.text
    named = (
        ("confirmed", _("confirmed"), hour.confirmed, "confirmed"),
        ("no-word", _("no word"), hour.no_word, "answered"),
        ("not-helpful", _("not helpful"), hour.not_helpful, "not_helpful"),
        ("unsolved", _("no solution yet"), hour.known_unsolved, "known_unsolved"),
        ("unknown", _("unknown"), hour.unknown, "unknown"),
        ("escalated", _("escalated"), hour.escalated, "escalated"),
    )
    found, x = [], 0.0
    for css, name, count, state in named:
        width = SCALE * count / hour.asked if hour.asked else 0.0
        found.append(Ending(css, name, count, state, round(x, 2), round(width, 2)))
        x += width
    return tuple(found)


def waited(present: Sequence[timedelta], before: Sequence[timedelta]) -> Waited:
    """Take medians, and the 95th percentile of the present period."""
    ordered = sorted(present)
    slow = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else None
    return Waited(
        timedelta(seconds=median(each.total_seconds() for each in ordered)) if ordered else None,
        timedelta(seconds=median(each.total_seconds() for each in before)) if before else None,
        slow,
        len(ordered),
    )
