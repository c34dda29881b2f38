"""What a window is clustered against, read in one transaction and checked again before writing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from ingest.clustering.grouping import Standing
from knowledge_base.store import facts
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import FactKind

CHUNK = 500


@dataclass(frozen=True, slots=True)
class PendingTemplate:
    """A template that no window has clustered yet."""

    id: int
    category: int
    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Standings of the categories that take part, and the pairs that people keep apart."""

    standings: dict[int, Standing]
    forbidden: frozenset[frozenset[int]]


def read_pending(db: Connection, project: str, limit: int) -> list[PendingTemplate]:
    """Read the oldest templates that wait for a window."""
    query = (
        select(col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.text), col(TemplateRow.codes))
        .where(col(TemplateRow.project) == project, col(TemplateRow.clustered).is_(False))
        .order_by(col(TemplateRow.id))
        .limit(limit)
    )
    return [PendingTemplate(row[0], row[1], row[2], tuple(row[3])) for row in db.execute(query)]


def read_snapshot(db: Connection, project: str, categories: Collection[int]) -> Snapshot:
    """Read what people said of some categories; those that were merged meanwhile are missing."""
    return Snapshot(_standings(db, project, sorted(categories)), _forbidden(db, project, categories))


def _standings(db: Connection, project: str, categories: Sequence[int]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    for start in range(0, len(categories), CHUNK):
        query = select(
            col(CategoryRow.id), col(CategoryRow.label), col(CategoryRow.solution), col(CategoryRow.ignored)
        ).where(
            col(CategoryRow.project) == project,
            col(CategoryRow.id).in_(categories[start : start + CHUNK]),
            col(CategoryRow.state) == "active",
        )
        for number, label, solution, ignored in db.execute(query):
            found[number] = Standing(bool(label) or solution is not None or ignored, solution)
    return found


def _forbidden(db: Connection, project: str, categories: Collection[int]) -> frozenset[frozenset[int]]:
    kept_apart = [fact for fact in facts.standing(db, project) if fact.kind is FactKind.CANNOT_LINK]
    named = sorted({number for fact in kept_apart for number in (fact.left, fact.right)})
    homes: dict[int, int] = {}
    for start in range(0, len(named), CHUNK):
        query = select(col(TemplateRow.id), col(TemplateRow.category)).where(
            col(TemplateRow.project) == project, col(TemplateRow.id).in_(named[start : start + CHUNK])
        )
        homes.update({row[0]: row[1] for row in db.execute(query)})
    wanted = set(categories)
    pairs = (
        frozenset((homes[fact.left], homes[fact.right]))
        for fact in kept_apart
        if fact.left in homes and fact.right in homes
    )
    return frozenset(pair for pair in pairs if pair <= wanted and len(pair) == 2)
