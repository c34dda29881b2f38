"""Who did what, and what is needed to take it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.tables import AuditRow, CategoryRow
from knowledge_base.store.text import clip

MACHINE = "kea"
OF_ACCOUNTS = ("token", "revoke token", "person", "role", "remove person", "password")
"""The acts that concern who may come in, not what is known."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act; ``undo`` is None where it cannot be taken back.

    ``imported_by`` says who brought it here in a file, which alone tells that ``actor`` did it; else it is empty.
    """

    id: int
    actor: str
    action: str
    category: int | None
    detail: Mapping[str, Any]
    undo: Mapping[str, Any] | None
    at: datetime
    undone_at: datetime | None
    imported_by: str = ""

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to take back."""
        return self.undo is not None and self.undone_at is None


_COLUMNS = (
    col(AuditRow.id),
    col(AuditRow.actor),
    col(AuditRow.action),
    col(AuditRow.category),
    col(AuditRow.detail),
    col(AuditRow.undo),
    col(AuditRow.at),
    col(AuditRow.undone_at),
    col(AuditRow.imported_by),
)


def write(
    db: Connection,
    project: str,
    *,
    actor: str,
    action: str,
    category: int | None,
    detail: Mapping[str, object],
    undo: Mapping[str, object] | None,
    now: datetime,
) -> int:
    """Keep an act; tell its number."""
    number = take_numbers(db, "audit", in_order_of=project)[0]
    db.execute(
        insert(AuditRow),
        [
            {
                "project": project,
                "id": number,
                "actor": clip(actor, 200),
                "action": action,
                "category": category,
                "detail": dict(detail),
                "undo": None if undo is None else dict(undo),
                "at": now,
            }
        ],
    )
    return number


def go_on(
    db: Connection, project: str, number: int, *, detail: Mapping[str, object], undo: Mapping[str, object]
) -> None:
    """Note how far an act is that takes several transactions."""
    db.execute(
        update(AuditRow)
        .where(col(AuditRow.project) == project, col(AuditRow.id) == number)
        .values(detail=dict(detail), undo=dict(undo))
    )


def get(db: Connection, project: str, number: int) -> Entry:
    """Read one act; raises NotFound."""
    row = db.execute(select(*_COLUMNS).where(col(AuditRow.project) == project, col(AuditRow.id) == number)).first()
    if row is None:
        raise NotFound(f"there is no act {number} in project {project!r}")
    return Entry(*row)


def mark_undone(db: Connection, project: str, number: int, now: datetime) -> None:
    """Note that an act was taken back."""
    db.execute(
        update(AuditRow).where(col(AuditRow.project) == project, col(AuditRow.id) == number).values(undone_at=now)
    )


def of_category(db: Connection, project: str, category: int, *, limit: int = 50) -> list[Entry]:
    """Read what was done to a category and to those that were merged into it, newest first."""
    merged = select(col(CategoryRow.id)).where(
        col(CategoryRow.project) == project, col(CategoryRow.merged_into) == category
    )
    query = (
        select(*_COLUMNS)
        .where(
            col(AuditRow.project) == project,
            or_(col(AuditRow.category) == category, col(AuditRow.category).in_(merged)),
        )
        .order_by(col(AuditRow.id).desc())
        .limit(limit)
    )
    return [Entry(*row) for row in db.execute(query)]


def was_done(db: Connection, project: str, category: int, actions: Collection[str]) -> bool:
    """Tell whether something of some kinds was ever done to a category or to one that was merged into it."""
    merged = select(col(CategoryRow.id)).where(
        col(CategoryRow.project) == project, col(CategoryRow.merged_into) == category
    )
    query = select(col(AuditRow.id)).where(
        col(AuditRow.project) == project,
        or_(col(AuditRow.category) == category, col(AuditRow.category).in_(merged)),
        col(AuditRow.action).in_(sorted(actions)),
    )
    return db.execute(query.limit(1)).first() is not None


def of_actions(db: Connection, project: str, actions: Collection[str], *, limit: int) -> list[Entry]:
    """Read the acts of some kinds, newest first."""
    query = (
        select(*_COLUMNS)
        .where(col(AuditRow.project) == project, col(AuditRow.action).in_(sorted(actions)))
        .order_by(col(AuditRow.id).desc())
        .limit(limit)
    )
    return [Entry(*row) for row in db.execute(query)]


def behind(db: Connection, project: str, number: int, *, limit: int) -> list[Entry]:
    """Read the acts that came behind one, newest first."""
    query = (
        select(*_COLUMNS)
        .where(col(AuditRow.project) == project, col(AuditRow.id) > number)
        .order_by(col(AuditRow.id).desc())
        .limit(limit)
    )
    return [Entry(*row) for row in db.execute(query)]


def acted_since(
    db: Connection, project: str, categories: Collection[int], actions: Collection[str], number: int
) -> set[int]:
    """Tell on which categories something of some kinds was done behind an act, or an act of these kinds taken back."""
    query = select(col(AuditRow.category), col(AuditRow.action), col(AuditRow.detail)).where(
        col(AuditRow.project) == project,
        col(AuditRow.category).in_(sorted(categories)),
        col(AuditRow.id) > number,
        col(AuditRow.action).in_([*sorted(actions), "undo"]),
    )
    return {row[0] for row in db.execute(query) if row[1] != "undo" or row[2].get("undone") in actions}


def standing_behind(db: Connection, project: str, number: int, actions: Collection[str]) -> list[Entry]:
    """Read the acts of some kinds that came behind one and were not taken back, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(
            col(AuditRow.project) == project,
            col(AuditRow.id) > number,
            col(AuditRow.action).in_(sorted(actions)),
            col(AuditRow.undone_at).is_(None),
        )
        .order_by(col(AuditRow.id))
    )
    return [Entry(*row) for row in db.execute(query)]


def newer_about(db: Connection, project: str, number: int, categories: list[int]) -> list[Entry]:
    """Read the standing acts that came behind one and touch the same categories, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(
            col(AuditRow.project) == project,
            col(AuditRow.id) > number,
            col(AuditRow.category).in_(categories),
            col(AuditRow.undone_at).is_(None),
            col(AuditRow.undo).is_not(None),
        )
        .order_by(col(AuditRow.id))
    )
    return [entry for entry in (Entry(*row) for row in db.execute(query)) if entry.undo is not None]
