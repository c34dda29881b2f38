"""Tumbling windows: they never overlap, and close by count or by processing time.

A pure stateful step, ``(state, added, now) -> (state, closed)``; the clock is the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class WindowRule:
    """When a window closes: at ``size`` items, or ``length`` after its first one; what comes first."""

    size: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """A window that was closed: its number from 0 on, its time (end exclusive), and its items."""

    number: int
    start: datetime
    end: datetime
    items: int


@dataclass(frozen=True, slots=True)
class WindowState:
    """The open window; ``start`` is None while nothing is in it."""

    number: int = 0
    start: datetime | None = None
    items: int = 0


def step(rule: WindowRule, state: WindowState, added: int, now: datetime) -> tuple[WindowState, tuple[Window, ...]]:
    """Put ``added`` items into the window that is open at ``now``; return the windows that this closes.

    Time closes a window before the new items are put into the next one; an item belongs to one only.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> state, closed = step(WindowRule(10, timedelta(seconds=2)), WindowState(), 25, noon)
    >>> [window.items for window in closed], state.items
    ([10, 10], 5)
    """
    closed: list[Window] = []
    if state.start is not None and now >= state.start + rule.length:
        closed.append(Window(state.number, state.start, state.start + rule.length, state.items))
        state = WindowState(state.number + 1)
    while added:
        start = state.start or now
        taken = min(added, rule.size - state.items)
        added -= taken
        state = replace(state, start=start, items=state.items + taken)
        if state.items == rule.size:
            closed.append(Window(state.number, start, now, state.items))
            state = WindowState(state.number + 1)
    return state, tuple(closed)


def flush(state: WindowState, now: datetime) -> tuple[WindowState, tuple[Window, ...]]:
    """Close what is open: nothing more will come."""
    if state.start is None:
        return state, ()
    return WindowState(state.number + 1), (Window(state.number, state.start, now, state.items),)
