"""Collects what lines became until it is worth a transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ingest.reading import Reading
from ingest.sinks.dead_letters import DeadLetter
from knowledge_base.types import LogRecord

MAX_CHARACTERS = 4_000_000
MAX_AGE = timedelta(seconds=0.5)


@dataclass(slots=True)
class Collected:
    """Records and dead letters that wait for their transaction; bounded in number, size and age."""

    limit: int
    records: list[LogRecord] = field(default_factory=list)
    rejected: list[DeadLetter] = field(default_factory=list)
    lines: int = 0
    cut: int = 0
    undecodable: int = 0
    characters: int = 0
    since: datetime | None = None

    @property
    def room(self) -> int:
        """How many further lines may be taken, 1 at least."""
        return max(1, self.limit - len(self.records) - len(self.rejected))

    def add(self, reading: Reading, now: datetime) -> None:
        """Take what some lines became."""
        self.records += reading.records
        self.rejected += reading.rejected
        self.lines += reading.lines
        self.cut += reading.cut
        self.undecodable += reading.undecodable
        self.characters += sum(len(record.text) for record in reading.records)
        self.characters += sum(len(letter.text) for letter in reading.rejected)
        if self.since is None and (self.records or self.rejected):
            self.since = now

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time for a transaction."""
        if self.since is None:
            return False
        full = len(self.records) + len(self.rejected) >= self.limit or self.characters >= MAX_CHARACTERS
        return full or now - self.since >= MAX_AGE
