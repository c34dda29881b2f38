"""Representatives and their vectors: the truth that every replica of the index follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.store.projects import next_generation, take_numbers
from knowledge_base.store.tables import RepresentativeRow
from knowledge_base.store.text import storable

CHUNK = 500


@dataclass(frozen=True, slots=True)
class NewRepresentative:
    """A text that shall stand for a category; ``vector`` is float32 in the machine's byte order."""

    category: int
    template: int | None
    text: str
    codes: tuple[str, ...]
    vector: bytes


@dataclass(frozen=True, slots=True)
class StoredRepresentative:
    """A representative with numbers in place of public ids."""

    id: int
    category: int
    template: int | None
    text: str
    codes: list[str]
    backend: str
    generation: int
    removed: bool


_COLUMNS = (
    col(RepresentativeRow.id),
    col(RepresentativeRow.category),
    col(RepresentativeRow.template),
    col(RepresentativeRow.text),
    col(RepresentativeRow.codes),
    col(RepresentativeRow.backend),
    col(RepresentativeRow.generation),
    col(RepresentativeRow.removed),
)


def add(db: Connection, project: str, new: Sequence[NewRepresentative], backend: str) -> range:
    """Add representatives as one generation; tell their numbers."""
    if not new:
        return range(0)
    numbers = take_numbers(db, "representative", len(new))
    state = next_generation(db, project)
    db.execute(
        insert(RepresentativeRow),
        [
            {
                "project": project,
                "id": number,
                "category": each.category,
                "template": each.template,
                "text": storable(each.text),
                "codes": list(each.codes),
                "vector": each.vector,
                "backend": backend,
                "generation": state,
                "removed": False,
            }
            for number, each in zip(numbers, new, strict=True)
        ],
    )
    return numbers


def remove(db: Connection, project: str, ids: Sequence[int]) -> None:
    """Turn representatives into tombstones that replicas will follow."""
    if ids:
        db.execute(
            update(RepresentativeRow)
            .where(col(RepresentativeRow.project) == project, col(RepresentativeRow.id).in_(list(ids)))
            .values(removed=True, generation=next_generation(db, project))
        )


def remove_one(db: Connection, project: str, number: int) -> StoredRepresentative:
    """Remove one representative by hand; raises NotFound where it is not there."""
    row = db.execute(
        select(*_COLUMNS).where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.id) == number,
            col(RepresentativeRow.removed).is_(False),
        )
    ).first()
    if row is None:
        raise NotFound(f"there is no representative {number}")
    remove(db, project, [number])
    return StoredRepresentative(*row)


def follow_templates(db: Connection, project: str, moves: Mapping[int, int]) -> None:
    """Let representatives follow their templates into other categories."""
    if not moves:
        return
    state = next_generation(db, project)
    db.execute(
        update(RepresentativeRow)
        .where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.template) == bindparam("moved"),
            col(RepresentativeRow.removed).is_(False),
        )
        .values(category=bindparam("target"), generation=state),
        [{"moved": template, "target": category} for template, category in moves.items()],
    )


def follow_categories(db: Connection, project: str, sources: Sequence[int], target: int) -> None:
    """Let all representatives of some categories stand for another one."""
    db.execute(
        update(RepresentativeRow)
        .where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.category).in_(sources),
            col(RepresentativeRow.removed).is_(False),
        )
        .values(category=target, generation=next_generation(db, project))
    )


def since(db: Connection, project: str, backend: str, generation: int) -> list[StoredRepresentative]:
    """Read what changed behind a generation, tombstones too, of one embedding back end."""
    query = (
        select(*_COLUMNS)
        .where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.backend) == backend,
            col(RepresentativeRow.generation) > generation,
        )
        .order_by(col(RepresentativeRow.generation), col(RepresentativeRow.id))
    )
    return [StoredRepresentative(*row) for row in db.execute(query)]


def vectors(db: Connection, project: str, ids: Sequence[int]) -> list[bytes]:
    """Read the vectors of representatives, in the order of the ids; raises KeyError where one is missing."""
    found: dict[int, bytes] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(col(RepresentativeRow.id), col(RepresentativeRow.vector)).where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.id).in_(list(ids[start : start + CHUNK])),
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    return [found[number] for number in ids]


def of_categories(db: Connection, project: str, categories: Sequence[int]) -> list[StoredRepresentative]:
    """Read the living representatives of some categories."""
    query = (
        select(*_COLUMNS)
        .where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.category).in_(list(categories)),
            col(RepresentativeRow.removed).is_(False),
        )
        .order_by(col(RepresentativeRow.id))
    )
    return [StoredRepresentative(*row) for row in db.execute(query)]


def counted(db: Connection, project: str) -> tuple[int, set[str]]:
    """Count the living representatives and name the back ends that made them."""
    rows = db.execute(
        select(col(RepresentativeRow.backend)).where(
            col(RepresentativeRow.project) == project, col(RepresentativeRow.removed).is_(False)
        )
    ).scalars()
    backends = list(rows)
    return len(backends), set(backends)
