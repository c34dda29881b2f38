"""Which reader reads which format."""

from __future__ import annotations

from ingest.formats import Format
from ingest.joining import JoinLimits, JoinMode
from ingest.plain_reader import PlainReader
from ingest.reading import Origin, Reader
from ingest.row_reader import ROW_FACTOR, RowReader


def reader_for(form: Format, *, origin: Origin, mode: JoinMode, max_event_bytes: int) -> Reader:
    """Make the reader of a format (which is not AUTO any more)."""
    if form is Format.JSONL:
        return RowReader(origin, max_event_bytes=max_event_bytes)
    return PlainReader(origin, mode=mode, limits=JoinLimits(max_bytes=max_event_bytes))


def longest_line(form: Format, max_event_bytes: int) -> int:
    """Tell how many bytes of a line are read at most."""
    return max_event_bytes * (ROW_FACTOR if form is Format.JSONL else 1)
