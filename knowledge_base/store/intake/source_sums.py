"""What each source brought lately, added up by the database: a project may have hundreds of sources."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, select
from sqlmodel import col

from knowledge_base.store.watching.watch_tables import SourceMinuteRow

CHUNK = 500
QUIET = timedelta(minutes=5)
BEHIND = timedelta(minutes=1)
"""A source that brings lines later than this is behind."""


class SourceSum(NamedTuple):
    """What is kept of a source.

    ``heard`` is when anything came last. ``newest`` is the newest event time of the last minute that brought lines,
    ``came`` when those came; both are None where no line with a time is kept.
    """

    name: str
    lines: int
    recent: int
    refused: int
    heard: datetime
    newest: datetime | None
    came: datetime | None


def lag_of(found: SourceSum, now: datetime) -> timedelta | None:
    """Tell how old the newest event of a source was when it came; None while it is quiet."""
    if found.newest is None or found.came is None or now - found.came > QUIET:
        return None
    return max(timedelta(0), found.came - found.newest)


def read_sums(db: Connection, project: str, *, recent: int, day: int) -> list[SourceSum]:
    """Add up the minutes of each source: ``recent`` lines and ``refused`` rows from these minutes on."""
    m = SourceMinuteRow
    brought = and_(col(m.lines) > 0, col(m.newest).is_not(None))
    sums = (
        select(
            col(m.source),
            func.sum(col(m.lines)).label("lines"),
            func.sum(case((col(m.slot) >= recent, col(m.lines)), else_=0)).label("recent"),
            func.sum(case((col(m.slot) >= day, col(m.refused)), else_=0)).label("refused"),
            func.max(col(m.at)).label("heard"),
            func.max(case((brought, col(m.slot)))).label("last"),
        )
        .where(col(m.project) == project)
        .group_by(col(m.source))
        .subquery("sums")
    )
    is_last = and_(col(m.project) == project, col(m.source) == sums.c.source, col(m.slot) == sums.c.last)
    columns = [sums.c[name] for name in ("source", "lines", "recent", "refused", "heard")]
    query = select(*columns, col(m.newest), col(m.at)).outerjoin_from(sums, m, is_last)
    return [
        SourceSum(row[0], int(row[1]), int(row[2]), int(row[3]), row[4], row[5], row[6]) for row in db.execute(query)
    ]


def read_steps(
    db: Connection, project: str, sources: Collection[str], *, present: int, minutes: int, count: int
) -> dict[str, list[int]]:
    """Add up the lines of some sources by steps of so many minutes, the last of which ends with ``present``."""
    m = SourceMinuteRow
    back = ((present - col(m.slot)) // minutes).label("back")
    steps = {source: [0] * count for source in sources}
    names = sorted(steps)
    for start in range(0, len(names), CHUNK):
        query = (
            select(col(m.source), back, func.sum(col(m.lines)))
            .where(
                col(m.project) == project,
                col(m.source).in_(names[start : start + CHUNK]),
                col(m.slot) > present - count * minutes,
                col(m.slot) <= present,
            )
            .group_by(col(m.source), back)
        )
        for source, place, lines in db.execute(query):
            steps[source][count - 1 - int(place)] += int(lines)
    return steps
