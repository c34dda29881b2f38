"""Templates as people see them, with why they are where they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import category_sums
from knowledge_base.store.tables import TemplateRow
from knowledge_base.types import Reason, Template, Why


def templates_in(db: Connection, project: str, number: int, limit: int = 200) -> list[Template]:
    """Read the living templates of a category with why they are there, most frequent first.

    Those of a crowded category are chosen among the ones that were most frequent when its sums were made.
    """
    query = (
        select(TemplateRow.__table__)  # type: ignore[attr-defined]
        .where(col(TemplateRow.project) == project, col(TemplateRow.evicted_at).is_(None))
        .order_by(col(TemplateRow.count).desc(), col(TemplateRow.id))
        .limit(limit)
    )
    frequent = category_sums.frequent_in_crowded(db, project, number)
    if len(frequent) >= limit:
        # The sum keeps SQLite from walking through the whole category.
        chosen = query.where(col(TemplateRow.id).in_(frequent), col(TemplateRow.category) + 0 == number)
        rows = db.execute(chosen).all()
        if len(rows) == limit:
            return [read_template(row) for row in rows]
    return [read_template(row) for row in db.execute(query.where(col(TemplateRow.category) == number))]


def read_templates(db: Connection, project: str, wanted: Sequence[int]) -> list[Template]:
    """Read templates by their numbers, in the order of the numbers; those that are not there are left out."""
    query = select(TemplateRow.__table__).where(  # type: ignore[attr-defined]
        col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(wanted))
    )
    return [read_template(row) for row in db.execute(query.order_by(col(TemplateRow.id)))]


def times_seen(db: Connection, project: str, number: int) -> tuple[int, datetime] | None:
    """Tell how often a template was seen and when last; None where it is not there."""
    row = db.execute(_times_seen(), {"project": project, "number": number}).first()
    return None if row is None else (row[0], row[1])


@cache
def _times_seen() -> Any:
    return select(col(TemplateRow.count), col(TemplateRow.last_seen)).where(
        col(TemplateRow.project) == bindparam("project"), col(TemplateRow.id) == bindparam("number")
    )


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
            rule=reason.get("rule"),
        ),
        count=row._mapping["count"],
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        evicted_at=row.evicted_at,
    )


def template_total(db: Connection, project: str) -> int:
    """Count the living templates of a project."""
    alive = (col(TemplateRow.project) == project, col(TemplateRow.evicted_at).is_(None))
    return int(db.execute(select(func.count()).where(*alive)).scalar_one())


def get_template(db: Connection, project: str, public: str) -> Template:
    """Read one template by its public id, also one that was evicted; raises NotFound."""
    found = read_templates(db, project, [number_of(Prefix.TEMPLATE, public)])
    if not found:
        raise NotFound(f"there is no template {public[:40]} in project {project!r}")
    return found[0]
