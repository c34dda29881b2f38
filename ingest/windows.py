"""Tumbling windows by count and by processing time: when what waits is enough, or has waited long enough.

A pure stateful step, ``(state, waiting, now) -> (state, is_due)``; the clock is the caller's. Whoever works on a
window takes what waits away, up to ``size``, and the rest begins the next one: so windows never overlap.
Windows by event time are in :mod:`ingest.event_time`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowRule:
    """When a window closes: with ``size`` items, or ``seconds`` after its first one; what comes first."""

    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class WindowState:
    """The open window: since when something waits, in seconds of the caller's clock; None while it is empty."""

    since: float | None = None


def step(rule: WindowRule, state: WindowState, waiting: int, now: float) -> tuple[WindowState, bool]:
    """Look at how many items wait; tell whether the window closes now, which begins the next one.

    >>> rule = WindowRule(size=10, seconds=2)
    >>> state, is_due = step(rule, WindowState(), 3, now=100)
    >>> is_due, step(rule, state, 3, now=102), step(rule, state, 10, now=100.5)
    (False, (WindowState(since=None), True), (WindowState(since=None), True))
    """
    if not waiting:
        return WindowState(), False
    since = now if state.since is None else min(state.since, now)
    if waiting >= rule.size or now - since >= rule.seconds:
        return WindowState(), True
    return WindowState(since), False


def due_in(rule: WindowRule, state: WindowState, now: float) -> float | None:
    """Tell in how many seconds time closes the window that is open; None where none is."""
    return None if state.since is None else max(0.0, state.since + rule.seconds - now)
