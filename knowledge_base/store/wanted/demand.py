"""The demand queue, page by page: what people want solved, most wanted first.

It holds categories that have no solution and are not ignored, and unknown questions, grouped by what they say.
``knowledge_base.demand_keeping`` keeps its rows; whether a category is still open is looked up when they are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select
from sqlmodel import col

from knowledge_base.errors import InputError
from knowledge_base.ids import MAX_NUMBER
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.grouping.briefs import briefs
from knowledge_base.store.tables import CategoryRow
from knowledge_base.store.text import clip, storable
from knowledge_base.store.wanted.demand_counting import is_unknown
from knowledge_base.store.wanted.demand_rows import THOUSANDTHS
from knowledge_base.store.wanted.demand_tables import DemandRow, DemandServiceRow
from knowledge_base.store.wanted.demand_values import SEEN_WITHIN, Counted, Demand, DemandKind

TEXT_SHOWN = 400

Place = tuple[int, str, int]
"""Score in thousandths, kind and number of an entry: the next page begins behind it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to list; empty fields do not restrict. Only categories come from a service."""

    kinds: tuple[DemandKind, ...] = ()
    service: str = ""
    asked_since: datetime | None = None


def list_demand(
    db: Connection, project: str, wanted: Wanted, *, limit: int = 50, after: Place | None = None
) -> list[Demand]:
    """Read the queue, most wanted first."""
    d = DemandRow
    query = (
        select(d.__table__)  # type: ignore[attr-defined]
        .outerjoin(
            CategoryRow,
            and_(
                col(d.kind) == DemandKind.CATEGORY,
                col(CategoryRow.project) == project,
                col(CategoryRow.id) == col(d.number),
            ),
        )
        .outerjoin(
            QuestionRow,
            and_(
                col(d.kind) == DemandKind.QUESTION,
                col(QuestionRow.project) == project,
                col(QuestionRow.id) == col(d.number),
            ),
        )
        .where(col(d.project) == project, or_(_is_open(), and_(*is_unknown())), *_conditions(project, wanted))
    )
    if after is not None:
        score, kind, number = after
        behind = and_(col(d.score) == score, or_(col(d.kind) > kind, and_(col(d.kind) == kind, col(d.number) > number)))
        query = query.where(col(d.score) <= score, or_(col(d.score) < score, behind))
    rows = db.execute(query.order_by(col(d.score).desc(), col(d.kind), col(d.number)).limit(limit)).all()
    return _shown(db, project, rows)


def read_place(cursor: str) -> Place:
    """Read the cursor of a page; raises InputError for what is none."""
    score, _, rest = cursor.partition("~")
    kind, _, number = rest.partition("~")
    try:
        place = int(score), str(DemandKind(kind)), int(number)
        if not (0 <= place[0] < MAX_NUMBER and 0 < place[2] < MAX_NUMBER):
            raise ValueError(cursor)
    except ValueError:
        raise InputError("the cursor is not one that this list gave; start from the first page") from None
    return place


def write_place(entry: Demand) -> str:
    """Write the cursor that goes on behind an entry.

    >>> read_place("2500~category~12")
    (2500, 'category', 12)
    """
    return f"{round(entry.score * THOUSANDTHS)}~{entry.kind}~{entry.number}"


def asked_by_others(db: Connection, project: str, form: str, *, user: str, now: datetime) -> int:
    """Count the other people who asked the same within 7 days."""
    if not form:
        return 0
    asked = {"project": project, "form": form, "since": now - SEEN_WITHIN, "user": clip(user, 200)}
    return int(db.execute(_asked_by_others(), asked).scalar_one())


@cache
def _asked_by_others() -> Any:
    return select(func.count(col(QuestionRow.user).distinct())).where(
        col(QuestionRow.project) == bindparam("project"),
        col(QuestionRow.form) == bindparam("form"),
        col(QuestionRow.at) >= bindparam("since"),
        col(QuestionRow.user) != bindparam("user"),
    )


def _is_open() -> Any:
    return and_(
        col(CategoryRow.state) == "active", col(CategoryRow.solution).is_(None), col(CategoryRow.ignored).is_(False)
    )


def _conditions(project: str, wanted: Wanted) -> list[Any]:
    conditions: list[Any] = []
    if wanted.kinds:
        conditions.append(col(DemandRow.kind).in_(wanted.kinds))
    if wanted.service:
        conditions.append(col(DemandRow.kind) == DemandKind.CATEGORY)
        conditions.append(
            col(DemandRow.number).in_(
                select(col(DemandServiceRow.category)).where(
                    col(DemandServiceRow.project) == project, col(DemandServiceRow.service) == storable(wanted.service)
                )
            )
        )
    if wanted.asked_since is not None:
        conditions.append(col(DemandRow.asked_at) >= wanted.asked_since)
    return conditions


def _shown(db: Connection, project: str, rows: Sequence[Any]) -> list[Demand]:
    categories = [row.number for row in rows if row.kind == DemandKind.CATEGORY]
    questions = [row.number for row in rows if row.kind == DemandKind.QUESTION]
    known = briefs(db, project, categories)
    asked = select(col(QuestionRow.id), col(QuestionRow.text)).where(
        col(QuestionRow.project) == project, col(QuestionRow.id).in_(questions)
    )
    text_of = {row[0]: row[1] for row in db.execute(asked)} if questions else {}
    services = _services(db, project, categories)
    shown = []
    for row in rows:
        kind, brief = DemandKind(row.kind), known.get(row.number)
        is_category = kind is DemandKind.CATEGORY
        text = (brief.template if brief else "") if is_category else text_of.get(row.number, "")
        shown.append(
            Demand(
                kind=kind,
                number=row.number,
                score=row.score / THOUSANDTHS,
                counted=Counted(row.people, row.seen, row.day, row.handed_over, row.asked_at),
                label=brief.label if is_category and brief else None,
                text=clip(text, TEXT_SHOWN),
                services=tuple(services.get(row.number, ())) if is_category else (),
            )
        )
    return shown


def _services(db: Connection, project: str, categories: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    if categories:
        query = select(col(DemandServiceRow.category), col(DemandServiceRow.service)).where(
            col(DemandServiceRow.project) == project, col(DemandServiceRow.category).in_(list(categories))
        )
        for category, service in sorted((row[0], row[1]) for row in db.execute(query)):
            found.setdefault(category, []).append(service)
    return found
