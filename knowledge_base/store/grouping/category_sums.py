"""What lists show of a category, added up ahead over its templates.

``demand_rows`` keeps these sums as it keeps its own rows. A list that added up by itself would read every template of
a project; a chart, every count of a category.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, select, update
from sqlmodel import col

from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.grouping.category_services import ServiceCount
from knowledge_base.store.grouping.category_services import services_of as count_services
from knowledge_base.store.intake.counts import HOURS, MINUTES, minute_of
from knowledge_base.store.tables import ProjectRow, TemplateRow
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.store.wanted.demand_counting import in_parts
from knowledge_base.store.wanted.demand_tables import DemandServiceRow, DemandStateRow
from knowledge_base.store.wanted.queue_tables import CategorySumRow

KEY = ("project", "category")
LARGE = 20_000
"""From so many templates on lists of a project are read from the sums, which are up to some minutes old."""
CROWDED = 1_000
"""From so many templates on the hours of a category are read from its sums."""
SERVICES = 50
"""So many services of a crowded category are kept."""
FREQUENT = 250
"""So many templates of a crowded category are kept, those with most lines."""
HOURS_BACK = 15 * 24
"""Hours that are kept: those of 14 days, in every time zone."""

Hours = dict[int, int]
"""Lines by hour since the epoch."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A category's templates (the living ones), lines, questions and times; ``oldest`` is a living template.

    ``hours`` gives hour and lines, in order, without empty hours. ``services`` gives the services of a crowded
    category with their lines, most lines first; ``frequent`` gives those of its templates that have most lines.
    """

    category: int
    templates: int
    lines: int
    asked: int
    first_seen: datetime
    last_seen: datetime
    oldest: int
    hours: list[list[int]]
    services: list[list[Any]]
    frequent: list[int]


_NAMES = tuple(each.name for each in fields(Sums))


def are_kept(db: Connection, project: str) -> bool:
    """Tell whether lists of a project are read from the sums: it is large, and all of them were computed once."""
    query = (
        select(col(DemandStateRow.round_at))
        .join(ProjectRow, col(ProjectRow.id) == col(DemandStateRow.project))
        .where(col(ProjectRow.id) == project, col(ProjectRow.templates) >= LARGE)
    )
    return db.execute(query).scalar() is not None


def changed_sums(db: Connection, project: str, categories: Sequence[int], now: datetime) -> list[Sums]:
    """Add up some categories, and give those of which something else is kept; one without templates has none."""
    if not categories:
        return []
    known = {each.category: each for each in _kept(db, project, categories)}
    asked, hours = _asked(db, project, categories), _hours(db, project, categories, now)
    found = [
        Sums(
            category,
            int(templates),
            int(lines),
            asked.get(category, 0),
            first,
            last,
            oldest,
            hours[category],
            _services(db, project, category) if templates >= CROWDED else [],
            _frequent(db, project, category) if templates >= CROWDED else [],
        )
        for category, templates, lines, first, last, oldest in db.execute(_totals(project, categories))
        if oldest is not None
    ]
    return [each for each in found if known.get(each.category) != each]


def write_sums(db: Connection, project: str, sums: Sequence[Sums]) -> None:
    """Keep sums."""
    rows: list[Mapping[str, object]] = [
        {"project": project} | {name: getattr(each, name) for name in _NAMES} for each in sums
    ]
    insert_or_replace(db, CategorySumRow, KEY, rows)


def forget_sums(db: Connection, project: str, categories: Sequence[int]) -> None:
    """Forget the sums of categories that are there no more."""
    if categories:
        t = CategorySumRow
        db.execute(delete(t).where(col(t.project) == project, col(t.category).in_(list(categories))))


def forget_frequent(db: Connection, project: str, categories: Iterable[int]) -> None:
    """Forget which templates of categories have most lines: others have come to them."""
    t = CategorySumRow
    for some in in_parts(sorted(set(categories))):
        crowded = (col(t.project) == project, col(t.category).in_(some), col(t.templates) >= CROWDED)
        db.execute(update(t).where(*crowded).values(frequent=[]))


def crowded_hours(db: Connection, project: str, categories: Sequence[int]) -> dict[int, Hours]:
    """Read the hours of those categories that have too many templates to count their lines now."""
    return _read_hours(db, project, categories, CROWDED)


def kept_hours(db: Connection, project: str, categories: Sequence[int]) -> dict[int, Hours]:
    """Read the hours of categories, those of them that have sums."""
    return _read_hours(db, project, categories, 0)


def _read_hours(db: Connection, project: str, categories: Sequence[int], crowd: int) -> dict[int, Hours]:
    t = CategorySumRow
    query = select(col(t.category), col(t.hours)).where(
        col(t.project) == project, col(t.category).in_(list(categories)), col(t.templates) >= crowd
    )
    return {category: {hour: lines for hour, lines in hours} for category, hours in db.execute(query)}  # noqa: C416


def first_seen(db: Connection, project: str, categories: Sequence[int]) -> dict[int, datetime]:
    """Tell when each category was seen first."""
    t, found = CategorySumRow, {}
    for some in in_parts(categories):
        query = select(col(t.category), col(t.first_seen)).where(col(t.project) == project, col(t.category).in_(some))
        found.update({row[0]: row[1] for row in db.execute(query)})
    return found


def of_service(db: Connection, project: str, categories: Sequence[int], service: str) -> list[int]:
    """Choose the categories that have lines of a service, in their order."""
    query = select(col(DemandServiceRow.category)).where(
        col(DemandServiceRow.project) == project, col(DemandServiceRow.service) == service
    )
    known = set(db.execute(query).scalars())
    return [each for each in categories if each in known]


def services_of(db: Connection, project: str, category: int) -> list[str]:
    """Name the services of a category, in order."""
    t = DemandServiceRow
    query = select(col(t.service)).where(col(t.project) == project, col(t.category) == category)
    return sorted(db.execute(query).scalars())


def crowded_services(db: Connection, project: str, category: int) -> list[ServiceCount] | None:
    """Read the lines of a crowded category by service, most lines first; None for one that is none."""
    t = CategorySumRow
    query = select(col(t.services)).where(
        col(t.project) == project, col(t.category) == category, col(t.templates) >= CROWDED
    )
    found = db.execute(query).scalar()
    return None if found is None else [ServiceCount(name, lines) for name, lines in found]


def frequent_in_crowded(db: Connection, project: str, category: int) -> list[int]:
    """Name the templates of a crowded category that had most lines; none for one that is none."""
    t = CategorySumRow
    query = select(col(t.frequent)).where(
        col(t.project) == project, col(t.category) == category, col(t.templates) >= CROWDED
    )
    return list(db.execute(query).scalar() or ())


def oldest_of_crowded(db: Connection, project: str, categories: Sequence[int]) -> dict[int, int]:
    """Name the oldest living template of each crowded category."""
    t = CategorySumRow
    query = select(col(t.category), col(t.oldest)).where(
        col(t.project) == project, col(t.category).in_(list(categories)), col(t.templates) >= CROWDED
    )
    return {row[0]: row[1] for row in db.execute(query)}


def is_crowded(db: Connection, project: str, category: int) -> bool:
    """Tell whether a category has too many templates to add them up now."""
    t = CategorySumRow
    query = select(col(t.templates)).where(col(t.project) == project, col(t.category) == category)
    return int(db.execute(query).scalar() or 0) >= CROWDED


def steps_of(hours: Hours, *, start: datetime, end: datetime, step: timedelta) -> list[int]:
    """Add hours up in steps from start to end; each counts where it begins.

    >>> day = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
    >>> steps_of({24: 3, 25: 4, 26: 5}, start=day, end=day + timedelta(hours=3), step=timedelta(hours=2))
    [7, 5]
    """
    width, first, last = int(step.total_seconds() // 60), minute_of(start), minute_of(end)
    bins = [0] * max(0, -(-(last - first) // width))
    for hour, lines in hours.items():
        minute = max(hour * 60, first) if hour * 60 + 60 > first else -1
        if first <= minute < last:
            bins[(minute - first) // width] += lines
    return bins


def _kept(db: Connection, project: str, categories: Sequence[int]) -> list[Sums]:
    columns = [col(getattr(CategorySumRow, name)) for name in _NAMES]
    query = select(*columns).where(
        col(CategorySumRow.project) == project, col(CategorySumRow.category).in_(list(categories))
    )
    return [Sums(*row) for row in db.execute(query)]


def _totals(project: str, categories: Sequence[int]) -> Any:
    alive = col(TemplateRow.evicted_at).is_(None)
    return (
        select(
            col(TemplateRow.category),
            func.sum(case((alive, 1), else_=0)),
            func.sum(col(TemplateRow.count)),
            func.min(col(TemplateRow.first_seen)),
            func.max(col(TemplateRow.last_seen)),
            func.min(case((alive, col(TemplateRow.id)))),
        )
        .where(col(TemplateRow.project) == project, col(TemplateRow.category).in_(list(categories)))
        .group_by(col(TemplateRow.category))
    )


def _asked(db: Connection, project: str, categories: Sequence[int]) -> dict[int, int]:
    query = (
        select(col(TemplateRow.category), func.count())
        .join(
            QuestionRow,
            and_(
                col(QuestionRow.project) == col(TemplateRow.project), col(QuestionRow.template) == col(TemplateRow.id)
            ),
        )
        .where(col(TemplateRow.project) == project, col(TemplateRow.category).in_(list(categories)))
        .group_by(col(TemplateRow.category))
    )
    return {category: int(count) for category, count in db.execute(query)}


def _services(db: Connection, project: str, category: int) -> list[list[Any]]:
    return [[each.name, each.lines] for each in count_services(db, project, category)[:SERVICES]]


def _frequent(db: Connection, project: str, category: int) -> list[int]:
    t = TemplateRow
    living = (col(t.project) == project, col(t.category) == category, col(t.evicted_at).is_(None))
    query = select(col(t.id)).where(*living).order_by(col(t.count).desc(), col(t.id)).limit(FREQUENT)
    return sorted(db.execute(query).scalars())


def _hours(db: Connection, project: str, categories: Sequence[int], now: datetime) -> dict[int, list[list[int]]]:
    end = minute_of(now) // 60 + 1
    first = end - HOURS_BACK
    since = now - timedelta(hours=HOURS_BACK)
    found: defaultdict[int, Hours] = defaultdict(dict)
    for level in (HOURS, MINUTES):
        t, slots = level.table, 60 // level.minutes
        hour = (col(t.slot) // slots).label("hour")
        query = (
            select(col(TemplateRow.category), hour, func.sum(col(t.lines)))
            # The sum keeps SQLite from walking through all counts to look up the template of each.
            .join(t, and_(col(t.project) == col(TemplateRow.project), col(t.template) == col(TemplateRow.id) + 0))
            .where(
                col(TemplateRow.project) == project,
                col(TemplateRow.category).in_(list(categories)),
                col(TemplateRow.last_seen) >= since,
                col(t.slot) >= first * slots,
            )
            .group_by(col(TemplateRow.category), hour)
        )
        for category, slot, lines in db.execute(query):
            found[category][int(slot)] = found[category].get(int(slot), 0) + int(lines)
    return {each: [[hour, lines] for hour, lines in sorted(found[each].items())] for each in categories}
