"""What the sources of a project bring, as pages tell it: rate, lag, the last event, what was refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from knowledge_base.store import source_log
from knowledge_base.store.counts import minute_of
from knowledge_base.store.source_log import REFUSALS_KEPT, Minute
from web.sparkline import Spark, spark

RATE_MINUTES = 5
SPARK_MINUTES, SPARK_STEP = 120, 5
QUIET = timedelta(minutes=5)
BEHIND = timedelta(minutes=1)
"""A source that brings lines later than this is behind."""
SHOWN = 200
PARTITION = re.compile(r"[A-Za-z0-9._-]+/[0-9]+")
"""A topic and a partition."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source; ``lag`` is how old its newest event was when it came, None while it is quiet.

    ``lines`` came in the last hours, ``refused`` within the last day.
    """

    name: str
    kind: str
    rate: float
    lag: timedelta | None
    newest: datetime | None
    heard: datetime
    lines: int
    refused: int
    spark: Spark

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came for a while."""
        return self.lag is None

    @property
    def is_behind(self) -> bool:
        """Whether what comes is old."""
        return self.lag is not None and self.lag > BEHIND


def read_sources(db: Connection, project: str, now: datetime) -> list[Source]:
    """Read the sources, the busiest first and the quiet ones behind them."""
    found = [_source(name, minutes, now) for name, minutes in source_log.read_minutes(db, project).items()]
    return sorted(found, key=lambda each: (each.is_quiet, -each.rate, -each.heard.timestamp()))[:SHOWN]


def _source(name: str, minutes: Sequence[Minute], now: datetime) -> Source:
    last = minutes[-1]
    present, day = minute_of(now), minute_of(now - REFUSALS_KEPT)
    recent = [each for each in minutes if each.slot > present - RATE_MINUTES]
    steps = [0] * (SPARK_MINUTES // SPARK_STEP)
    for each in minutes:
        place = len(steps) - 1 - (present - each.slot) // SPARK_STEP
        if 0 <= place < len(steps):
            steps[place] += each.lines
    newest = next((each.newest for each in reversed(minutes) if each.newest is not None), None)
    lag = None
    if newest is not None and now - last.at <= QUIET:
        lag = max(timedelta(0), last.at - newest)
    return Source(
        name=name,
        kind=kind_of(name),
        rate=sum(each.lines for each in recent) / (RATE_MINUTES * 60),
        lag=lag,
        newest=newest,
        heard=last.at,
        lines=sum(each.lines for each in minutes),
        refused=sum(each.refused for each in minutes if each.slot >= day),
        spark=spark(steps),
    )


def kind_of(name: str) -> str:
    """Say what kind of a source a name is of.

    >>> kind_of("logs/0"), kind_of("api"), kind_of("/var/log/app.log")
    ('Kafka', 'API', 'file')
    """
    if PARTITION.fullmatch(name):
        return "Kafka"
    return {"api": "API"}.get(name, "file" if "/" in name or "." in name else "")
