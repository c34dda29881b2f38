"""Cuts a stream of bytes into lines, with memory bounded whatever the stream holds."""

from __future__ import annotations

from ingest.sources.port import RawLine

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineSplitter:
    """Feed it bytes, get whole lines; of a line only the first ``limit`` bytes are kept.

    Lines end in a line feed, before which a carriage return is dropped. ``offset`` is the place of
    the first byte that is fed.
    """

    def __init__(self, *, offset: int, limit: int) -> None:
        self._offset = offset
        self._limit = limit
        self._held = b""
        self._dropped = 0

    def feed(self, chunk: bytes) -> list[RawLine]:
        """Take more bytes; give the lines that they end."""
        parts = chunk.split(b"\n")
        rest = parts.pop()
        lines = []
        if parts and (self._held or self._dropped):
            self._hold(parts[0])
            lines.append(self._release(1))
            del parts[0]
        offset, limit = self._offset, self._limit
        for part in parts:
            end = offset + len(part) + 1
            if len(part) <= limit and offset:
                try:
                    lines.append(RawLine(offset, end, part.removesuffix(b"\r").decode()))
                except UnicodeDecodeError:
                    lines.append(_line(offset, end, part, cut=False))
            else:
                lines.append(_line(offset, end, part[:limit], cut=len(part) > limit))
            offset = end
        self._offset = offset
        self._hold(rest)
        return lines

    def finish(self) -> list[RawLine]:
        """Give the last line where it has no line break."""
        return [self._release(0)] if self._held or self._dropped else []

    def _hold(self, part: bytes) -> None:
        room = self._limit - len(self._held)
        self._held += part[:room]
        self._dropped += max(0, len(part) - room)

    def _release(self, line_break: int) -> RawLine:
        end = self._offset + len(self._held) + self._dropped + line_break
        line = _line(self._offset, end, self._held, cut=self._dropped > 0)
        self._offset, self._held, self._dropped = end, b"", 0
        return line


def _line(start: int, end: int, data: bytes, *, cut: bool) -> RawLine:
    if start == 0:
        data = data.removeprefix(BYTE_ORDER_MARK)
    data = _without_broken_end(data) if cut else data.removesuffix(b"\r")
    try:
        return RawLine(start, end, data.decode(), cut)
    except UnicodeDecodeError:
        return RawLine(start, end, data.decode(errors="replace"), cut, True)


def _without_broken_end(data: bytes) -> bytes:
    """Leave out a character of UTF-8 that the cut went through."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0b1100_0000 == 0b1100_0000:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[:-back] if length > back else data
        if byte < 0x80:
            return data
    return data
