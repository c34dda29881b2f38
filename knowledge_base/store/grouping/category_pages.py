"""Categories page by page: filtered, searched and sorted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.cursors import read_cursor, write_cursor
from knowledge_base.store.grouping import category_sums
from knowledge_base.store.grouping.category_kept import WORD_LENGTH, WORDS, KeptView
from knowledge_base.store.grouping.category_view import CategoryView, Status, read_category
from knowledge_base.store.solving import solutions
from knowledge_base.store.tables import CategoryRow, SolutionRow, SolutionVersionRow, TemplateRow
from knowledge_base.store.text import storable
from knowledge_base.store.wanted import queue
from knowledge_base.types import Category


class Sort(StrEnum):
    """The order of a list; each is descending."""

    COUNT = "count"
    ASKED = "asked"
    LAST_SEEN = "last_seen"
    FIRST_SEEN = "first_seen"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which categories to list; empty fields do not restrict, ``unsolved`` leaves out what is solved or ignored."""

    text: str = ""
    status: Status | None = None
    service: str = ""
    seen_since: datetime | None = None
    unsolved: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``cursor`` gives the next one, None at the end. ``total`` counts all pages."""

    items: tuple[Category, ...]
    cursor: str | None
    total: int


def find_page(
    db: Connection, project: str, wanted: Filter, *, sort: Sort = Sort.COUNT, limit: int = 50, cursor: str | None = None
) -> Page:
    """List categories page by page; raises InputError for a cursor that is none.

    Those of a large project are listed by sums that were added up some minutes ago, and searched by the beginnings of
    their oldest templates.
    """
    view = KeptView(project) if category_sums.are_kept(db, project) else CategoryView(project)
    query = view.query
    for condition in _conditions(project, view, wanted):
        query = query.where(condition)
    total = int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())
    key = _sort_column(view, sort)
    query = query.add_columns(key.label("sort_key"))
    if cursor is not None:
        value, number = read_cursor(cursor, is_time=sort in (Sort.LAST_SEEN, Sort.FIRST_SEEN))
        query = query.where(or_(key < value, and_(key == value, col(CategoryRow.id) > number)))
    query = query.order_by(key.desc(), col(CategoryRow.id)).limit(limit + 1)
    rows = db.execute(view.with_text(query) if isinstance(view, KeptView) else query).all()
    shown = rows[:limit]
    following = write_cursor(shown[-1].sort_key, shown[-1].id) if len(rows) > limit else None
    return Page(tuple(read_category(row) for row in shown), following, total)


def _sort_column(view: CategoryView | KeptView, sort: Sort) -> Any:
    return {
        Sort.COUNT: view.seen,
        Sort.ASKED: view.asked_count,
        Sort.LAST_SEEN: view.last_seen,
        Sort.FIRST_SEEN: view.first_seen,
    }[sort]


def _conditions(project: str, view: CategoryView | KeptView, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text.strip():
        conditions.append(_text_condition(project, view, wanted.text.strip()))
    if wanted.status is not None:
        conditions.append(_STATUS_CONDITIONS[wanted.status]())
    if wanted.unsolved:
        conditions.append(or_(*(_STATUS_CONDITIONS[status]() for status in UNSOLVED)))
    if wanted.service and isinstance(view, KeptView):
        conditions.append(view.of_service(wanted.service))
    elif wanted.service:
        conditions.append(
            col(CategoryRow.id).in_(
                select(col(TemplateRow.category)).where(
                    col(TemplateRow.project) == project, col(TemplateRow.service) == storable(wanted.service)
                )
            )
        )
    if wanted.seen_since is not None:
        conditions.append(view.last_seen >= wanted.seen_since)
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

UNSOLVED = (Status.UNLABELLED, Status.LABELLED)


def _text_condition(project: str, view: CategoryView | KeptView, text: str) -> ColumnElement[bool]:
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
    if isinstance(view, KeptView):
        return view.says(text)
    words = []
    for word in storable(text).split()[:WORDS]:
        word = word[:WORD_LENGTH]
        in_template = select(col(TemplateRow.category)).where(
            col(TemplateRow.project) == project, col(TemplateRow.text).icontains(word, autoescape=True)
        )
        in_solution = (
            select(col(SolutionRow.id))
            .join(
                SolutionVersionRow,
                solutions.is_newest(),
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


def services(db: Connection, project: str) -> list[str]:
    """Name the services that lines came from."""
    if category_sums.are_kept(db, project):
        return queue.services(db, project)
    alive = (col(TemplateRow.project) == project, col(TemplateRow.evicted_at).is_(None))
    query = select(col(TemplateRow.service)).where(*alive).distinct()
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
