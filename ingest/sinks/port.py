"""The port ``Sink``: rows that are kept together with the transaction that they are written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection


class Sink(Protocol):
    """Takes rows (whole lines of bytes) within a write transaction of the store."""

    @property
    def title(self) -> str:
        """What people call it: the path, or ``standard output``."""

    def open(self, db: Connection) -> None:
        """Take it over; what was written but not committed before is cut off.

        Raises Conflict where that would lose something, and StorageUnavailable.
        """

    def append(self, db: Connection, rows: Sequence[bytes]) -> None:
        """Write rows just before the transaction commits.

        Raises LostOwnership where another process writes there now, and StorageUnavailable.
        """

    def committed(self) -> None:
        """Learn that the transaction was committed."""

    def recover(self, db: Connection) -> None:
        """Go back to what the database says was committed: a transaction failed, or perhaps did not."""

    def finish(self, db: Connection) -> None:
        """Note in the database that everything in it is committed."""

    def close(self) -> None:
        """Give up what was opened; harmless where nothing was."""
