"""Lines that belong together become one event: stack traces, tracebacks, panics, details of the database.

A pure step, ``(state, line) -> (state, events)``, for the lines of one stream in their order. A line with
a header of its own starts an event; a line is joined to the one before only where its form says so
(indented, ``Caused by``, ``DETAIL``, the end of a traceback), because a plain line glued to the wrong
event is an error lost. The state is frozen and can be saved with the offset of its stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from ingest.line_kinds import LineKind, ends_in_traceback, kind_of


class JoinMode(StrEnum):
    """Whether lines are joined."""

    AUTO = "auto"
    OFF = "off"


class Trace(StrEnum):
    """What an open event has been recognised as; it tells which plain lines still belong to it."""

    NONE = "none"
    STACK = "stack"
    TRACEBACK = "traceback"
    TRACEBACK_ENDED = "traceback_ended"
    TRACEBACK_BETWEEN = "traceback_between"
    PANIC = "panic"
    GOROUTINES = "goroutines"
    OPENING = "opening"
    ANNOUNCED = "announced"
    REPORT = "report"


_BEGUN = {
    LineKind.TRACEBACK: Trace.TRACEBACK,
    LineKind.INNER_TRACEBACK: Trace.TRACEBACK,
    LineKind.PANIC: Trace.PANIC,
    LineKind.GOROUTINE: Trace.GOROUTINES,
    LineKind.FRAME: Trace.STACK,
    LineKind.OPENING: Trace.OPENING,
    LineKind.ANNOUNCED: Trace.ANNOUNCED,
    LineKind.REPORT: Trace.REPORT,
}
_NO_TRACE = frozenset({Trace.NONE, Trace.OPENING})
_HEADED = frozenset({LineKind.HEADER, LineKind.OPENING, LineKind.LEVEL, LineKind.DEEPER})


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line end; ``start`` and ``end`` are its offsets, ``end`` behind the line end."""

    text: str
    start: int
    end: int


class Placed(Protocol):
    """What joining reads of a line."""

    @property
    def text(self) -> str:
        """The line without its line end."""

    @property
    def start(self) -> int:
        """The offset of its first character."""

    @property
    def end(self) -> int:
        """The offset behind its line end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: ``end`` is the offset behind its last line; ``truncated`` if its limits cut it."""

    text: str
    start: int
    end: int
    lines: int
    truncated: bool


@dataclass(frozen=True, slots=True)
class JoinLimits:
    """How large an event may grow; what lies beyond is left out, though still counted as part of it."""

    max_bytes: int = 1_000_000
    max_lines: int = 2_000
    idle_seconds: float = 0.3


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """An event that may still grow; ``blank`` empty lines wait for a line that makes them part of it."""

    texts: tuple[str, ...]
    start: int
    end: int
    lines: int
    size: int
    headed: bool
    trace: Trace = Trace.NONE
    blank: int = 0
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class JoinState:
    """What one stream has open, and when its last line came (seconds of the injected clock)."""

    mode: JoinMode = JoinMode.AUTO
    open: OpenEvent | None = None
    last_at: float = 0.0

    @property
    def open_since(self) -> int | None:
        """The offset of the first line that is not yet part of a finished event."""
        return self.open.start if self.open else None


_STEADY = frozenset({LineKind.FRAME, LineKind.INDENTED})


def _cut(text: str, room: int) -> str:
    if len(text) * 4 <= room:
        return text
    data = text.encode("utf-8", "surrogateescape")
    return text if len(data) <= room else data[: max(room, 0)].decode("utf-8", "ignore")


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _close(event: OpenEvent) -> Event:
    return Event("\n".join(event.texts), event.start, event.end, event.lines, event.truncated)


def _started(line: Placed, kind: LineKind, limits: JoinLimits) -> OpenEvent:
    text = _cut(line.text, limits.max_bytes)
    trace = _BEGUN.get(kind, Trace.NONE)
    if trace is Trace.NONE and ends_in_traceback(text):
        trace = Trace.TRACEBACK
    headed = kind in _HEADED
    return OpenEvent((text,), line.start, line.end, 1, _size(text), headed, trace, truncated=text != line.text)


def _grown(event: OpenEvent, lines: Sequence[Placed], trace: Trace, limits: JoinLimits) -> OpenEvent:
    texts, size, truncated = list(event.texts), event.size, event.truncated
    count, blank = event.lines, event.blank
    for line in lines:
        if not truncated:
            added = "\n" * blank + line.text
            room = limits.max_bytes - size - 1
            text = _cut(added, room)
            truncated = text != added or count + blank >= limits.max_lines
            if text and count < limits.max_lines:
                texts.append(text)
                size += _size(text) + 1
        count += blank + 1
        blank = 0
    return OpenEvent(tuple(texts), event.start, lines[-1].end, count, size, event.headed, trace, 0, truncated)


