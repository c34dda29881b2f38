"""The list of solutions: narrowed, last changed first, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlmodel import col

from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.solving import drafts, solutions
from knowledge_base.store.solving.solution_health import Health, Measured
from knowledge_base.store.solving.solution_work_tables import SolutionHealthRow, SolutionReviewRow, SolutionServiceRow
from knowledge_base.store.tables import CategoryRow, SolutionRow, SolutionVersionRow
from knowledge_base.store.text import storable
from knowledge_base.types import SolutionState

WORDS, WORD_LENGTH = 8, 100


class Stage(StrEnum):
    """How far a solution is; a text that waits for review may be a change of what is published."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionFilter:
    """What the list shows; empty is everything. ``failing`` shows both bad marks."""

    text: str = ""
    stage: Stage | None = None
    health: Health | None = None
    failing: bool = False
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A solution in the list; ``services`` are those that it applies to."""

    id: str
    version: int
    title: str
    author: str
    at: datetime
    state: SolutionState
    in_review: bool
    mark: Health
    helpful: int
    not_helpful: int
    before: int
    after: int
    category_ids: tuple[str, ...]
    services: tuple[str, ...]

    @property
    def is_draft(self) -> bool:
        """Whether nobody gets it yet."""
        return self.state is SolutionState.DRAFT

    @property
    def change(self) -> int | None:
        """By how much percent the lines of its categories rose; None where there is too little to compare."""
        return Measured(before=self.before, after=self.after).change


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A part of the list; ``cursor`` leads to the next one."""

    items: tuple[Listed, ...]
    cursor: str | None


