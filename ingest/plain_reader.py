"""Plain log lines to records: joined to events, with what their headers tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest import joining
from ingest.join_state import dump_state, load_state
from ingest.joining import Event, JoinLimits, JoinMode, JoinState, Line
from ingest.line_kinds import LineKind
from ingest.reading import Origin, Reading, tally
from ingest.rows import usable_time
from ingest.shapes import Shape, Shapes
from ingest.sources.port import RawLine
from knowledge_base.errors import BadRow
from knowledge_base.scrub import scrub
from knowledge_base.types import LogRecord


class PlainReader:
    """Reads log lines as they are; ``mode`` tells whether lines are joined to events.

    A line with a header ends the event before it, whatever that was. So of two such lines in a row the
    first is an event by itself, and joining need not look at it: it waits in ``_headed`` for the next line.
    ``shapes`` may be shared by readers of one thread.
    """

    def __init__(self, origin: Origin, *, mode: JoinMode, limits: JoinLimits, shapes: Shapes | None = None) -> None:
        self._origin = origin
        self._limits = limits
        self._state = JoinState(mode)
        self._joins = mode is not JoinMode.OFF
        self._shapes = shapes or Shapes()
        self._headed: tuple[RawLine, Shape] | None = None
        # The shape of the first line of what is open; None where that was read by another process.
        self._first: Shape | None = None

    @property
    def open_since(self) -> int | None:
        """The first line of the event that may still grow."""
        return self._headed[0].start if self._headed else self._state.open_since

    @property
    def open_size(self) -> int:
        """How large the event is that may still grow: characters of its first line, bytes of what joined it."""
        if self._headed:
            return len(self._headed[0].text)
        return self._state.open.size if self._state.open else 0

    def feed(self, lines: Sequence[RawLine], now: datetime) -> Reading:
        """Join lines; the events that are finished become records."""
        reading = tally(lines)
        self.take(reading, lines, self._shapes.of_all([line.text for line in lines]), now)
        return reading

    def take(self, reading: Reading, lines: Sequence[RawLine], shapes: Sequence[Shape], now: datetime) -> None:
        """Join lines whose shapes are known, and add the events that are finished.

        The shape of a text of several lines is that of its first one.
        """
        if not self._joins:
            for line, shape in zip(lines, shapes, strict=True):
                if line.text.strip():
                    self._keep(reading, line.text, line.end, shape, now)
            return
        seconds, place, count = now.timestamp(), 0, len(lines)
        while place < count:
            shape, end = shapes[place], place + 1
            kind = shape.kind
            if kind is LineKind.HEADER and shape.is_short:
                self._close(reading, now)
                self._headed = (lines[place], shape)
            else:
                while end < count and shapes[end].kind is kind:
                    end += 1
                self._join(reading, lines[place:end], shapes[place:end], seconds, now)
            place = end
        self._state = JoinState(self._state.mode, self._state.open, seconds)

    def idle(self, now: datetime) -> Reading:
        """Close an event that has waited long enough."""
        reading = Reading()
        if now.timestamp() - self._state.last_at >= self._limits.idle_seconds:
            self._close(reading, now)
        return reading

    def flush(self, now: datetime) -> Reading:
        """Close the last event."""
        reading = Reading()
        self._close(reading, now)
        return reading

    def dump(self) -> dict[str, object]:
        """Give what is open as JSON, its texts scrubbed."""
        held = None if self._headed is None else [scrub(self._headed[0].text), *self._headed[0][:2]]
        state = self._state
        if state.open is not None:
            state = replace(state, open=replace(state.open, texts=tuple(scrub(text) for text in state.open.texts)))
        return {"headed": held, "joining": dump_state(state)}

    def load(self, held: Any) -> None:
        """Go on with what :meth:`dump` gave; raises BadRow for anything else."""
        try:
            headed, state = held["headed"], load_state(held["joining"])
            if headed is not None:
                text, start, end = str(headed[0]), int(headed[1]), int(headed[2])
                shape = self._shapes.of(text)
                if shape.kind is LineKind.HEADER and shape.is_short:
                    self._headed = (RawLine(start, end, text), shape)
                else:
                    state, _ = joining.step(state, Line(text, start, end), state.last_at, limits=self._limits)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise BadRow(f"the saved state of a stream cannot be read ({error}); start the source again") from error
        self._state, self._first = replace(state, mode=self._state.mode), None

    def _join(
        self, reading: Reading, lines: Sequence[RawLine], shapes: Sequence[Shape], seconds: float, now: datetime
    ) -> None:
        if self._headed is not None:
            (opened, first), self._headed = self._headed, None
            self._step(reading, [opened], [first], seconds, now)
        self._step(reading, lines, shapes, seconds, now)

    def _step(
        self, reading: Reading, lines: Sequence[RawLine], shapes: Sequence[Shape], seconds: float, now: datetime
    ) -> None:
        """Hand lines of one kind over to joining."""
        kind, first = shapes[0].kind, self._first
        self._state, events = joining.step_run(self._state, lines, seconds, limits=self._limits, kind=kind)
        first_of = {line.start: shape for line, shape in zip(lines, shapes, strict=True)} if events else {}
        for event in events:
            self._keep_event(reading, event, first_of.get(event.start, first), now)
        opened = self._state.open
        if opened is not None and opened.start >= lines[0].start:
            self._first = next(shape for line, shape in zip(lines, shapes, strict=True) if line.start == opened.start)

    def _close(self, reading: Reading, now: datetime) -> None:
        if self._headed is not None:
            (line, shape), self._headed = self._headed, None
            self._keep(reading, line.text, line.end, shape, now)
        elif self._state.open is not None:
            self._state, events = joining.flush(self._state)
            for event in events:
                self._keep_event(reading, event, self._first, now)

    def _keep_event(self, reading: Reading, event: Event, shape: Shape | None, now: datetime) -> None:
        reading.cut += event.truncated and event.lines > 1
        if shape is None or event.truncated:
            shape = self._shapes.of(event.text.partition("\n")[0])
        self._keep(reading, event.text, event.end, shape, now)

    def _keep(self, reading: Reading, text: str, end: int, shape: Shape, now: datetime) -> None:
        at, level, service = self._shapes.heading(text, shape, now=now)
        origin = self._origin
        reading.records.append(
            LogRecord(
                origin.project,
                origin.source,
                end,
                text,
                usable_time(at, now=now) or now,
                origin.service or service,
                level,
            )
        )
