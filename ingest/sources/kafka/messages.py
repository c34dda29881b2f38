"""The messages of one partition, in their order, to records.

A value is UTF-8: a JSON object with a text is a row, anything else a log line. Lines join to events within
the messages of one key; those without a key only with their neighbours. What is open is part of the state that is saved
with the offset, so that no line is lost and none is read twice.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from ingest.formats import Format
from ingest.joining import JoinLimits, JoinMode
from ingest.plain_reader import PlainReader
from ingest.reading import Origin, Reading, tally
from ingest.row_reader import ROW_FACTOR, RowReader
from ingest.rows import usable_time
from ingest.shapes import Shapes
from ingest.sources.port import RawLine

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


class PartitionReader:
    """Reads one partition from an offset on; ``next_offset`` is the one to go on with."""

    def __init__(self, origin: Origin, options: MessageOptions, *, offset: int) -> None:
        self.next_offset = offset
        self._origin = origin
        self._options = options
        self._limits = JoinLimits(max_bytes=options.max_event_bytes)
        self._shapes = Shapes()
        self._rows = RowReader(origin, max_event_bytes=options.max_event_bytes, shapes=self._shapes)
        self._whole = PlainReader(origin, mode=JoinMode.OFF, limits=self._limits, shapes=self._shapes)
        self._streams: dict[bytes, _Stream] = {}

    def feed(self, messages: Iterable[Message], now: datetime) -> Reading:
        """Take messages; give what is finished. Those before ``next_offset`` were read before and are left out."""
        reading, times = Reading(), dict[int, int]()
        keys: list[bytes] = []
        lines: list[RawLine] = []
        for message in messages:
            offset, value = message.offset, message.value
            if offset < self.next_offset:
                continue
            self.next_offset = offset + 1
            if value is None:
                continue
            times[offset] = message.timestamp
            line = self._line(offset, value)
            if self._is_row(value) and self._take_row(reading, line, times, now):
                continue
            keys.append(message.key or NO_KEY)
            lines.append(self._shortened(line))
        self._take_lines(reading, keys, lines, times, now)
        self._keep_bounds(reading, now)
        return reading

    def idle(self, now: datetime) -> Reading:
        """Close events that have waited long enough."""
        reading = Reading()
        for key, stream in list(self._streams.items()):
            _add(reading, stream.reader.idle(now), stream.stamp, now)
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
        before = len(reading.records)
        reading.add(found)
        _set_times(reading, before, times, NO_TIME, now)
        return True

    def _shortened(self, line: RawLine) -> RawLine:
        limit = self._options.max_event_bytes
        return line if len(line.text) <= limit else line._replace(text=line.text[:limit], cut=True)

    def _take_lines(
        self,
        reading: Reading,
        keys: Sequence[bytes],
        lines: Sequence[RawLine],
        times: Mapping[int, int],
        now: datetime,
    ) -> None:
        """Join the lines of each key that follow each other; a value of several lines is an event by itself."""
        reading.add(tally(lines))
        first_lines = [line.text.partition("\n")[0] for line in lines]
        whole = [len(first) != len(line.text) for first, line in zip(first_lines, lines, strict=True)]
        shapes = self._shapes.of_all(first_lines)
        start = 0
        while start < len(lines):
            key, end = keys[start], start + 1
            while end < len(lines) and keys[end] == key and not whole[start] and not whole[end]:
                end += 1
            if whole[start]:
                self._close(reading, key, now)
            stream = _Stream(self._whole) if whole[start] else self._stream(key)
            before = len(reading.records)
            stream.reader.take(reading, lines[start:end], shapes[start:end], now)
            _set_times(reading, before, times, stream.stamp, now)
            stream.stamp = times[lines[end - 1].start]
            start = end

    def _stream(self, key: bytes) -> _Stream:
        stream = self._streams.get(key)
        if stream is None:
            reader = PlainReader(self._origin, mode=self._options.join, limits=self._limits, shapes=self._shapes)
            stream = self._streams[key] = _Stream(reader)
        return stream

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
            _add(reading, stream.reader.flush(now), stream.stamp, now)


def _add(reading: Reading, more: Reading, stamp: int, now: datetime) -> None:
    """Add what was closed without a further line."""
    before = len(reading.records)
    reading.add(more)
    _set_times(reading, before, {}, stamp, now)


def _set_times(reading: Reading, first: int, times: Mapping[int, int], stamp: int, now: datetime) -> None:
    """Give records without a time of their own, from ``first`` on, that of their last message, else ``stamp``."""
    records = reading.records
    for place in range(first, len(records)):
        record = records[place]
        if record.at is now:
            milliseconds = times.get(record.offset - 1, stamp)
            at = usable_time(milliseconds, now=now) if milliseconds > 0 else None
            if at is not None:
                records[place] = replace(record, at=at.astimezone(UTC))
