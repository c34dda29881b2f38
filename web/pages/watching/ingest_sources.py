"""What the sources of a project bring, as pages tell it: rate, lag, the last event, what was refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from knowledge_base.store.intake.counts import minute_of
from knowledge_base.store.intake.source_log import REFUSALS_KEPT
from knowledge_base.store.intake.source_sums import BEHIND, SourceSum, lag_of, read_steps, read_sums
from web.drawing.sparkline import Spark, spark

RATE_MINUTES = 5
SPARK_MINUTES, SPARK_STEP = 120, 5
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


def read_sources(db: Connection, project: str, now: datetime, *, shown: int = SHOWN) -> list[Source]:
    """Read the sources, the busiest first and the quiet ones behind them; the first ``shown`` with their curves."""
    present, day = minute_of(now), minute_of(now - REFUSALS_KEPT)
    sums = read_sums(db, project, recent=present - RATE_MINUTES + 1, day=day)
    found = [(each, lag_of(each, now)) for each in sums]
    found.sort(key=lambda pair: (pair[1] is None, -pair[0].recent, -pair[0].heard.timestamp()))
    found = found[:SHOWN]
    names = [each.name for each, _ in found[:shown]]
    steps = read_steps(db, project, names, present=present, minutes=SPARK_STEP, count=SPARK_MINUTES // SPARK_STEP)
    return [_source(each, lag, steps.get(each.name, ())) for each, lag in found]


def _source(found: SourceSum, lag: timedelta | None, steps: Sequence[int]) -> Source:
    return Source(
        name=found.name,
        kind=kind_of(found.name),
        rate=found.recent / (RATE_MINUTES * 60),
        lag=lag,
        newest=found.newest,
        heard=found.heard,
        lines=found.lines,
        refused=found.refused,
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
