"""The messages of one partition, in their order, to records.

A value is UTF-8: a JSON object with a text is a row, anything else a log line. Lines join to events within
the messages of one key; those without a key only with their neighbours. What is open is part of the state that is saved
with the offset, so that no line is lost and none is read twice.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from ingest.formats import Format
from ingest.joining import JoinLimits, JoinMode
from ingest.plain_reader import PlainReader
from ingest.reading import Origin, Reading
from ingest.row_reader import ROW_FACTOR, RowReader
from ingest.rows import usable_time
from ingest.sources.port import RawLine
from knowledge_base.types import LogRecord

OPEN_STREAMS = 200
OPEN_BYTES = 4_000_000
NO_KEY = b""
NO_TIME = -1


class Message(Protocol):
    """What is read of a message of the client."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class MessageOptions:
    """How messages are read."""

    form: Format
    join: JoinMode
    max_event_bytes: int


@dataclass(slots=True)
class _Stream:
    """The messages of one key; ``stamp`` is the time of the last one, in milliseconds since 1970."""

    reader: PlainReader
    stamp: int = NO_TIME


@dataclass(slots=True)
class _Run:
    """Lines of one key that follow each other."""

    key: bytes = NO_KEY
    lines: list[RawLine] = field(default_factory=list)


class PartitionReader:
    """Reads one partition from an offset on; ``next_offset`` is the one to go on with."""

    def __init__(self, origin: Origin, options: MessageOptions, *, offset: int) -> None:
        self.next_offset = offset
        self._origin = origin
        self._options = options
        self._limits = JoinLimits(max_bytes=options.max_event_bytes)
        self._rows = RowReader(origin, max_event_bytes=options.max_event_bytes)
        self._whole = PlainReader(origin, mode=JoinMode.OFF, limits=self._limits)
        self._streams: dict[bytes, _Stream] = {}

    def feed(self, messages: Iterable[Message], now: datetime) -> Reading:
        """Take messages; give what is finished. Those before ``next_offset`` were read before and are left out."""
        reading, times, run = Reading(), dict[int, int](), _Run()
        for message in messages:
            if message.offset < self.next_offset:
                continue
            self.next_offset = message.offset + 1
            if message.value is None:
                continue
            times[message.offset] = message.timestamp
            line, key = self._line(message.offset, message.value), message.key or NO_KEY
            if self._is_row(message.value) and self._take_row(reading, line, times, now):
                continue
            if key != run.key or "\n" in line.text:
                self._join(reading, run, times, now)
                run = _Run(key)
            if "\n" in line.text:
                self._close(reading, key, now)
                _add(reading, self._whole.feed([line], now), times, NO_TIME, now)
            else:
                run.lines.append(line)
        self._join(reading, run, times, now)
        self._keep_bounds(reading, now)
        return reading

    def idle(self, now: datetime) -> Reading:
        """Close events that have waited long enough."""
        reading = Reading()
        for key, stream in list(self._streams.items()):
            _add(reading, stream.reader.idle(now), {}, stream.stamp, now)
            if stream.reader.open_since is None:
                del self._streams[key]
        return reading

    def flush(self, now: datetime) -> Reading:
        """Close all events."""
        reading = Reading()
        for key in list(self._streams):
            self._close(reading, key, now)
        return reading

    @property
    def is_open(self) -> bool:
        """Whether an event may still grow."""
        return any(stream.reader.open_since is not None for stream in self._streams.values())

    def dump(self) -> dict[str, object]:
        """Give what is open as JSON, scrubbed."""
        return {
            base64.b64encode(key).decode(): {**stream.reader.dump(), "stamp": stream.stamp}
            for key, stream in self._streams.items()
            if stream.reader.open_since is not None
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on with what was open; raises BadRow for what ``dump`` did not give."""
        for key, held in state.items():
            stream = self._stream(base64.b64decode(key))
            stream.reader.load(held)
            stamp = held.get("stamp", NO_TIME) if isinstance(held, dict) else NO_TIME
            stream.stamp = stamp if isinstance(stamp, int) else NO_TIME

    def _line(self, offset: int, value: bytes) -> RawLine:
        limit = self._options.max_event_bytes * (ROW_FACTOR if self._options.form is not Format.PLAIN else 1)
        cut = len(value) > limit
        data = value[:limit] if cut else value
        try:
            return RawLine(offset, offset + 1, data.decode().rstrip("\r\n"), cut)
        except UnicodeDecodeError:
            return RawLine(offset, offset + 1, data.decode(errors="replace").rstrip("\r\n"), cut, True)

    def _is_row(self, value: bytes) -> bool:
        if self._options.form is Format.AUTO:
            return value[:64].lstrip().startswith(b"{")
        return self._options.form is Format.JSONL

    def _take_row(self, reading: Reading, line: RawLine, times: Mapping[int, int], now: datetime) -> bool:
        found = self._rows.feed([line], now)
        if found.rejected and self._options.form is Format.AUTO:
            return False  # JSON without a text that we know: a log line like any other
        _add(reading, found, times, NO_TIME, now)
        return True

    def _stream(self, key: bytes) -> _Stream:
        stream = self._streams.get(key)
        if stream is None:
            reader = PlainReader(self._origin, mode=self._options.join, limits=self._limits)
            stream = self._streams[key] = _Stream(reader)
        return stream

    def _join(self, reading: Reading, run: _Run, times: Mapping[int, int], now: datetime) -> None:
        if not run.lines:
            return
        limit = self._options.max_event_bytes
        shortened = [
            line if len(line.text) <= limit else line._replace(text=line.text[:limit], cut=True) for line in run.lines
        ]
        stream = self._stream(run.key)
        _add(reading, stream.reader.feed(shortened, now), times, stream.stamp, now)
        stream.stamp = times[run.lines[-1].start]

    def _keep_bounds(self, reading: Reading, now: datetime) -> None:
        """Close the oldest events where too many, or too much, is open: it is saved with every commit."""
        size = sum(stream.reader.open_size for stream in self._streams.values())
        for key in list(self._streams):
            if len(self._streams) <= OPEN_STREAMS and size <= OPEN_BYTES:
                return
            size -= self._streams[key].reader.open_size
            self._close(reading, key, now)

    def _close(self, reading: Reading, key: bytes, now: datetime) -> None:
        stream = self._streams.pop(key, None)
        if stream is not None:
            _add(reading, stream.reader.flush(now), {}, stream.stamp, now)


def _add(reading: Reading, more: Reading, times: Mapping[int, int], stamp: int, now: datetime) -> None:
    """Add what was read; records without a time of their own get that of their last message, else ``stamp``."""
    reading.records += [_timed(record, times.get(record.offset - 1, stamp), now) for record in more.records]
    reading.rejected += more.rejected
    reading.lines += more.lines
    reading.cut += more.cut
    reading.undecodable += more.undecodable


def _timed(record: LogRecord, milliseconds: int, now: datetime) -> LogRecord:
    if record.at is not now or milliseconds <= 0:
        return record
    at = usable_time(milliseconds, now=now)
    return record if at is None else replace(record, at=at.astimezone(UTC))
