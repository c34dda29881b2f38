"""Places where any word may stand, and the words that were seen at places where that is not known yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlmodel import col

from knowledge_base.store.grouping.templates import LOOKUP_CHUNK, TemplateRef
from knowledge_base.store.grouping.wildcard_tables import SightingRow, WildcardRow
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.upserts import insert_or_replace, insert_or_skip


@dataclass(frozen=True, slots=True)
class Sighting:
    """A word at a place of a template; place and word are hashes."""

    place: int
    word: int
    template: int


@dataclass(frozen=True, slots=True)
class KnownWildcard:
    """Where a place leads to, and how many places of its key were found to be variables."""

    ref: TemplateRef
    depth: int


def deepest(db: Connection, project: str) -> int:
    """Tell the most variable places that a key of the project has; 0 where none has any."""
    return int(db.execute(_deepest(), {"project": project}).scalar() or 0)


@cache
def _deepest() -> Any:
    return select(func.max(col(WildcardRow.depth))).where(col(WildcardRow.project) == bindparam("project"))


def find(db: Connection, project: str, places: Iterable[int]) -> dict[int, KnownWildcard]:
    """Look places up; those that are not known, and those whose template was evicted, are left out."""
    wanted = list(dict.fromkeys(places))
    found: dict[int, KnownWildcard] = {}
    for start in range(0, len(wanted), LOOKUP_CHUNK):
        query = (
            select(col(WildcardRow.place), col(WildcardRow.depth), col(TemplateRow.id), col(TemplateRow.category))
            .join(
                TemplateRow,
                (col(TemplateRow.project) == col(WildcardRow.project))
                & (col(TemplateRow.id) == col(WildcardRow.template)),
            )
            .where(
                col(WildcardRow.project) == project,
                col(WildcardRow.place).in_(wanted[start : start + LOOKUP_CHUNK]),
                col(TemplateRow.evicted_at).is_(None),
            )
        )
        found.update({row[0]: KnownWildcard(TemplateRef(row[2], row[3]), row[1]) for row in db.execute(query)})
    return found


def living(db: Connection, project: str, wanted: Collection[int]) -> dict[int, TemplateRef]:
    """Tell where templates are now; those that were evicted are left out."""
    numbers = sorted(wanted)
    found: dict[int, TemplateRef] = {}
    for start in range(0, len(numbers), LOOKUP_CHUNK):
        query = select(col(TemplateRow.id), col(TemplateRow.category)).where(
            col(TemplateRow.project) == project,
            col(TemplateRow.id).in_(numbers[start : start + LOOKUP_CHUNK]),
            col(TemplateRow.evicted_at).is_(None),
        )
        found.update({row[0]: TemplateRef(row[0], row[1]) for row in db.execute(query)})
    return found


def add(db: Connection, project: str, place: int, template: int, depth: int) -> None:
    """Let a place lead to a template."""
    row = {"project": project, "place": place, "template": template, "depth": depth}
    insert_or_replace(db, WildcardRow, ["project", "place"], [row])


def depths(db: Connection, project: str, templates: Sequence[int]) -> dict[int, int]:
    """Tell how many variable places templates have, of those that have any."""
    found: dict[int, int] = {}
    for start in range(0, len(templates), LOOKUP_CHUNK):
        query = (
            select(col(WildcardRow.template), func.max(col(WildcardRow.depth)))
            .where(
                col(WildcardRow.project) == project,
                col(WildcardRow.template).in_(templates[start : start + LOOKUP_CHUNK]),
            )
            .group_by(col(WildcardRow.template))
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    return found


def sightings(db: Connection, project: str, places: Iterable[int]) -> list[Sighting]:
    """Read what was seen at some places."""
    wanted = list(dict.fromkeys(places))
    found: list[Sighting] = []
    for start in range(0, len(wanted), LOOKUP_CHUNK):
        query = select(col(SightingRow.place), col(SightingRow.word), col(SightingRow.template)).where(
            col(SightingRow.project) == project, col(SightingRow.place).in_(wanted[start : start + LOOKUP_CHUNK])
        )
        found += [Sighting(*row) for row in db.execute(query)]
    return found


def add_sightings(db: Connection, project: str, seen: Iterable[Sighting]) -> None:
    """Keep what was seen; a word at a place once."""
    rows = [
        {"project": project, "place": each.place, "word": each.word, "template": each.template}
        for each in sorted(seen, key=lambda each: (each.place, each.word))
    ]
    insert_or_skip(db, SightingRow, rows)


def forget_oldest(db: Connection, project: str, *, keep: int) -> None:
    """Forget what was seen in the oldest templates, so that about ``keep`` sightings stay."""
    mine = col(SightingRow.project) == project
    newest_too_old = (
        select(col(SightingRow.template)).where(mine).order_by(col(SightingRow.template).desc()).offset(keep).limit(1)
    )
    limit = db.execute(newest_too_old).scalar()
    if limit is not None:
        db.execute(delete(SightingRow).where(mine, col(SightingRow.template) <= limit))
