"""What a row of the queue shows of its category, read for a whole page at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, union_all
from sqlmodel import col

from knowledge_base.store.grouping import category_sums
from knowledge_base.store.grouping.briefs import Brief, briefs
from knowledge_base.store.grouping.proposal_values import ProposalKind, ProposalState
from knowledge_base.store.intake.counts import LEVELS, minute_of
from knowledge_base.store.tables import DayCountRow, ProposalRow, TemplateRow
from knowledge_base.store.wanted.demand_counting import in_parts
from knowledge_base.store.wanted.demand_tables import DemandServiceRow

SHOWN_TEXT = 400
BARS = 24
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hint:
    """The best of what is proposed about a category; ``other`` is what it may be the same as or be called like."""

    kind: ProposalKind
    score: float
    other: Brief | None


@dataclass(frozen=True, slots=True)
class Details:
    """The oldest living template with the time of its first line, services, the best proposal, and lines by the hour.

    The last of the 24 hours is the one that runs.
    """

    template: str
    first_seen: datetime | None
    services: tuple[str, ...]
    hint: Hint | None
    hours: tuple[int, ...]


def read_details(db: Connection, project: str, numbers: Sequence[int], now: datetime) -> dict[int, Details]:
    """Read the details of some categories; the number of statements does not depend on how many they are."""
    oldest, named = _oldest(db, project, numbers), _services(db, project, numbers)
    hints, hours = _hints(db, project, numbers), lines_by_hour(db, project, numbers, now)
    found = {}
    for each in numbers:
        template, first_seen = oldest.get(each, ("", None))
        found[each] = Details(template, first_seen, tuple(named.get(each, ())), hints.get(each), hours[each])
    return found


def lines_by_hour(db: Connection, project: str, numbers: Sequence[int], now: datetime) -> dict[int, tuple[int, ...]]:
    """Count the lines of categories in the last 24 hours, hour by hour; of crowded ones some minutes late."""
    end = minute_of(now) // 60 * 60 + 60
    start = end - BARS * 60
    counted = category_sums.crowded_hours(db, project, numbers)
    home = _active(db, project, [each for each in numbers if each not in counted], now)
    found = {each: [counted.get(each, {}).get(start // 60 + bar, 0) for bar in range(BARS)] for each in numbers}
    for level in LEVELS:
        if level.table is DayCountRow:
            continue  # a line is counted by days only once it is far older
        t, width = level.table, level.minutes
        hour = (col(t.slot) // (60 // width)).label("hour")
        query = (
            select(col(t.template), hour, func.sum(col(t.lines)))
            .where(col(t.project) == project, col(t.slot) >= start // width, col(t.slot) < end // width)
            .group_by(col(t.template), hour)
        )
        for some in in_parts(home):
            for template, hour_number, lines in db.execute(query.where(col(t.template).in_(some))):
                found[home[template]][int(hour_number) - start // 60] += int(lines)
    return {each: tuple(values) for each, values in found.items()}


def _active(db: Connection, project: str, numbers: Sequence[int], now: datetime) -> dict[int, int]:
    """Name the templates that were seen in that time, each with its category; the others have nothing to count."""
    query = select(col(TemplateRow.id), col(TemplateRow.category)).where(
        col(TemplateRow.project) == project,
        col(TemplateRow.category).in_(list(numbers)),
        col(TemplateRow.last_seen) >= now - (BARS + 1) * HOUR,
    )
    return {row[0]: row[1] for row in db.execute(query)}


def _oldest(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    crowded = category_sums.oldest_of_crowded(db, project, numbers)
    few = [each for each in numbers if each not in crowded]
    first = (
        select(func.min(col(TemplateRow.id)).label("id"))
        .where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category).in_(few),
            col(TemplateRow.evicted_at).is_(None),
        )
        .group_by(col(TemplateRow.category))
        .subquery()
    )
    text = func.substr(col(TemplateRow.text), 1, SHOWN_TEXT)
    query = select(col(TemplateRow.category), text, col(TemplateRow.first_seen)).join(
        first, (col(TemplateRow.project) == project) & (col(TemplateRow.id) == first.c.id)
    )
    known = select(col(TemplateRow.id), text, col(TemplateRow.first_seen)).where(
        col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(crowded.values()))
    )
    found = {row[0]: (row[1], row[2]) for row in db.execute(query)}
    told = {row[0]: (row[1], row[2]) for row in db.execute(known)} if crowded else {}
    return found | {category: told[oldest] for category, oldest in crowded.items() if oldest in told}


def _services(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, list[str]]:
    query = select(col(DemandServiceRow.category), col(DemandServiceRow.service)).where(
        col(DemandServiceRow.project) == project, col(DemandServiceRow.category).in_(list(numbers))
    )
    found: dict[int, list[str]] = {}
    for category, service in sorted((row[0], row[1]) for row in db.execute(query)):
        found.setdefault(category, []).append(service)
    return found


def _hints(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, Hint]:
    """Choose the best proposal of each; each side is looked for by its own index."""
    p = ProposalRow
    sides: list[Any] = []
    for own, other in ((p.left, p.right), (p.right, p.left)):
        query: Any = select(col(own).label("own"), col(other).label("other"), col(p.kind), col(p.score)).where(
            col(p.project) == project,
            col(own).in_(list(numbers)),
            col(p.state) == str(ProposalState.OPEN),
        )
        sides.append(query if own is p.left else query.where(col(p.kind) == str(ProposalKind.MERGE)))
    best: dict[int, tuple[float, str, int]] = {}
    for own, other, kind, score in db.execute(union_all(*sides)):
        best[own] = max(best.get(own, (-1.0, "", 0)), (score, kind, other))
    known = briefs(db, project, [other for _, _, other in best.values()])
    return {
        own: Hint(ProposalKind(kind), score, None if kind == ProposalKind.SPLIT else known.get(other))
        for own, (score, kind, other) in best.items()
    }
