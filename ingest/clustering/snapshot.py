"""What a window is clustered against, read in one transaction and checked again before writing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from ingest.clustering.grouping import Standing
from knowledge_base.store.grouping import facts
from knowledge_base.store.intake.waiting import ALWAYS, Span
from knowledge_base.store.rules import keep_rules
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
    """What people said of the categories that take part, by numbers.

    ``forbidden`` holds pairs of categories that they keep apart, ``named`` the categories whose label or solution may
    be offered to others.
    """

    standings: dict[int, Standing]
    forbidden: frozenset[frozenset[int]]
    named: frozenset[int] = frozenset()


def read_pending(db: Connection, project: str, limit: int, within: Span = ALWAYS) -> list[PendingTemplate]:
    """Read the oldest templates that wait for a window, those of a span of event time."""
    query = (
        select(col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.text), col(TemplateRow.codes))
        .where(col(TemplateRow.project) == project, col(TemplateRow.clustered).is_(False), *within.clauses())
        .order_by(col(TemplateRow.id))
        .limit(limit)
    )
    return [PendingTemplate(row[0], row[1], row[2], tuple(row[3])) for row in db.execute(query)]


def read_snapshot(db: Connection, project: str, categories: Collection[int]) -> Snapshot:
    """Read what people said of some categories; those that were merged meanwhile are missing."""
    said = facts.standing(db, project)
    homes = _homes(db, project, sorted({number for fact in said for number in (fact.left, fact.right)}))
    wanted = set(categories)
    apart, linked = set[frozenset[int]](), list[tuple[int, int]]()
    for fact in said:
        pair = frozenset({homes.get(fact.left, 0), homes.get(fact.right, 0)})
        if not pair <= wanted:
            continue
        if fact.kind is FactKind.CANNOT_LINK and len(pair) == 2:
            apart.add(pair)
        elif fact.kind is FactKind.MUST_LINK:
            linked.append((fact.left, fact.right))
    kept = keep_rules.kept(db, project)
    # A rule, too, puts together what may be unlike.
    mixed = {homes[left] for left, right in linked if homes[left] == homes[right]} | kept
    standings, named = _standings(db, project, sorted(categories), mixed, kept)
    return Snapshot(standings, frozenset(apart), named)


def _standings(
    db: Connection, project: str, categories: Sequence[int], mixed: Collection[int], kept: Collection[int]
) -> tuple[dict[int, Standing], frozenset[int]]:
    found: dict[int, Standing] = {}
    named = set[int]()
    for start in range(0, len(categories), CHUNK):
        query = select(
            col(CategoryRow.id), col(CategoryRow.label), col(CategoryRow.solution), col(CategoryRow.ignored)
        ).where(
            col(CategoryRow.project) == project,
            col(CategoryRow.id).in_(categories[start : start + CHUNK]),
            col(CategoryRow.state) == "active",
        )
        for number, label, solution, ignored in db.execute(query):
            said = bool(label) or solution is not None
            found[number] = Standing(said or ignored or number in kept, solution, number in mixed)
            if said and not ignored:
                named.add(number)
    return found, frozenset(named)


def _homes(db: Connection, project: str, templates: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(templates), CHUNK):
        query = select(col(TemplateRow.id), col(TemplateRow.category)).where(
            col(TemplateRow.project) == project, col(TemplateRow.id).in_(templates[start : start + CHUNK])
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    return found
