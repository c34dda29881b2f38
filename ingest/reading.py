"""Raw lines to log records: the step that each format makes in its own way.

A reader does no I/O: it is fed lines and gives what is finished, and it tells the place of the first
line that is not yet part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ingest.sinks.dead_letters import DeadLetter
from ingest.sources.port import RawLine
from knowledge_base.types import LogRecord


@dataclass(frozen=True, slots=True)
class Origin:
    """What is the same for all lines of a source; ``service`` is what the user said it is."""

    project: str
    source: str
    service: str = ""


@dataclass(slots=True)
class Reading:
    """What some lines became: records, dead letters, and how many were cut or had bytes replaced."""

    records: list[LogRecord] = field(default_factory=list)
    rejected: list[DeadLetter] = field(default_factory=list)
    lines: int = 0
    cut: int = 0
    undecodable: int = 0

    def add(self, more: Reading) -> None:
        """Add what further lines became."""
        self.records += more.records
        self.rejected += more.rejected
        self.lines += more.lines
        self.cut += more.cut
        self.undecodable += more.undecodable


class Reader(Protocol):
    """The step from lines to records."""

    def feed(self, lines: Sequence[RawLine], now: datetime) -> Reading:
        """Take lines; give what is finished."""

    def idle(self, now: datetime) -> Reading:
        """Give what waited too long for a further line."""

    def flush(self, now: datetime) -> Reading:
        """Give the rest: there are no more lines."""

    @property
    def open_since(self) -> int | None:
        """Tell where the first unfinished line begins; None where nothing is open."""


def tally(lines: Iterable[RawLine]) -> Reading:
    """Begin a reading with the counts of its lines."""
    reading = Reading()
    for line in lines:
        reading.lines += 1
        reading.cut += line.cut
        reading.undecodable += line.undecodable
    return reading
