"""Standard output, a pipe or a device: rows go there once, and nothing can be cut back."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sqlalchemy import Connection

from ingest.sinks.errors import unwritable


class StreamSink:
    """Writes to a file descriptor: at least once, for a row may have left before its commit failed."""

    def __init__(self, descriptor: int, *, title: str, owned: bool = False) -> None:
        self.title = title
        self._descriptor = descriptor
        self._owned = owned

    def open(self, db: Connection) -> None:
        """Have nothing to do."""

    def append(self, db: Connection, rows: Sequence[bytes]) -> None:
        """Write rows; raises StorageUnavailable."""
        data = memoryview(b"".join(rows))
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            raise unwritable(self.title, error) from error

    def committed(self) -> None:
        """Have nothing to do."""

    def recover(self, db: Connection) -> None:
        """Have nothing that could be done."""

    def finish(self, db: Connection) -> None:
        """Have nothing to do."""

    def close(self) -> None:
        """Close the descriptor where it is ours."""
        if self._owned:
            os.close(self._descriptor)
            self._owned = False
