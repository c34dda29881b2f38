"""Windows by count and by processing time: each item is in exactly one, and none waits too long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.windows import WindowRule, WindowState, due_in, step

RULE = WindowRule(size=10, seconds=2)


@given(st.lists(st.tuples(st.integers(0, 35), st.floats(0, 1)), max_size=60))
def test_each_item_is_in_one_window_and_none_waits_longer_than_the_rule(steps: list[tuple[int, float]]) -> None:
    state, now, waiting, taken = WindowState(), 0.0, list[float](), list[float]()
    arrivals = []
    for added, pause in steps:
        now += pause
        waiting += [now] * added
        arrivals += [now] * added
        state, is_due = step(RULE, state, len(waiting), now)
        while is_due:
            window, waiting = waiting[: RULE.size], waiting[RULE.size :]
            assert window
            taken += window
            state, is_due = step(RULE, state, len(waiting), now)
        assert len(waiting) < RULE.size
        # A window that was cut by its size begins anew with what is left of it.
        assert all(now - since < 2 * RULE.seconds for since in waiting)
    assert taken + waiting == arrivals


def test_a_window_closes_by_count() -> None:
    state, is_due = step(RULE, WindowState(), 9, 0)
    assert not is_due
    assert step(RULE, state, 10, 0.1) == (WindowState(), True)


def test_time_closes_a_window_without_new_items() -> None:
    state, is_due = step(RULE, WindowState(), 3, 5)
    assert (is_due, due_in(RULE, state, 5.5)) == (False, 1.5)
    state, is_due = step(RULE, state, 3, 6.9)
    assert not is_due
    assert step(RULE, state, 3, 7) == (WindowState(), True)


def test_more_items_do_not_put_the_end_off() -> None:
    state, _ = step(RULE, WindowState(), 1, 0)
    for count in range(2, 9):
        state, is_due = step(RULE, state, count, count / 10)
        assert not is_due
    assert due_in(RULE, state, 1) == 1


def test_an_empty_window_never_opens() -> None:
    assert step(RULE, WindowState(), 0, 0) == (WindowState(), False)
    assert due_in(RULE, WindowState(), 9) is None


def test_a_window_that_others_emptied_is_forgotten() -> None:
    state, _ = step(RULE, WindowState(), 3, 0)
    state, is_due = step(RULE, state, 0, 60)
    assert (state, is_due) == (WindowState(), False)
