"""Counts by (template, service, minute), rolled up to hours and days; never by category.

A slot is a number of minutes, hours or days since the epoch. A line is counted in exactly one of
the three tables, so a sum over them is always right, also while a roll-up is under way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, delete, func, literal, select, union_all
from sqlmodel import col

from knowledge_base.store import projects
from knowledge_base.store.bulk import add_all
from knowledge_base.store.tables import DayCountRow, HourCountRow, MinuteCountRow
from knowledge_base.store.upserts import insert_or_add

KEY = ("project", "template", "service", "slot")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTES_KEPT = timedelta(days=3)
HOURS_KEPT = timedelta(days=90)
CHUNK = 5_000
"""Templates of one query; databases bound how many values a statement may have."""


class CountKey(NamedTuple):
    """What is counted."""

    template: int
    service: str
    minute: int


@dataclass(frozen=True, slots=True)
class _Level:
    table: type[MinuteCountRow] | type[HourCountRow] | type[DayCountRow]
    minutes: int


MINUTES, HOURS, DAYS = _Level(MinuteCountRow, 1), _Level(HourCountRow, 60), _Level(DayCountRow, 1440)
LEVELS = (MINUTES, HOURS, DAYS)


def minute_of(at: datetime) -> int:
    """Number the minute of a time.

    >>> minute_of(datetime(1970, 1, 1, 1, 0, 30, tzinfo=UTC))
    60
    """
    return int(at.timestamp() // 60)


def add(db: Connection, project: str, counts: Mapping[CountKey, int]) -> None:
    """Add lines to the counts of their minutes."""
    keys = sorted(counts)
    columns = {
        "project": repeat(project, len(keys)),
        "template": [key.template for key in keys],
        "service": [key.service for key in keys],
        "slot": [key.minute for key in keys],
        "lines": [counts[key] for key in keys],
    }
    add_all(db, MinuteCountRow, KEY, "lines", columns)


def roll_up(db: Connection, project: str, now: datetime, *, templates: range | None = None) -> int:
    """Move old minutes to hours and old hours to days, of some templates or of all; tell how many rows were moved."""
    projects.lock(db, project)
    moved = 0
    for fine, coarse, old in _old(project, now, templates):
        # What is deleted is what is added: lines that come meanwhile are in neither, and stay.
        t = fine.table
        deleted = db.execute(
            delete(t).where(*old).returning(col(t.template), col(t.service), col(t.slot), col(t.lines))
        ).all()
        sums: Counter[tuple[int, str, int]] = Counter()
        for template, service, slot, lines in deleted:
            sums[template, service, slot * fine.minutes // coarse.minutes] += lines
        rows = [
            {"project": project, "template": template, "service": service, "slot": slot, "lines": lines}
            for (template, service, slot), lines in sorted(sums.items())
        ]
        insert_or_add(db, coarse.table, KEY, "lines", rows)
        moved += len(deleted)
    return moved


def is_to_roll_up(db: Connection, project: str, now: datetime, *, templates: range) -> bool:
    """Tell whether ``roll_up`` would move anything of some templates."""
    for fine, _, old in _old(project, now, templates):
        if db.execute(select(col(fine.table.slot)).where(*old).limit(1)).first() is not None:
            return True
    return False


def next_counted(db: Connection, project: str, behind: int) -> int | None:
    """Name the first template behind a number that has minutes or hours; None where there is none."""
    found = []
    for level in (MINUTES, HOURS):
        t = level.table
        query = select(func.min(col(t.template))).where(col(t.project) == project, col(t.template) > behind)
        found.append(db.execute(query).scalar())
    return min((each for each in found if each is not None), default=None)


def _old(
    project: str, now: datetime, templates: range | None
) -> Iterator[tuple[_Level, _Level, list[ColumnElement[bool]]]]:
    """Give each level that is rolled up, the one that it becomes, and which of its rows are old enough."""
    for fine, coarse, kept in ((MINUTES, HOURS, MINUTES_KEPT), (HOURS, DAYS, HOURS_KEPT)):
        t = fine.table
        limit = minute_of(now - kept) // coarse.minutes * coarse.minutes // fine.minutes
        old = [col(t.project) == project, col(t.slot) < limit]
        if templates is not None:
            old += [col(t.template) >= templates.start, col(t.template) < templates.stop]
        yield fine, coarse, old


def series(
    db: Connection, project: str, templates: Iterable[int], *, start: datetime, end: datetime, step: timedelta
) -> list[int]:
    """Count lines in steps from start (inclusive) to end (exclusive), for all the templates together."""
    width = int(step.total_seconds() // 60)
    first, last = minute_of(start), minute_of(end)
    bins = [0] * max(0, -(-(last - first) // width))
    wanted = list(templates)
    if not wanted or not bins:
        return bins
    for begin in range(0, len(wanted), CHUNK):
        some = wanted[begin : begin + CHUNK]
        parts = [
            _slots(level, project, some, first=first, last=last).add_columns(literal(level.minutes).label("width"))
            for level in LEVELS
        ]
        for slot, lines, minutes in db.execute(union_all(*parts)):
            place = (max(slot * minutes, first) - first) // width
            if 0 <= place < len(bins):
                bins[place] += int(lines)
    return bins


def _slots(level: _Level, project: str, templates: list[int], *, first: int, last: int) -> Select[int, int]:
    t = level.table
    return (
        select(col(t.slot), func.sum(col(t.lines)))
        .where(
            col(t.project) == project,
            col(t.template).in_(templates),
            col(t.slot) >= first // level.minutes,
            col(t.slot) < -(-last // level.minutes),
        )
        .group_by(col(t.slot))
    )


def total(db: Connection, project: str) -> int:
    """Count all lines of a project."""
    return sum(
        int(db.execute(select(func.sum(col(x.table.lines))).where(col(x.table.project) == project)).scalar() or 0)
        for x in LEVELS
    )
