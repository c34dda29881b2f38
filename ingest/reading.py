"""Raw lines to log records: plain lines joined to events, or one record for each JSON row.

Both readers are stateful steps that do no I/O: they are fed lines and give what is finished, and they
tell the place of the first line that is not yet part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ingest import joining, rows
from ingest.formats import Format
from ingest.joining import Event, JoinLimits, JoinMode, JoinState, Line
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
    """Reads log lines as they are; ``mode`` tells whether lines are joined to events."""

    def __init__(self, origin: Origin, *, mode: JoinMode, limits: JoinLimits) -> None:
        self._origin = origin
        self._limits = limits
        self._state = JoinState(mode)

    @property
    def open_since(self) -> int | None:
        """The first line of the event that may still grow."""
        return self._state.open_since

    def feed(self, lines: Sequence[RawLine], now: datetime) -> Reading:
        """Join lines; the events that are finished become records."""
        reading = _tally(lines)
        state, seconds, limits = self._state, now.timestamp(), self._limits
        for line in lines:
            state, events = joining.step(state, Line(line.text, line.start, line.end), seconds, limits=limits)
            for event in events:
                self._keep(reading, event, now)
        self._state = state
        return reading

    def idle(self, now: datetime) -> Reading:
        """Close an event that has waited long enough."""
        reading = Reading()
        self._state, events = joining.close_idle(self._state, now.timestamp(), limits=self._limits)
        for event in events:
            self._keep(reading, event, now)
        return reading

    def flush(self, now: datetime) -> Reading:
        """Close the last event."""
        reading = Reading()
        self._state, events = joining.flush(self._state)
        for event in events:
            self._keep(reading, event, now)
        return reading

    def _keep(self, reading: Reading, event: Event, now: datetime) -> None:
        header = read_header(event.text, now=now)
        origin = self._origin
        reading.cut += event.truncated and event.lines > 1
        reading.records.append(
            LogRecord(
                project=origin.project,
                source=origin.source,
                offset=event.end,
                text=event.text,
                at=rows.usable_time(header.at, now=now) or now,
                service=origin.service or header.service,
                level=header.level,
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