def _continues(event: OpenEvent, kind: LineKind) -> Trace | None:
    """What the open event is if a line of this kind belongs to it; None if the line does not."""
    trace = event.trace
    fresh = event.headed and trace in {Trace.NONE, Trace.OPENING}
    match kind:
        case LineKind.FRAME:
            return Trace.STACK if trace in _NO_TRACE else trace
        case LineKind.INDENTED | LineKind.SIDE | LineKind.CLOSER:
            return trace
        case LineKind.DEEPER if trace not in _NO_TRACE:
            return trace
        case LineKind.INNER_TRACEBACK:
            return Trace.TRACEBACK
        case LineKind.GROUP_END:
            return Trace.TRACEBACK_ENDED if trace is Trace.TRACEBACK else trace
        case LineKind.TRACEBACK:
            return Trace.TRACEBACK if fresh or trace is Trace.TRACEBACK_BETWEEN else None
        case LineKind.BETWEEN:
            return Trace.TRACEBACK_BETWEEN if trace is Trace.TRACEBACK_ENDED else None
        case LineKind.GOROUTINE:
            return Trace.GOROUTINES if fresh or trace in {Trace.PANIC, Trace.GOROUTINES} else None
        case LineKind.GO_CALL | LineKind.GO_NAME if trace is Trace.GOROUTINES:
            return trace
        case LineKind.GO_NAME if fresh:
            return Trace.GOROUTINES
        case LineKind.LEVEL if trace is Trace.OPENING:
            return Trace.NONE
        case LineKind.EXCEPTION if fresh and event.lines <= 2:
            return Trace.STACK
        case LineKind.EXCEPTION | LineKind.PLAIN | LineKind.GO_CALL if trace in {Trace.TRACEBACK, Trace.ANNOUNCED}:
            return Trace.TRACEBACK_ENDED if trace is Trace.TRACEBACK else Trace.STACK
        case LineKind.EXCEPTION | LineKind.PLAIN | LineKind.GO_CALL if trace is Trace.REPORT and not event.blank:
            return trace
        case _:
            return None


def step(
    state: JoinState, line: Placed, now: float, *, limits: JoinLimits, kind: LineKind | None = None
) -> tuple[JoinState, tuple[Event, ...]]:
    """Take one line; return the new state and the events that it finished (none, one or two).

    ``now`` are the seconds of the injected clock; they only serve :func:`close_idle`. ``kind`` is that of the line,
    where the caller knows it already.
    """
    mode = state.mode
    if mode is JoinMode.OFF:
        kind = LineKind.PLAIN
        return replace(state, last_at=now), (_close(_started(line, kind, limits)),) if line.text.strip() else ()
    event = state.open
    if kind is None:
        kind = kind_of(line.text)
    if kind is LineKind.BLANK:
        if event is None:
            return JoinState(mode, None, now), ()
        return JoinState(mode, replace(event, blank=event.blank + 1, end=line.end), now), ()
    if event is None:
        return JoinState(mode, _started(line, kind, limits), now), ()
    trace = _continues(event, kind)
    if trace is not None:
        return JoinState(mode, _grown(event, [line], trace, limits), now), ()
    return JoinState(mode, _started(line, kind, limits), now), (_close(event),)


def step_run(
    state: JoinState, lines: Sequence[Placed], now: float, *, limits: JoinLimits, kind: LineKind
) -> tuple[JoinState, tuple[Event, ...]]:
    """Take lines of one kind that follow each other, as :func:`step` does one by one."""
    finished: list[Event] = []
    for place, line in enumerate(lines):
        event = state.open
        if kind in _STEADY and event is not None and _continues(event, kind) is event.trace:
            # As it does for this line, it will for all the others: they change nothing that it looks at.
            return JoinState(state.mode, _grown(event, lines[place:], event.trace, limits), now), tuple(finished)
        state, more = step(state, line, now, limits=limits, kind=kind)
        finished += more
    return state, tuple(finished)


def close_idle(state: JoinState, now: float, *, limits: JoinLimits) -> tuple[JoinState, tuple[Event, ...]]:
    """Close the open event when no line has come for ``limits.idle_seconds``."""
    if state.open is None or now - state.last_at < limits.idle_seconds:
        return state, ()
    return flush(state)


def flush(state: JoinState) -> tuple[JoinState, tuple[Event, ...]]:
    """Close what is open: the stream has ended."""
    return (replace(state, open=None), (_close(state.open),)) if state.open else (state, ())


def join_lines(lines: Iterable[Line], *, mode: JoinMode, limits: JoinLimits) -> list[Event]:
    """Join all lines of a finished stream."""
    state = JoinState(mode)
    events: list[Event] = []
    for line in lines:
        state, finished = step(state, line, 0.0, limits=limits)
        events += finished
    return [*events, *flush(state)[1]]
