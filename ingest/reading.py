"""Raw lines to log records: plain lines joined to events, or one record for each JSON row.

Both readers are stateful steps that do no I/O: they are fed lines and give what is finished, and they
tell the place of the first line that is not yet part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from ingest import joining, rows
from ingest.formats import Format
from ingest.joining import Event, JoinLimits, JoinMode, JoinState, Line
from ingest.line_kinds import LineKind
from ingest.shapes import Shape, Shapes
from ingest.sinks.dead_letters import DeadLetter
from ingest.sources.port import RawLine
from knowledge_base.errors import BadRow
from knowledge_base.signature import read_header
from knowledge_base.types import LogRecord

ROW_FACTOR = 16
"""A JSON row may be so many times as long as an event: its text is cut, the row itself cannot be."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is the same for all lines of a source; ``service`` is what the user said it is."""

    project: str
    source: str
    service: str = ""


@dataclass(slots=True)
class Reading:
    """What some lines became: records, dead letters, and how many were cut or had bytes replaced."""

    records: list[LogRecord] = field(default_factory=list)
    rejected: list[DeadLetter] = field(default_factory=list)
    lines: int = 0
    cut: int = 0
    undecodable: int = 0


class Reader(Protocol):
    """The step from lines to records."""

    def feed(self, lines: Sequence[RawLine], now: datetime) -> Reading:
        """Take lines; give what is finished."""

    def idle(self, now: datetime) -> Reading:
        """Give what waited too long for a further line."""

    def flush(self, now: datetime) -> Reading:
        """Give the rest: there are no more lines."""

    @property
    def open_since(self) -> int | None:
        """Tell where the first unfinished line begins; None where nothing is open."""


def reader_for(form: Format, *, origin: Origin, mode: JoinMode, max_event_bytes: int) -> Reader:
    """Make the reader of a format (which is not AUTO any more)."""
    if form is Format.JSONL:
        return RowReader(origin, max_event_bytes=max_event_bytes)
    return PlainReader(origin, mode=mode, limits=JoinLimits(max_bytes=max_event_bytes))


def longest_line(form: Format, max_event_bytes: int) -> int:
    """Tell how many bytes of a line are read at most."""
    return max_event_bytes * (ROW_FACTOR if form is Format.JSONL else 1)


def _tally(lines: Iterable[RawLine]) -> Reading:
    reading = Reading()
    for line in lines:
        reading.lines += 1
        reading.cut += line.cut
        reading.undecodable += line.undecodable
    return reading


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

    def feed(self, lines: Sequence[RawLine], now: datetime) -> Reading:
        """Join lines; the events that are finished become records."""
        reading = _tally(lines)
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
                rows.usable_time(heading.at, now=now) or now,
                origin.service or heading.service,
                heading.level,
            )
        )


class RowReader:
    """Reads JSON rows; each is one event, however many lines its text has."""

    open_since = None

    def __init__(self, origin: Origin, *, max_event_bytes: int) -> None:
        self._origin = origin
        self._max_event_bytes = max_event_bytes

    def feed(self, lines: Sequence[RawLine], now: datetime) -> Reading:
        """Parse rows; those that cannot be used become dead letters."""
        reading = _tally(lines)
        for line in lines:
            if not line.text.strip():
                continue
            try:
                if line.cut:
                    raise BadRow("the row is too long; its text would be cut at " + f"{self._max_event_bytes:,} bytes")
                reading.records.append(self._record(rows.parse_row(line.text, now=now), line, reading, now))
            except BadRow as error:
                reading.rejected.append(DeadLetter(self._origin.source, line.start, str(error), line.text))
        return reading

    def idle(self, now: datetime) -> Reading:
        """Have nothing that waits."""
        return Reading()

    def flush(self, now: datetime) -> Reading:
        """Have nothing that is open."""
        return Reading()

    def _record(self, row: rows.Row, line: RawLine, reading: Reading, now: datetime) -> LogRecord:
        text, fields = cut_text(row.text, self._max_event_bytes), row.fields
        if text is not row.text:
            fields = {**fields, row.text_field: text}
            reading.cut += 1
        header = read_header(text, now=now) if not (row.at and row.service and row.level) else None
        at = row.at or (rows.usable_time(header.at, now=now) if header else None)
        return LogRecord(
            project=self._origin.project,
            source=self._origin.source,
            offset=line.end,
            text=text,
            at=at or now,
            service=row.service or self._origin.service or (header.service if header else ""),
            level=row.level or (header.level if header else ""),
            attributes=fields,
        )


def cut_text(text: str, limit: int) -> str:
    """Cut a text behind so many bytes of UTF-8; the very same object where it is short enough.

    >>> cut_text("äb", 2), cut_text("äb", 1)
    ('ä', '')
    """
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8", "surrogatepass")
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore")
