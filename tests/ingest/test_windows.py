"""Tumbling windows: each item is in exactly one, and they never overlap."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.windows import Window, WindowRule, WindowState, flush, step

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RULE = WindowRule(10, timedelta(seconds=2))


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@given(st.lists(st.tuples(st.integers(0, 35), st.floats(0, 5)), max_size=30))
def test_each_item_is_in_one_window_and_windows_do_not_overlap(steps: list[tuple[int, float]]) -> None:
    closed: list[Window] = []
    state, now = WindowState(), NOON
    for added, pause in steps:
        now += timedelta(seconds=pause)
        state, windows = step(RULE, state, added, now)
        closed += windows
        assert state.items < RULE.size
    _, windows = flush(state, now)
    closed += windows
    assert sum(window.items for window in closed) == sum(added for added, _ in steps)
    assert [window.number for window in closed] == list(range(len(closed)))
    assert all(left.end <= right.start for left, right in itertools.pairwise(closed))
    assert all(0 < window.items <= RULE.size for window in closed)
    assert all(window.end - window.start <= RULE.length for window in closed)


def test_a_window_closes_by_count() -> None:
    state, closed = step(RULE, WindowState(), 9, NOON)
    assert closed == ()
    state, closed = step(RULE, state, 3, after(1))
    assert closed == (Window(0, NOON, after(1), 10),)
    assert (state.items, state.start) == (2, after(1))


def test_a_window_closes_by_time_before_the_new_items_come() -> None:
    state, _ = step(RULE, WindowState(), 3, NOON)
    state, closed = step(RULE, state, 4, after(2))
    assert closed == (Window(0, NOON, after(2), 3),)
    assert (state.items, state.start) == (4, after(2))


def test_time_closes_a_window_without_new_items() -> None:
    state, _ = step(RULE, WindowState(), 3, NOON)
    state, closed = step(RULE, state, 0, after(1.9))
    assert closed == ()
    _, closed = step(RULE, state, 0, after(60))
    assert closed == (Window(0, NOON, after(2), 3),)


def test_an_empty_window_never_opens() -> None:
    state, closed = step(RULE, WindowState(), 0, NOON)
    assert (state, closed) == (WindowState(), ())
    assert flush(state, after(9)) == (WindowState(), ())
