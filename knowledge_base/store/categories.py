"""Categories as people see them: found by id or alias, listed, searched and sorted by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.tables import CategoryRow, QuestionRow, SolutionRow, SolutionVersionRow, TemplateRow
from knowledge_base.types import Category, Reason, Template, Why


class Status(StrEnum):
    """What people still have to do about a category."""

    UNLABELLED = "unlabelled"
    LABELLED = "labelled"
    ANSWERED = "answered"
    IGNORED = "ignored"


class Sort(StrEnum):
    """The order of a list; each is descending."""

    COUNT = "count"
    ASKED = "asked"
    LAST_SEEN = "last_seen"
    FIRST_SEEN = "first_seen"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which categories to list; empty fields do not restrict."""

    text: str = ""
    status: Status | None = None
    service: str = ""
    seen_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``cursor`` gives the next one, None at the end. ``total`` counts all pages."""

    items: tuple[Category, ...]
    cursor: str | None
    total: int


def resolve(db: Connection, project: str, number: int) -> int:
    """Follow a merged category to the one that it is part of now; raises NotFound."""
    row = db.execute(
        select(col(CategoryRow.id), col(CategoryRow.merged_into)).where(
            col(CategoryRow.project) == project, col(CategoryRow.id) == number
        )
    ).first()
    if row is None:
        raise NotFound(f"there is no category {public_id(Prefix.CATEGORY, number)} in project {project!r}")
    return int(row[0] if row[1] is None else row[1])


def resolve_public(db: Connection, project: str, public: str) -> int:
    """Do the same for a public id."""
    return resolve(db, project, number_of(Prefix.CATEGORY, public))


def aliases_of(db: Connection, project: str, number: int) -> list[int]:
    """Name every category that was ever merged into this one."""
    query = (
        select(col(CategoryRow.id))
        .where(col(CategoryRow.project) == project, col(CategoryRow.merged_into) == number)
        .order_by(col(CategoryRow.id))
    )
    return list(db.execute(query).scalars())


def templates_of(db: Connection, project: str, number: int) -> list[int]:
    """Name the templates of a category."""
    query = (
        select(col(TemplateRow.id))
        .where(col(TemplateRow.project) == project, col(TemplateRow.category) == number)
        .order_by(col(TemplateRow.id))
    )
    return list(db.execute(query).scalars())


def _asked(project: str) -> Any:
    """Count questions by the category that their template is in now."""
    return (
        select(col(TemplateRow.category).label("category"), func.count().label("asked"))
        .join(
            QuestionRow,
            and_(
                col(QuestionRow.project) == col(TemplateRow.project),
                col(QuestionRow.template) == col(TemplateRow.id),
            ),
        )
        .where(col(TemplateRow.project) == project)
        .group_by(col(TemplateRow.category))
        .subquery("asked")
    )


def _totals(project: str) -> Any:
    return (
        select(
            col(TemplateRow.category).label("category"),
            func.count().label("templates"),
            func.sum(col(TemplateRow.count)).label("seen"),
            func.min(col(TemplateRow.first_seen)).label("first_seen"),
            func.max(col(TemplateRow.last_seen)).label("last_seen"),
            func.min(col(TemplateRow.id)).label("oldest"),
        )
        .where(col(TemplateRow.project) == project)
        .group_by(col(TemplateRow.category))
        .subquery("totals")
    )


class _View:
    """One query that joins what a list shows; made anew for each use."""

    def __init__(self, project: str) -> None:
        self.asked = _asked(project)
        self.totals = _totals(project)
        self.asked_count = func.coalesce(self.asked.c.asked, 0)
        oldest = TemplateRow.__table__.alias("oldest")  # type: ignore[attr-defined]
        self.query: Select[Any] = (
            select(
                col(CategoryRow.id),
                col(CategoryRow.label),
                col(CategoryRow.ignored),
                col(CategoryRow.keywords),
                col(CategoryRow.solution),
                oldest.c.text.label("text"),
                oldest.c.service.label("service"),
                self.totals.c.templates,
                self.totals.c.seen,
                self.asked_count.label("asked"),
                self.totals.c.first_seen,
                self.totals.c.last_seen,
            )
            .join(self.totals, self.totals.c.category == col(CategoryRow.id))
            .join(oldest, and_(oldest.c.project == col(CategoryRow.project), oldest.c.id == self.totals.c.oldest))
            .outerjoin(self.asked, self.asked.c.category == col(CategoryRow.id))
            .where(col(CategoryRow.project) == project, col(CategoryRow.state) == "active")
        )

    def sort_column(self, sort: Sort) -> Any:
        return {
            Sort.COUNT: self.totals.c.seen,
            Sort.ASKED: self.asked_count,
            Sort.LAST_SEEN: self.totals.c.last_seen,
            Sort.FIRST_SEEN: self.totals.c.first_seen,
        }[sort]


def _category(row: Row[Any], aliases: Sequence[int] = (), systems: Sequence[str] = ()) -> Category:
    status = (
        Status.IGNORED
        if row.ignored
        else Status.ANSWERED
        if row.solution is not None
        else Status.LABELLED
        if row.label
        else Status.UNLABELLED
    )
    return Category(
        id=public_id(Prefix.CATEGORY, row.id),
        label=row.label,
        status=status,
        keywords=tuple(row.keywords),
        template=row.text,
        systems=tuple(systems) or ((row.service,) if row.service else ()),
        templates=row.templates,
        count=int(row.seen),
        asked=int(row.asked),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        solution_id=None if row.solution is None else public_id(Prefix.SOLUTION, row.solution),
        aliases=tuple(public_id(Prefix.CATEGORY, each) for each in aliases),
    )


def get(db: Connection, project: str, number: int) -> Category:
    """Read one category, following aliases; raises NotFound."""
    current = resolve(db, project, number)
    row = db.execute(_View(project).query.where(col(CategoryRow.id) == current)).first()
    if row is None:
        raise NotFound(f"category {public_id(Prefix.CATEGORY, number)} holds no templates any more")
    services = (
        select(col(TemplateRow.service))
        .where(col(TemplateRow.project) == project, col(TemplateRow.category) == current)
        .distinct()
        .order_by(col(TemplateRow.service))
    )
    systems = [name for name in db.execute(services).scalars() if name]
    return _category(row, aliases_of(db, project, current), systems)


def find_page(
    db: Connection, project: str, wanted: Filter, *, sort: Sort = Sort.COUNT, limit: int = 50, cursor: str | None = None
) -> Page:
    """List categories page by page; raises InputError for a cursor that is none."""
    from knowledge_base.store.cursors import read_cursor, write_cursor

    view = _View(project)
    query = view.query
    for condition in _conditions(project, view, wanted):
        query = query.where(condition)
    total = int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())
    key = view.sort_column(sort)
    query = query.add_columns(key.label("sort_key"))
    if cursor is not None:
        value, number = read_cursor(cursor, is_time=sort in (Sort.LAST_SEEN, Sort.FIRST_SEEN))
        query = query.where(or_(key < value, and_(key == value, col(CategoryRow.id) > number)))
    rows = db.execute(query.order_by(key.desc(), col(CategoryRow.id)).limit(limit + 1)).all()
    shown = rows[:limit]
    following = write_cursor(shown[-1].sort_key, shown[-1].id) if len(rows) > limit else None
    return Page(tuple(_category(row) for row in shown), following, total)


def _conditions(project: str, view: _View, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text.strip():
        conditions.append(_text_condition(project, wanted.text.strip()))
    if wanted.status is not None:
        conditions.append(_STATUS_CONDITIONS[wanted.status]())
    if wanted.service:
        conditions.append(
            col(CategoryRow.id).in_(
                select(col(TemplateRow.category)).where(
                    col(TemplateRow.project) == project, col(TemplateRow.service) == wanted.service
                )
            )
        )
    if wanted.seen_since is not None:
        conditions.append(view.totals.c.last_seen >= wanted.seen_since)
    return conditions


_STATUS_CONDITIONS: dict[Status, Callable[[], ColumnElement[bool]]] = {
    Status.IGNORED: lambda: col(CategoryRow.ignored).is_(True),
    Status.ANSWERED: lambda: and_(col(CategoryRow.ignored).is_(False), col(CategoryRow.solution).is_not(None)),
    Status.LABELLED: lambda: and_(
        col(CategoryRow.ignored).is_(False), col(CategoryRow.solution).is_(None), col(CategoryRow.label).is_not(None)
    ),
    Status.UNLABELLED: lambda: and_(
        col(CategoryRow.ignored).is_(False), col(CategoryRow.solution).is_(None), col(CategoryRow.label).is_(None)
    ),
}


def _text_condition(project: str, text: str) -> ColumnElement[bool]:
    """Match each word in a template, label or solution; or the whole text as an id."""
    try:
        number = number_of(Prefix.CATEGORY, text)
    except NotFound:
        pass
    else:
        merged = select(col(CategoryRow.merged_into)).where(
            col(CategoryRow.project) == project, col(CategoryRow.id) == number
        )
        return or_(col(CategoryRow.id) == number, col(CategoryRow.id).in_(merged))
    words = []
    for word in text.split()[:10]:
        in_template = select(col(TemplateRow.category)).where(
            col(TemplateRow.project) == project, col(TemplateRow.text).icontains(word, autoescape=True)
        )
        in_solution = (
            select(col(SolutionRow.id))
            .join(
                SolutionVersionRow,
                and_(
                    col(SolutionVersionRow.project) == col(SolutionRow.project),
                    col(SolutionVersionRow.solution) == col(SolutionRow.id),
                    col(SolutionVersionRow.version) == col(SolutionRow.version),
                ),
            )
            .where(
                col(SolutionRow.project) == project,
                col(SolutionVersionRow.title).icontains(word, autoescape=True),
            )
        )
        words.append(
            or_(
                col(CategoryRow.label).icontains(word, autoescape=True),
                col(CategoryRow.id).in_(in_template),
                col(CategoryRow.solution).in_(in_solution),
            )
        )
    return and_(*words)


def templates_in(db: Connection, project: str, number: int, limit: int = 200) -> list[Template]:
    """Read the templates of a category with why they are there, most frequent first."""
    query = (
        select(TemplateRow.__table__)  # type: ignore[attr-defined]
        .where(col(TemplateRow.project) == project, col(TemplateRow.category) == number)
        .order_by(col(TemplateRow.count).desc(), col(TemplateRow.id))
        .limit(limit)
    )
    return [read_template(row) for row in db.execute(query)]


def read_templates(db: Connection, project: str, wanted: Sequence[int]) -> list[Template]:
    """Read templates by their numbers, in the order of the numbers; those that are not there are left out."""
    query = select(TemplateRow.__table__).where(  # type: ignore[attr-defined]
        col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(wanted))
    )
    return [read_template(row) for row in db.execute(query.order_by(col(TemplateRow.id)))]


def solutions_of(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, int]:
    """Tell the solution of each category that has one."""
    query = select(col(CategoryRow.id), col(CategoryRow.solution)).where(
        col(CategoryRow.project) == project,
        col(CategoryRow.id).in_(list(numbers)),
        col(CategoryRow.solution).is_not(None),
    )
    return {row[0]: row[1] for row in db.execute(query) if row[1] is not None}


def read_template(row: Row[Any]) -> Template:
    """Turn a row of the template table into its public form."""
    reason = dict(row.reason)
    return Template(
        id=public_id(Prefix.TEMPLATE, row.id),
        category_id=public_id(Prefix.CATEGORY, row.category),
        text=row.text,
        reason=Reason(
            why=Why(reason.get("why", Why.FIRST)),
            score=float(reason.get("score", 1.0)),
            threshold=float(reason.get("threshold", 0.0)),
            runner_up=reason.get("runner_up"),
            runner_up_score=float(reason.get("runner_up_score", 0.0)),
            words=tuple(reason.get("words", ())),
            actor=reason.get("actor", ""),
        ),
        count=row._mapping["count"],
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )


def template_total(db: Connection, project: str) -> int:
    """Count the templates of a project."""
    return int(db.execute(select(func.count()).where(col(TemplateRow.project) == project)).scalar_one())


def services(db: Connection, project: str) -> list[str]:
    """Name the services that lines came from."""
    query = select(col(TemplateRow.service)).where(col(TemplateRow.project) == project).distinct()
    return sorted(name for name in db.execute(query).scalars() if name)


def status_counts(db: Connection, project: str) -> dict[Status, int]:
    """Count the living categories by status."""
    counts = dict.fromkeys(Status, 0)
    for status, condition in _STATUS_CONDITIONS.items():
        counts[status] = int(
            db.execute(
                select(func.count()).where(
                    col(CategoryRow.project) == project, col(CategoryRow.state) == "active", condition()
                )
            ).scalar_one()
        )
    return counts


def set_fields(db: Connection, project: str, number: int, **values: object) -> None:
    """Change columns of a category's row, if any are given."""
    if values:
        row = (col(CategoryRow.project) == project, col(CategoryRow.id) == number)
        db.execute(update(CategoryRow).where(*row).values(**values))
