"""The twin of every sink: a list of rows in memory."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection


class MemorySink:
    """Holds the committed rows in ``rows``."""

    title = "memory"

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self._pending: list[bytes] = []

    def open(self, db: Connection) -> None:
        """Have nothing to do."""

    def append(self, db: Connection, rows: Sequence[bytes]) -> None:
        """Hold rows until they are committed."""
        self._pending.extend(rows)

    def committed(self) -> None:
        """Keep what was appended."""
        self.rows += self._pending
        self._pending.clear()

    def recover(self, db: Connection) -> None:
        """Drop what was appended."""
        self._pending.clear()

    def finish(self, db: Connection) -> None:
        """Have nothing to do."""

    def close(self) -> None:
        """Have nothing to do."""
