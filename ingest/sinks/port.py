"""The ports ``Sink`` (rows kept together with a transaction) and ``Publisher`` (rows for other systems)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from ingest.pipeline import Enriched
from ingest.sinks.dead_letters import DeadLetter


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


class Publisher(Protocol):
    """Hands a batch to another system before it is counted here: at least once, for the count may fail."""

    def publish(self, enriched: Sequence[Enriched], rejected: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """Publish and wait until it is there; give the dead letters that somebody else has to keep.

        Raises StorageUnavailable where the system cannot be reached; then nothing of the batch is counted.
        """

    def hurry(self) -> None:
        """Give up soon what does not succeed: the process is to stop. Called from another thread."""
