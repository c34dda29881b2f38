"""JSON rows to records: each row is one event, however many lines its text has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ingest.reading import Origin, Reading, tally
from ingest.rows import Row, parse_row, usable_time
from ingest.shapes import Heading, Shapes
from ingest.sinks.dead_letters import DeadLetter
from ingest.sources.port import RawLine
from knowledge_base.errors import BadRow
from knowledge_base.types import LogRecord

ROW_FACTOR = 16
"""A JSON row may be so many times as long as an event: its text can be cut, the row itself cannot."""


class RowReader:
    """Reads JSON rows; each is one event, however many lines its text has."""

    open_since = None

    def __init__(self, origin: Origin, *, max_event_bytes: int, shapes: Shapes | None = None) -> None:
        self._origin = origin
        self._max_event_bytes = max_event_bytes
        self._shapes = shapes or Shapes()

    def feed(self, lines: Sequence[RawLine], now: datetime) -> Reading:
        """Parse rows; those that cannot be used become dead letters."""
        reading = tally(lines)
        for line in lines:
            if not line.text.strip():
                continue
            try:
                if line.cut:
                    raise BadRow(f"the row is longer than {ROW_FACTOR * self._max_event_bytes:,} bytes")
                reading.records.append(self._record(parse_row(line.text, now=now), line, reading, now))
            except BadRow as error:
                reading.rejected.append(DeadLetter(self._origin.source, line.start, str(error), line.text))
        return reading

    def idle(self, now: datetime) -> Reading:
        """Have nothing that waits."""
        return Reading()

    def flush(self, now: datetime) -> Reading:
        """Have nothing that is open."""
        return Reading()

    def _record(self, row: Row, line: RawLine, reading: Reading, now: datetime) -> LogRecord:
        text, fields = cut_text(row.text, self._max_event_bytes), row.fields
        if text is not row.text:
            fields = {**fields, row.text_field: text}
            reading.cut += 1
        header = self._heading(text, now) if not (row.at and row.service and row.level) else None
        at = row.at or (usable_time(header.at, now=now) if header else None)
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

    def _heading(self, text: str, now: datetime) -> Heading:
        return self._shapes.heading(text, self._shapes.of(text.partition("\n")[0]), now=now)


def cut_text(text: str, limit: int) -> str:
    """Cut a text behind so many bytes of UTF-8; the very same object where it is short enough.

    >>> cut_text("äb", 2), cut_text("äb", 1)
    ('ä', '')
    """
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8", "surrogatepass")
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore")
