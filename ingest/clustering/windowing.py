"""What the clusterer works on next in a project: a window that has closed, by count, processing time or event time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ingest.event_time import event_rule, last_span, next_span, watermark, window_of
from ingest.windows import WindowRule, WindowState, due_in, step
from knowledge_base.settings import Settings
from knowledge_base.store.intake import event_times, waiting
from knowledge_base.store.intake.waiting import ALWAYS, Span
from knowledge_base.store.store import Clock
from knowledge_base.types import WindowBy

SAMPLED = 2
"""How many templates are looked at to find the window that closes next, as a multiple of what a window holds."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a project found: templates that wait (up to what a window holds), and the span that is due.

    ``again_in`` tells in how many seconds time alone closes a window, where that is known.
    """

    state: WindowState
    waiting: int = 0
    due: Span | None = None
    again_in: float | None = None


def window_rule(settings: Settings, size: int) -> WindowRule:
    """Read the rule of windows by count and by processing time from the settings."""
    if settings.window_by is WindowBy.COUNT:
        return WindowRule(settings.window_size, settings.window_limit_seconds)
    return WindowRule(size, settings.window_seconds)


def look(
    db: Connection, project: str, settings: Settings, state: WindowState, *, size: int, seconds: float, clock: Clock
) -> Look:
    """Look whether a window of a project is closed.

    ``size`` is how many templates are worked on at once now, ``window_size`` at most; ``seconds`` is the time of a
    clock that never jumps.
    """
    count = waiting.count(db, project, settings.window_size)
    if not count:
        return Look(WindowState())
    rule = event_rule(settings)
    if rule is None:
        plain = window_rule(settings, size)
        state, is_due = step(plain, state, count, seconds)
        return Look(state, count, ALWAYS if is_due else None, due_in(plain, state, seconds))
    now = clock()
    mark = watermark(rule, event_times.read(db, project), now)
    due = next_span(rule, waiting.oldest(db, project, SAMPLED * rule.size), mark, now)
    return Look(WindowState(), count, due)


def last(db: Connection, project: str, settings: Settings) -> Span | None:
    """Choose what to work on where nothing more will come; None where nothing waits."""
    rule = event_rule(settings)
    if rule is None:
        return ALWAYS if waiting.count(db, project, 1) else None
    return last_span(rule, waiting.oldest(db, project, SAMPLED * rule.size))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the windows of a project are, for people.

    ``start`` and ``end`` bound the open window: by event time where windows are by event time; otherwise it began when
    the first template that waits was stored, and has no end yet. ``templates`` are in it.
    """

    by: WindowBy
    watermark: datetime | None = None
    delayed: int = 0
    late: int = 0
    start: datetime | None = None
    end: datetime | None = None
    templates: int = 0


def read_progress(db: Connection, project: str, settings: Settings, now: datetime) -> Progress:
    """Read how far the windows of a project are; of many templates that wait the oldest are looked at."""
    oldest = waiting.oldest(db, project, SAMPLED * settings.window_size)
    rule = event_rule(settings)
    if rule is None:
        start = oldest[0].since if oldest else None
        return Progress(settings.window_by, start=start, templates=min(len(oldest), settings.window_size))
    times = event_times.read(db, project)
    mark = watermark(rule, times, now)
    told = Progress(settings.window_by, mark, times.delayed, times.late)
    closed_until = None if mark is None else window_of(rule, mark).start
    later = [each.at for each in oldest if closed_until is None or each.at >= closed_until]
    if not later:
        return told
    window = window_of(rule, min(later))
    return replace(told, start=window.start, end=window.end, templates=sum(map(window.holds, later)))
