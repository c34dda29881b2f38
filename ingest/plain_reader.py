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
    """

    def __init__(self, origin: Origin, *, mode: JoinMode, limits: JoinLimits) -> None:
        self._origin = origin
        self._limits = limits
        self._state = JoinState(mode)
        self._joins = mode is not JoinMode.OFF
        self._shapes = Shapes()
        self._headed: tuple[RawLine, Shape] | None = None

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
        seconds = now.timestamp()
        for line in lines:
            shape = self._shapes.of(line.text)
            if not self._joins:
                if line.text.strip():
                    self._keep(reading, line.text, line.end, shape, now)
            elif shape is not None and shape.kind is LineKind.HEADER:
                self._close(reading, now)
                self._headed = (line, shape)
            else:
                self._hand_over(seconds)
                self._join(reading, line, seconds, now)
        self._state = replace(self._state, last_at=seconds)
        return reading

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
                if shape is None:
                    state, _ = joining.step(state, Line(text, start, end), state.last_at, limits=self._limits)
                else:
                    self._headed = (RawLine(start, end, text), shape)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise BadRow(f"the saved state of a stream cannot be read ({error}); start the source again") from error
        self._state = replace(state, mode=self._state.mode)

    def _hand_over(self, seconds: float) -> None:
        if self._headed is not None:
            line, self._headed = self._headed[0], None
            opened = Line(line.text, line.start, line.end)
            self._state, _ = joining.step(self._state, opened, seconds, limits=self._limits)

    def _join(self, reading: Reading, line: RawLine, seconds: float, now: datetime) -> None:
        more = Line(line.text, line.start, line.end)
        self._state, events = joining.step(self._state, more, seconds, limits=self._limits)
        for event in events:
            self._keep_event(reading, event, now)

    def _close(self, reading: Reading, now: datetime) -> None:
        if self._headed is not None:
            (line, shape), self._headed = self._headed, None
            self._keep(reading, line.text, line.end, shape, now)
        self._state, events = joining.flush(self._state)
        for event in events:
            self._keep_event(reading, event, now)

    def _keep_event(self, reading: Reading, event: Event, now: datetime) -> None:
        reading.cut += event.truncated and event.lines > 1
        shape = self._shapes.of(event.text.partition("\n")[0])
        self._keep(reading, event.text, event.end, shape, now)

    def _keep(self, reading: Reading, text: str, end: int, shape: Shape | None, now: datetime) -> None:
        heading = self._shapes.heading(text, shape, now=now)
        origin = self._origin
        reading.records.append(
            LogRecord(
                origin.project,
                origin.source,
                end,
                text,
                usable_time(heading.at, now=now) or now,
                origin.service or heading.service,
                heading.level,
            )
        )
