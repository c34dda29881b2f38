"""Must-link and cannot-link: what people said of two templates, obeyed by every later clustering."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update
from sqlmodel import col

from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.tables import FactRow
from knowledge_base.store.text import clip
from knowledge_base.types import FactKind

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about two templates, given by their numbers; ``left`` is the smaller one."""

    id: int
    kind: FactKind
    left: int
    right: int


def add(
    db: Connection, project: str, kind: FactKind, pairs: Iterable[tuple[int, int]], *, actor: str, now: datetime
) -> list[int]:
    """Keep facts; tell their numbers."""
    ordered = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    if not ordered:
        return []
    numbers = take_numbers(db, "fact", len(ordered))
    db.execute(
        insert(FactRow),
        [
            {
                "project": project,
                "id": number,
                "kind": kind,
                "left": left,
                "right": right,
                "actor": clip(actor, 200),
                "at": now,
            }
            for number, (left, right) in zip(numbers, ordered, strict=True)
        ],
    )
    return list(numbers)


def about(db: Connection, project: str, templates: Collection[int]) -> list[Fact]:
    """Read the standing facts that touch any of the templates."""
    wanted = sorted(templates)
    found: dict[int, Fact] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        query = select(col(FactRow.id), col(FactRow.kind), col(FactRow.left), col(FactRow.right)).where(
            col(FactRow.project) == project,
            col(FactRow.undone_at).is_(None),
            or_(col(FactRow.left).in_(chunk), col(FactRow.right).in_(chunk)),
        )
        found.update({row[0]: Fact(row[0], FactKind(row[1]), row[2], row[3]) for row in db.execute(query)})
    return sorted(found.values(), key=lambda fact: fact.id)


def named(db: Connection, project: str, ids: Collection[int]) -> list[Fact]:
    """Read facts by their numbers, also those that were taken back."""
    query = select(col(FactRow.id), col(FactRow.kind), col(FactRow.left), col(FactRow.right))
    return [
        Fact(row[0], FactKind(row[1]), row[2], row[3])
        for mine in _mine(project, sorted(ids))
        for row in db.execute(query.where(*mine).order_by(col(FactRow.id)))
    ]


def standing(db: Connection, project: str) -> list[Fact]:
    """Read all facts that hold."""
    query = (
        select(col(FactRow.id), col(FactRow.kind), col(FactRow.left), col(FactRow.right))
        .where(col(FactRow.project) == project, col(FactRow.undone_at).is_(None))
        .order_by(col(FactRow.id))
    )
    return [Fact(row[0], FactKind(row[1]), row[2], row[3]) for row in db.execute(query)]


def withdraw(db: Connection, project: str, ids: Sequence[int], now: datetime) -> None:
    """Take facts back."""
    for mine in _mine(project, ids):
        db.execute(update(FactRow).where(*mine).values(undone_at=now))


def forget(db: Connection, project: str, ids: Sequence[int]) -> None:
    """Drop facts, so that nothing restores them: an act that took them back meanwhile may be taken back itself."""
    for mine in _mine(project, ids):
        db.execute(delete(FactRow).where(*mine))


def restore(db: Connection, project: str, ids: Sequence[int]) -> None:
    """Let facts hold again that were taken back."""
    for mine in _mine(project, ids):
        db.execute(update(FactRow).where(*mine).values(undone_at=None))


def _mine(project: str, ids: Sequence[int]) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Give the conditions for facts by their numbers, so many at a time as a statement takes."""
    for start in range(0, len(ids), CHUNK):
        yield col(FactRow.project) == project, col(FactRow.id).in_(list(ids[start : start + CHUNK]))
