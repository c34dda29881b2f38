"""Windows by event time: watermarks, lateness, and that nothing waits for ever."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.event_time import (
    MOST_AHEAD,
    EventRule,
    event_rule,
    last_span,
    next_span,
    observe,
    watermark,
    window_of,
)
from knowledge_base.settings import Settings
from knowledge_base.store.intake.event_times import EventTimes, SourceTime
from knowledge_base.store.intake.waiting import ALWAYS, Span, Waiting
from knowledge_base.types import WindowBy

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RULE = EventRule(10 * SECOND, 3 * SECOND, 20 * SECOND, 5 * SECOND, 60 * SECOND, 100)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
TIMES = st.datetimes(timezones=st.just(UTC))
LENGTHS = st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=1))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(
    times: EventTimes, seconds: float, *, source: str = "a", now: float = 0, fresh: tuple[float, ...] = ()
) -> EventTimes:
    return observe(RULE, times, {source: at(seconds)}, [at(each) for each in fresh], at(now))


@given(TIMES, LENGTHS)
def test_a_time_is_in_its_window(when: datetime, length: timedelta) -> None:
    window = window_of(replace(RULE, length=length), when)
    assert window.holds(when)
    if window.start is not None and window.end is not None:
        assert window.end - window.start == length


@given(TIMES, TIMES, LENGTHS)
def test_two_windows_are_the_same_or_apart(left: datetime, right: datetime, length: timedelta) -> None:
    rule = replace(RULE, length=length)
    first, second = window_of(rule, min(left, right)), window_of(rule, max(left, right))
    assert first == second or (first.end is not None and second.start is not None and first.end <= second.start)


@pytest.mark.parametrize("when", [FIRST, LAST])
def test_windows_are_open_at_the_ends_of_the_calendar(when: datetime) -> None:
    window = window_of(replace(RULE, length=timedelta(days=1, seconds=7)), when)
    assert window.holds(when)
    assert None in (window.start, window.end)


def test_the_watermark_is_the_smallest_of_the_sources_and_never_goes_back() -> None:
    times = told(EventTimes(), 100)
    assert times.watermark == at(97)
    times = told(times, 50, source="b")
    assert times.watermark == at(97)
    times = told(times, 200)
    assert times.watermark == at(97)
    times = told(times, 150, source="b")
    assert times.watermark == at(147)
    assert told(times, 20).watermark == at(147)


def test_an_idle_source_holds_nothing_back() -> None:
    times = told(told(EventTimes(), 100), 250, source="b", now=3)
    assert watermark(RULE, times, at(5)) == at(97)
    assert watermark(RULE, times, at(5.1)) == at(247)
    assert told(times, 260, source="b", now=6).sources.keys() == {"b"}


def test_where_all_sources_are_idle_the_newest_time_counts() -> None:
    times = told(told(EventTimes(), 100), 250, source="b", now=1)
    assert watermark(RULE, times, at(60)) == at(247)


def test_without_events_there_is_no_watermark() -> None:
    assert watermark(RULE, EventTimes(), NOON) is None
    assert next_span(RULE, [Waiting(at(-9999), NOON)], None, NOON) is None


def test_late_templates_are_counted() -> None:
    times = told(EventTimes(), 103, fresh=(90, 40))
    assert (times.watermark, times.delayed, times.late) == (at(100), 0, 0)
    times = told(times, 104, fresh=(100, 99, 90, 80.1, 79, 20))
    # The windows that end at 90 and 80 are 10 and 20 seconds behind; the allowed lateness is 20.
    assert (times.delayed, times.late) == (3, 2)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.lists(st.integers(-500, 500), max_size=5), st.floats(0, 20)), max_size=20
    )
)
def test_each_template_is_on_time_delayed_or_late_once(batches: list[tuple[str, list[int], float]]) -> None:
    times, now, expected = EventTimes(), NOON, [0, 0]
    marks = []
    for source, fresh, pause in batches:
        now += timedelta(seconds=pause)
        mark = watermark(RULE, times, now)
        for each in fresh:
            end = window_of(RULE, at(each)).end
            assert end is not None
            if mark is not None and end <= mark:
                expected[mark - end >= RULE.lateness] += 1
        seen = {source: at(max(fresh))} if fresh else {}
        times = observe(RULE, times, seen, [at(each) for each in fresh], now)
        assert [times.delayed, times.late] == expected
        marks += [mark, times.watermark]
    known = [mark for mark in marks if mark is not None]
    assert known == sorted(known)


@given(TIMES, st.floats(0, 1000))
def test_no_time_moves_the_watermark_into_the_future(when: datetime, seconds: float) -> None:
    times = observe(RULE, EventTimes(), {"a": when}, [when], at(seconds))
    assert times.watermark is None or times.watermark <= at(seconds) + MOST_AHEAD
    times = observe(RULE, times, {"a": at(seconds)}, [], at(seconds))
    assert times.watermark is not None
    assert times.watermark >= at(seconds) - RULE.disorder


def test_the_year_one_is_taken() -> None:
    times = observe(RULE, EventTimes(), {"a": FIRST}, [FIRST], NOON)
    assert times == EventTimes(None, {"a": SourceTime(FIRST, NOON)})


def emptied(waiting: list[Waiting], mark: datetime, now: datetime, rule: EventRule = RULE) -> list[list[datetime]]:
    """Take up what is due until nothing is; give the event times of each window."""
    windows = []
    while (span := next_span(rule, waiting, mark, now)) is not None:
        taken = [each.at for each in waiting if span.holds(each.at)]
        assert taken
        windows.append(taken)
        waiting = [each for each in waiting if not span.holds(each.at)]
    return windows


@given(st.lists(st.integers(-200, 200), max_size=40), st.integers(-200, 200), st.integers())
def test_windows_hold_the_same_whatever_the_order_of_arrival(seconds: list[int], mark: int, seed: int) -> None:
    waiting = [Waiting(at(each), NOON) for each in seconds]
    mixed = random.Random(seed).sample(waiting, len(waiting))
    windows, others = (emptied(each, at(mark), NOON) for each in (waiting, mixed))
    assert list(map(sorted, windows)) == list(map(sorted, others))
    due = [each.at for each in waiting if (window_of(RULE, each.at).end or LAST) <= at(mark)]
    assert sorted(each for window in windows for each in window) == sorted(due)
    assert all(len({window_of(RULE, each) for each in window}) == 1 for window in windows)
    assert [min(window) for window in windows] == sorted(min(window) for window in windows)


@given(st.lists(TIMES, min_size=1, max_size=30), st.integers(1, 40))
def test_nothing_waits_longer_than_the_limit(times: list[datetime], size: int) -> None:
    rule, waiting = replace(RULE, size=size), [Waiting(each, NOON) for each in times]
    windows = emptied(waiting, at(-30), NOON + RULE.patience, rule)
    assert sorted(each for window in windows for each in window) == sorted(times)


@given(st.lists(TIMES, min_size=1, max_size=30), st.integers(1, 40))
def test_at_the_end_everything_is_taken_up(times: list[datetime], size: int) -> None:
    rule, left = replace(RULE, size=size), list(times)
    while (span := last_span(rule, [Waiting(each, NOON) for each in left])) is not None:
        assert any(map(span.holds, left))
        left = [each for each in left if not span.holds(each)]
    assert not left


def test_many_closed_windows_are_taken_together() -> None:
    waiting = [Waiting(at(-10 * each), NOON) for each in range(1, 120)]
    assert next_span(RULE, waiting, at(25), NOON) == Span(None, at(20))
    assert next_span(RULE, waiting[:100], at(25), NOON) == Span(None, at(-990))
    assert next_span(RULE, waiting, at(-9_000), NOON + RULE.patience) == ALWAYS


def test_times_that_cannot_be_believed_are_one_window() -> None:
    waiting = [Waiting(datetime(year, 1, 1, tzinfo=UTC), NOON) for year in (2999, 2500, 9999)]
    now = NOON + RULE.patience
    assert next_span(RULE, waiting, at(0), NOON) is None
    assert next_span(RULE, waiting, at(0), now) == Span(now + MOST_AHEAD, None)


def test_the_settings_make_the_rule() -> None:
    assert event_rule(Settings()) is None
    rule = event_rule(Settings(window_by=WindowBy.EVENT, window_seconds=60, disorder_seconds=7, window_size=9))
    assert rule == EventRule(60 * SECOND, 7 * SECOND, 60 * SECOND, 10 * SECOND, 60 * SECOND, 9)
