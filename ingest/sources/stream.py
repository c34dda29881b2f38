"""Standard input, or any other stream that can be read only once."""

from __future__ import annotations

import os
import select

from ingest.sources.file import CHUNK_BYTES, refuse_binary, unreadable
from ingest.sources.lines import LineSplitter
from ingest.sources.port import Batch, Identity

IDLE_SECONDS = 0.3


class StreamSource:
    """A file descriptor; it has no position to which one could return."""

    def __init__(self, descriptor: int, *, title: str, idle_seconds: float = IDLE_SECONDS) -> None:
        self.name = f"stream:{title}"
        self.title = title
        self.resumable = False
        self._descriptor = descriptor
        self._idle_seconds = idle_seconds
        self._ahead = b""
        self._splitter: LineSplitter | None = None

    def identify(self) -> Identity:
        """Tell nothing: a stream is never the same again."""
        return Identity()

    def is_same(self, head: str) -> bool:
        """Say no."""
        return False

    def peek(self, size: int) -> bytes:
        """Wait for the first bytes and keep them for ``read``; raises UnreadableInput for what is no text."""
        while len(self._ahead) < size and b"\n" not in self._ahead:
            chunk = self._receive(size - len(self._ahead))
            if not chunk:
                break
            self._ahead += chunk
        refuse_binary(self.title, self._ahead[:size])
        return self._ahead[:size]

    def open(self, offset: int, *, limit: int) -> None:
        """Begin; a stream knows no other offset than the one where it is."""
        self._splitter = LineSplitter(offset=offset, limit=limit)

    def read(self) -> Batch:
        """Read what is there; an empty batch after a while without a byte."""
        if self._splitter is None:
            return Batch((), ended=True)
        if self._ahead:
            chunk, self._ahead = self._ahead, b""
            return Batch(self._splitter.feed(chunk))
        if not self._is_ready():
            return Batch([])
        chunk = self._receive(CHUNK_BYTES)
        if chunk:
            return Batch(self._splitter.feed(chunk))
        return Batch(self._splitter.finish(), ended=True)

    def close(self) -> None:
        """Leave the descriptor to its owner."""
        self._splitter = None

    def _is_ready(self) -> bool:
        try:
            return bool(select.select([self._descriptor], [], [], self._idle_seconds)[0])
        except (OSError, ValueError):
            return True  # what cannot be waited for is simply read

    def _receive(self, size: int) -> bytes:
        try:
            return os.read(self._descriptor, size)
        except OSError as error:
            raise unreadable(self.title, error) from error
