"""The query that joins what people see of a category, and how a row of it is read."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, case, func, select
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import Category


class Status(StrEnum):
    """What people still have to do about a category."""

    UNLABELLED = "unlabelled"
    LABELLED = "labelled"
    ANSWERED = "answered"
    IGNORED = "ignored"


def _here(project: str | BindParameter[str], only: int | BindParameter[int] | None) -> tuple[ColumnElement[bool], ...]:
    """Make the condition that a template counts: SQLite does not carry the category into what it groups by itself."""
    here = col(TemplateRow.project) == project
    return (here,) if only is None else (here, col(TemplateRow.category) == only)


def _asked(project: str | BindParameter[str], only: int | BindParameter[int] | None) -> Any:
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
        .where(*_here(project, only))
        .group_by(col(TemplateRow.category))
        .subquery("asked")
    )


def _totals(project: str | BindParameter[str], only: int | BindParameter[int] | None) -> Any:
    alive = col(TemplateRow.evicted_at).is_(None)
    return (
        select(
            col(TemplateRow.category).label("category"),
            func.sum(case((alive, 1), else_=0)).label("templates"),
            func.sum(col(TemplateRow.count)).label("seen"),
            func.min(col(TemplateRow.first_seen)).label("first_seen"),
            func.max(col(TemplateRow.last_seen)).label("last_seen"),
            func.min(case((alive, col(TemplateRow.id)))).label("oldest"),
        )
        .where(*_here(project, only))
        .group_by(col(TemplateRow.category))
        .subquery("totals")
    )


class CategoryView:
    """One query that joins what a list shows, or of ``only`` one category; made anew for each use."""

    def __init__(self, project: str | BindParameter[str], *, only: int | BindParameter[int] | None = None) -> None:
        self.asked = _asked(project, only)
        self.totals = _totals(project, only)
        self.asked_count = func.coalesce(self.asked.c.asked, 0)
        self.seen = self.totals.c.seen
        self.first_seen = self.totals.c.first_seen
        self.last_seen = self.totals.c.last_seen
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


def read_category(row: Row[Any], aliases: Sequence[int] = (), systems: Sequence[str] = ()) -> Category:
    """Turn a row of the view into a category."""
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