def find(db: Connection, project: str, wanted: SolutionFilter, *, limit: int, cursor: str | None = None) -> ListedPage:
    """Find a page, last changed first. Raises InputError for a cursor that no page gave."""
    query = _query(project).where(*_conditions(project, wanted))
    if cursor is not None:
        query = query.where(col(SolutionRow.generation) < _generation(cursor))
    rows = db.execute(query.order_by(col(SolutionRow.generation).desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    homes = _categories(db, project, [row.id for row in shown])
    services = _services(db, project, [row.id for row in shown])
    items = tuple(_listed(row, homes.get(row.id, ()), services.get(row.id, ())) for row in shown)
    return ListedPage(items, str(shown[-1].generation) if len(rows) > limit else None)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many solutions there are: all, by stage, by mark."""

    total: int
    stages: Mapping[Stage, int]
    marks: Mapping[Health, int]


def counts(db: Connection, project: str) -> Counted:
    """Count solutions for the filters; a published one with a change in review counts in both stages."""
    s, r, h = SolutionRow, SolutionReviewRow, SolutionHealthRow
    review = (
        select(col(s.state), col(r.solution).is_not(None), func.count())
        .outerjoin(r, and_(col(r.project) == project, col(r.solution) == col(s.id)))
        .where(col(s.project) == project)
        .group_by(col(s.state), col(r.solution).is_not(None))
    )
    total, stages, found = 0, dict.fromkeys(Stage, 0), dict.fromkeys(Health, 0)
    for state, in_review, n in db.execute(review):
        total += n
        if in_review:
            stages[Stage.REVIEW] += n
        if state == SolutionState.PUBLISHED:
            stages[Stage.PUBLISHED] += n
        elif not in_review:
            stages[Stage.DRAFT] += n
    marks = select(col(h.mark), func.count()).where(col(h.project) == project).group_by(col(h.mark))
    for mark, n in db.execute(marks):
        found[Health(mark)] += n
    return Counted(total, stages, found)


def _query(project: str) -> Any:
    s, v, r, h = SolutionRow, SolutionVersionRow, SolutionReviewRow, SolutionHealthRow
    return (
        select(
            col(s.id),
            col(s.version),
            col(v.title),
            col(v.author),
            col(v.at),
            col(s.state),
            col(s.generation),
            col(r.solution).is_not(None).label("in_review"),
            func.coalesce(col(h.mark), Health.NONE.value).label("mark"),
            func.coalesce(col(h.helpful), 0).label("helpful"),
            func.coalesce(col(h.not_helpful), 0).label("not_helpful"),
            func.coalesce(col(h.before), 0).label("before"),
            func.coalesce(col(h.after), 0).label("after"),
        )
        .join(v, solutions.is_newest())
        .outerjoin(r, and_(col(r.project) == project, col(r.solution) == col(s.id)))
        .outerjoin(h, and_(col(h.project) == project, col(h.solution) == col(s.id)))
        .where(col(s.project) == project)
    )


def _conditions(project: str, wanted: SolutionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    in_review = col(SolutionReviewRow.solution).is_not(None)
    if wanted.stage is Stage.REVIEW:
        found.append(in_review)
    elif wanted.stage is not None:
        found.append(col(SolutionRow.state) == SolutionState(wanted.stage.value))
        if wanted.stage is Stage.DRAFT:
            found.append(~in_review)
    if wanted.failing:
        found.append(col(SolutionHealthRow.mark).in_([Health.FEEDBACK, Health.VOLUME]))
    elif wanted.health is not None:
        found.append(col(SolutionHealthRow.mark) == wanted.health)
    if wanted.service:
        applies = select(col(SolutionServiceRow.solution)).where(
            col(SolutionServiceRow.project) == project, col(SolutionServiceRow.service) == storable(wanted.service)
        )
        found.append(col(SolutionRow.id).in_(applies))
    if wanted.text.strip():
        found.append(_says(wanted.text.strip()))
    return found


def _says(text: str) -> ColumnElement[bool]:
    """Match the whole text as an id, or each word in title, cause or body."""
    number = _numbered(Prefix.SOLUTION, text)
    if number is not None:
        return col(SolutionRow.id) == number
    number = _numbered(Prefix.CATEGORY, text)
    if number is not None:
        c = CategoryRow
        attached = select(col(c.solution)).where(col(c.project) == col(SolutionRow.project), col(c.id) == number)
        return col(SolutionRow.id).in_(attached)
    v = SolutionVersionRow
    return and_(
        *(
            or_(*(col(each).icontains(word[:WORD_LENGTH], autoescape=True) for each in (v.title, v.cause, v.body)))
            for word in storable(text).split()[:WORDS]
        )
    )


def _numbered(prefix: Prefix, text: str) -> int | None:
    try:
        return number_of(prefix, text)
    except NotFound:
        return None


def _generation(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InputError("the cursor is not one that this list gave; start from the first page")
    return int(cursor)


def _categories(db: Connection, project: str, numbers: list[int]) -> dict[int, tuple[str, ...]]:
    if not numbers:
        return {}
    c = CategoryRow
    query = select(col(c.solution), col(c.id)).where(
        col(c.project) == project, col(c.solution).in_(numbers), col(c.state) == "active"
    )
    found = drafts.homes_of(db, project, numbers)
    for solution, category in db.execute(query):
        found.setdefault(solution or 0, []).append(category)
    return {
        solution: tuple(public_id(Prefix.CATEGORY, each) for each in sorted(homes)) for solution, homes in found.items()
    }


def _services(db: Connection, project: str, numbers: list[int]) -> dict[int, tuple[str, ...]]:
    if not numbers:
        return {}
    s = SolutionServiceRow
    query = select(col(s.solution), col(s.service)).where(col(s.project) == project, col(s.solution).in_(numbers))
    found: dict[int, tuple[str, ...]] = {}
    for solution, service in db.execute(query.order_by(col(s.service))):
        found[solution] = (*found.get(solution, ()), service)
    return found


def _listed(row: Any, categories: tuple[str, ...], services: tuple[str, ...]) -> Listed:
    return Listed(
        id=public_id(Prefix.SOLUTION, row.id),
        version=row.version,
        title=row.title,
        author=row.author,
        at=row.at,
        state=SolutionState(row.state),
        in_review=bool(row.in_review),
        mark=Health(row.mark),
        helpful=row.helpful,
        not_helpful=row.not_helpful,
        before=row.before,
        after=row.after,
        category_ids=categories,
        services=services,
    )
