"""Lines that belong together become one event: stack traces, tracebacks, panics, details of the database.

A pure step, ``(state, line) -> (state, events)``, for the lines of one stream in their order. A line with
a header of its own starts an event; a line is joined to the one before only where its form says so
(indented, ``Caused by``, ``DETAIL``, the end of a traceback), because a plain line glued to the wrong
event is an error lost. The state is frozen and can be saved with the offset of its stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.line_kinds import LineKind, kind_of


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


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line end; ``start`` and ``end`` are its offsets, ``end`` behind the line end."""

    text: str
    start: int
    end: int


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


def _cut(text: str, room: int) -> str:
    if len(text) * 4 <= room:
        return text
    data = text.encode("utf-8", "surrogateescape")
    return text if len(data) <= room else data[: max(room, 0)].decode("utf-8", "ignore")


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _close(event: OpenEvent) -> Event:
    return Event("\n".join(event.texts), event.start, event.end, event.lines, event.truncated)


def _started(line: Line, kind: LineKind, limits: JoinLimits) -> OpenEvent:
    text = _cut(line.text, limits.max_bytes)
    trace = {
        LineKind.TRACEBACK: Trace.TRACEBACK,
        LineKind.PANIC: Trace.PANIC,
        LineKind.GOROUTINE: Trace.GOROUTINES,
        LineKind.FRAME: Trace.STACK,
    }.get(kind, Trace.NONE)
    headed = kind is LineKind.HEADER
    return OpenEvent((text,), line.start, line.end, 1, _size(text), headed, trace, truncated=text != line.text)


def _grown(event: OpenEvent, line: Line, trace: Trace, limits: JoinLimits) -> OpenEvent:
    texts, size, truncated = event.texts, event.size, event.truncated
    if not truncated:
        added = "\n" * event.blank + line.text
        room = limits.max_bytes - size - 1
        text = _cut(added, room)
        truncated = text != added or event.lines + event.blank >= limits.max_lines
        if text and event.lines < limits.max_lines:
            texts, size = (*texts, text), size + _size(text) + 1
    lines = event.lines + event.blank + 1
    return replace(event, texts=texts, size=size, end=line.end, lines=lines, trace=trace, blank=0, truncated=truncated)


def _continues(event: OpenEvent, kind: LineKind) -> Trace | None:
    """What the open event is if a line of this kind belongs to it; None if the line does not."""
    trace = event.trace
    fresh = event.headed and trace is Trace.NONE
    match kind:
        case LineKind.FRAME:
            return Trace.STACK if trace is Trace.NONE else trace
        case LineKind.INDENTED | LineKind.SIDE | LineKind.CLOSER:
            return trace
        case LineKind.TRACEBACK:
            return Trace.TRACEBACK if fresh or trace is Trace.TRACEBACK_BETWEEN else None
        case LineKind.BETWEEN:
            return Trace.TRACEBACK_BETWEEN if trace is Trace.TRACEBACK_ENDED else None
        case LineKind.GOROUTINE:
            return Trace.GOROUTINES if fresh or trace in {Trace.PANIC, Trace.GOROUTINES} else None
        case LineKind.GO_CALL:
            return trace if trace is Trace.GOROUTINES else None
        case LineKind.EXCEPTION if fresh and event.lines == 1:
            return Trace.STACK
        case LineKind.EXCEPTION | LineKind.PLAIN if trace is Trace.TRACEBACK:
            return Trace.TRACEBACK_ENDED
        case _:
            return None


def step(state: JoinState, line: Line, now: float, *, limits: JoinLimits) -> tuple[JoinState, tuple[Event, ...]]:
    """Take one line; return the new state and the events that it finished (none, one or two).

    ``now`` are the seconds of the injected clock; they only serve :func:`close_idle`.
    """
    if state.mode is JoinMode.OFF:
        kind = LineKind.PLAIN
        return replace(state, last_at=now), (_close(_started(line, kind, limits)),) if line.text.strip() else ()
    event = state.open
    kind = kind_of(line.text)
    if kind is LineKind.BLANK:
        if event is None:
            return replace(state, last_at=now), ()
        return replace(state, open=replace(event, blank=event.blank + 1, end=line.end), last_at=now), ()
    if event is None:
        return replace(state, open=_started(line, kind, limits), last_at=now), ()
    trace = _continues(event, kind)
    if trace is not None:
        return replace(state, open=_grown(event, line, trace, limits), last_at=now), ()
    return replace(state, open=_started(line, kind, limits), last_at=now), (_close(event),)


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
