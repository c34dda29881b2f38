"""Tumbling windows by event time: watermarks, allowed lateness, and what is late.

As in Flink and Beam: the watermark of a source is the newest event time that it brought, less the disorder that is
allowed for; the watermark of a project is the smallest of its sources', where those that are idle do not count, and
it never goes back. A window [start, end) is closed when the watermark has reached its end. What comes later is
*delayed* within the allowed lateness and *late* beyond it; both are taken up at once, nothing is left out.

All functions are pure; the clock is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from knowledge_base.settings import Settings
from knowledge_base.store.intake.event_times import EventTimes, SourceTime
from knowledge_base.store.intake.waiting import ALWAYS, Span, Waiting
from knowledge_base.types import WindowBy

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(minutes=5)
"""How far an event time may lie in the future: a clock may be fast, but none may move the watermark beyond this."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """How windows are cut, and what is waited for.

    ``patience`` is the processing time after which what waits is taken up whatever the watermark says; ``size``
    is how many templates are worked on at once.
    """

    length: timedelta
    disorder: timedelta
    lateness: timedelta
    idle: timedelta
    patience: timedelta
    size: int


def event_rule(settings: Settings) -> EventRule | None:
    """Read the rule from the settings; None where windows are not by event time."""
    if settings.window_by is not WindowBy.EVENT:
        return None
    return EventRule(
        length=timedelta(seconds=settings.window_seconds),
        disorder=timedelta(seconds=settings.disorder_seconds),
        lateness=timedelta(seconds=settings.allowed_lateness_seconds),
        idle=timedelta(seconds=settings.idle_seconds),
        patience=timedelta(seconds=settings.window_limit_seconds),
        size=settings.window_size,
    )


def window_of(rule: EventRule, at: datetime) -> Span:
    """Tell the window that an event time belongs to, which depends on nothing else; windows are aligned to 1970.

    At the ends of the calendar a bound is None: the window is open there.

    >>> ten = timedelta(seconds=10)
    >>> window = window_of(EventRule(ten, ten, ten, ten, ten, 100), datetime(2026, 1, 1, 12, 0, 13, tzinfo=UTC))
    >>> f"{window.start:%H:%M:%S} {window.end:%H:%M:%S}"
    '12:00:10 12:00:20'
    """
    start = (at - EPOCH) // rule.length * rule.length
    return Span(_moved(EPOCH, start), _moved(EPOCH, start + rule.length))


def watermark(rule: EventRule, times: EventTimes, now: datetime) -> datetime | None:
    """Tell how far event time has come by ``now``; None before the first event.

    Where all sources are idle none can hold the others back: then the newest time of all counts.
    """
    heard = [source.newest for source in times.sources.values()]
    active = [source.newest for source in times.sources.values() if now - source.heard <= rule.idle]
    if not heard:
        return times.watermark
    reached = _moved(min(active) if active else max(heard), -rule.disorder)
    return max((each for each in (times.watermark, reached) if each is not None), default=None)


def observe(
    rule: EventRule, times: EventTimes, seen: Mapping[str, datetime], fresh: Iterable[datetime], now: datetime
) -> EventTimes:
    """Learn of a batch: the newest event time of each source in it, and the event times of its new templates.

    Templates are judged by the watermark before the batch. Times that lie too far in the future count as
    ``MOST_AHEAD`` of now, and a source's time never goes back.
    """
    mark = watermark(rule, times, now)
    ends = [window_of(rule, at).end for at in fresh]
    passed = [end for end in ends if end is not None and mark is not None and end <= mark]
    late = sum(mark is not None and mark - end >= rule.lateness for end in passed)
    sources = {name: source for name, source in times.sources.items() if now - source.heard <= rule.idle}
    for name, newest in seen.items():
        before = sources.get(name)
        believed = min(newest, now + MOST_AHEAD)
        sources[name] = SourceTime(believed if before is None else max(before.newest, believed), now)
    after = EventTimes(mark, sources, times.delayed + len(passed) - late, times.late + late)
    return replace(after, watermark=watermark(rule, after, now))


def next_span(rule: EventRule, waiting: Sequence[Waiting], mark: datetime | None, now: datetime) -> Span | None:
    """Choose what is worked on next; None while no window is closed.

    Closed windows come first, the earliest before the others, each for itself, with what came too late for an
    earlier one. Where more than ``size`` templates wait in closed windows these are taken together. After them
    comes the window of whoever waited longer than the rule's patience, though it is open still.
    """
    closed = [each for each in waiting if _is_closed(window_of(rule, each.at), mark)]
    if len(closed) > rule.size and mark is not None:
        return Span(None, window_of(rule, mark).start)
    if closed:
        return Span(None, window_of(rule, min(each.at for each in closed)).end)
    impatient = [each for each in waiting if now - each.since >= rule.patience]
    if len(impatient) > rule.size:
        return ALWAYS
    if impatient:
        at = min(impatient, key=lambda each: each.since).at
        ahead = now + MOST_AHEAD
        return Span(ahead, None) if at >= ahead else window_of(rule, at)
    return None


def last_span(rule: EventRule, waiting: Sequence[Waiting]) -> Span | None:
    """Choose what is worked on next where nothing more will come; None where nothing waits."""
    if not waiting:
        return None
    if len(waiting) > rule.size:
        return ALWAYS
    return Span(None, window_of(rule, min(each.at for each in waiting)).end)


def _is_closed(window: Span, mark: datetime | None) -> bool:
    return mark is not None and window.end is not None and window.end <= mark


def _moved(at: datetime, by: timedelta) -> datetime | None:
    """Add to a time; None beyond the ends of the calendar."""
    try:
        return at + by
    except OverflowError:
        return None
