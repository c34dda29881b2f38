"""The twin of every source: text that is in memory."""

from __future__ import annotations

from ingest.sources.head import HEAD_BYTES, head_length, head_of
from ingest.sources.lines import LineSplitter
from ingest.sources.port import Batch, Identity


class MemorySource:
    """Bytes under a name; ``chunk`` is how many are read at once."""

    def __init__(self, name: str, data: bytes, *, chunk: int = 1 << 16) -> None:
        self.name = name
        self.title = name
        self.resumable = True
        self.data = data
        self._chunk = chunk
        self._place = 0
        self._splitter: LineSplitter | None = None

    def identify(self) -> Identity:
        """Tell size and head of the bytes."""
        return Identity(len(self.data), head_of(self.data[:HEAD_BYTES]), len(self.data))

    def is_same(self, head: str) -> bool:
        """Compare the beginning."""
        return head_of(self.data[: head_length(head)]) == head

    def peek(self, size: int) -> bytes:
        """Give the first bytes."""
        return self.data[:size]

    def open(self, offset: int, *, limit: int) -> None:
        """Begin at an offset."""
        self._place = offset
        self._splitter = LineSplitter(offset=offset, limit=limit)

    def read(self) -> Batch:
        """Read the lines of one chunk."""
        if self._splitter is None:
            return Batch((), ended=True)
        chunk = self.data[self._place : self._place + self._chunk]
        self._place += len(chunk)
        if chunk:
            return Batch(self._splitter.feed(chunk))
        return Batch(self._splitter.finish(), ended=True)

    def close(self) -> None:
        """Forget the place."""
        self._splitter = None
