"""What is left of an evicted category: its id, its times and its counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.errors import Conflict, NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.tables import TemplateRow
from knowledge_base.types import Category

EVICTED = "evicted"
"""The state of its row, and the status that people see."""


def tombstone(db: Connection, project: str, number: int, aliases: Sequence[int] = ()) -> Category:
    """Read a category whose templates were all evicted; raises NotFound where it never held any."""
    seen, first, last, evicted_at = db.execute(
        select(
            func.sum(col(TemplateRow.count)),
            func.min(col(TemplateRow.first_seen)),
            func.max(col(TemplateRow.last_seen)),
            func.max(col(TemplateRow.evicted_at)),
        ).where(col(TemplateRow.project) == project, col(TemplateRow.category) == number)
    ).one()
    if evicted_at is None:
        raise NotFound(f"category {public_id(Prefix.CATEGORY, number)} holds no templates any more")
    return Category(
        id=public_id(Prefix.CATEGORY, number),
        label=None,
        status=EVICTED,
        keywords=(),
        template="",
        systems=(),
        templates=0,
        count=int(seen),
        asked=0,
        first_seen=first,
        last_seen=last,
        aliases=tuple(public_id(Prefix.CATEGORY, each) for each in aliases),
        evicted_at=evicted_at,
    )


def require_alive(db: Connection, project: str, number: int) -> None:
    """Raise Conflict, with what to do, for a category whose templates were all evicted."""
    if is_evicted(db, project, number):
        raise Conflict(
            f"{public_id(Prefix.CATEGORY, number)} was evicted to make room for newer ones; "
            "when its lines come again they begin a new category"
        )


def is_evicted(db: Connection, project: str, number: int) -> bool:
    """Tell whether all that a category held was evicted."""
    rows = (col(TemplateRow.project) == project, col(TemplateRow.category) == number)
    alive = col(TemplateRow.evicted_at).is_(None)
    return (
        db.execute(select(col(TemplateRow.id)).where(*rows, alive).limit(1)).first() is None
        and db.execute(select(col(TemplateRow.id)).where(*rows).limit(1)).first() is not None
    )
