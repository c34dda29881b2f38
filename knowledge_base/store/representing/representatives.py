"""Representatives and their vectors: the truth that every replica of the index follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, insert, or_, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.projects import next_generation
from knowledge_base.store.representing import backends, readings
from knowledge_base.store.representing.backend_tables import BackendRow, VectorRow
from knowledge_base.store.tables import RepresentativeRow
from knowledge_base.store.text import storable

CHUNK = 500
PORTION = 500
MOST_FOR_CATEGORY = 5
"""As many templates stand for a category at most, as a window leaves it."""


@dataclass(frozen=True, slots=True)
class NewRepresentative:
    """A text that shall stand for a category; ``vector`` is float32 in the machine's byte order.

    ``learnt`` is the number of what people taught, where the text is that of a question.
    """

    category: int
    template: int | None
    text: str
    codes: tuple[str, ...]
    vector: bytes
    learnt: int | None = None


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
    learnt: int | None = None


_COLUMNS = (
    col(RepresentativeRow.id),
    col(RepresentativeRow.category),
    col(RepresentativeRow.template),
    col(RepresentativeRow.text),
    col(RepresentativeRow.codes),
    col(RepresentativeRow.backend),
    col(RepresentativeRow.generation),
    col(RepresentativeRow.removed),
    col(RepresentativeRow.learnt),
)


def add(db: Connection, project: str, new: Sequence[NewRepresentative], backend: str) -> Sequence[int]:
    """Add representatives as one generation; tell their numbers."""
    if not new:
        return range(0)
    backends.claim(db, project, backend)
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
                "learnt": each.learnt,
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
        readings.forget(db, project, ids)


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
    """Read what changed behind a generation: what has a vector under a back end, and all tombstones."""
    found = [each for portion in walk(db, project, backend, generation) for each in portion]
    return sorted(found, key=lambda each: (each.generation, each.id))


def walk(db: Connection, project: str, backend: str, generation: int) -> Iterator[list[StoredRepresentative]]:
    """Read the same in portions, without tombstones and by number where it is all from the beginning."""
    here = (col(RepresentativeRow.backend) == backend, backends.has_vector(backend))
    query = select(*_COLUMNS).where(col(RepresentativeRow.project) == project)
    if generation:
        # In no order: a database may walk through all rows to save itself the sorting of a few.
        changed = col(RepresentativeRow.generation) > generation
        query = query.where(changed, or_(col(RepresentativeRow.removed), *here))
    else:
        query = query.where(col(RepresentativeRow.removed).is_(False), or_(*here)).order_by(col(RepresentativeRow.id))
    rows = db.execute(query.execution_options(yield_per=PORTION))
    return ([StoredRepresentative(*row) for row in portion] for portion in rows.partitions())


def read(db: Connection, project: str, ids: Sequence[int]) -> list[StoredRepresentative]:
    """Read representatives by their numbers; those that were removed are left out."""
    found: list[StoredRepresentative] = []
    for start in range(0, len(ids), CHUNK):
        wanted = {"project": project, "ids": list(ids[start : start + CHUNK])}
        found += [StoredRepresentative(*row) for row in db.execute(_by_number(), wanted)]
    return found


@cache
def _by_number() -> Any:
    return select(*_COLUMNS).where(
        col(RepresentativeRow.project) == bindparam("project"),
        col(RepresentativeRow.id).in_(bindparam("ids", expanding=True)),
        col(RepresentativeRow.removed).is_(False),
    )


def vectors(db: Connection, project: str, ids: Sequence[int]) -> list[bytes]:
    """Read the vectors of representatives under the back end that their project answers with.

    They come in the order of the ids; raises KeyError where one is missing.
    """
    used = select(col(BackendRow.used)).where(col(BackendRow.project) == project).scalar_subquery()
    prepared = and_(
        col(VectorRow.project) == project,
        col(VectorRow.backend) == used,
        col(VectorRow.representative) == col(RepresentativeRow.id),
    )
    vector = func.coalesce(col(VectorRow.vector), col(RepresentativeRow.vector))
    found: dict[int, bytes] = {}
    for start in range(0, len(ids), CHUNK):
        query = (
            select(col(RepresentativeRow.id), vector)
            .select_from(RepresentativeRow)
            .outerjoin(VectorRow, prepared)
            .where(
                col(RepresentativeRow.project) == project,
                col(RepresentativeRow.id).in_(list(ids[start : start + CHUNK])),
            )
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    return [found[number] for number in ids]


def crowded(db: Connection, project: str, categories: Collection[int]) -> list[int]:
    """Name for each category that more templates stand for than should the oldest of these."""
    templates: dict[int, list[int]] = {}
    for each in of_categories(db, project, sorted(set(categories))):
        if each.template is not None and each.learnt is None:
            templates.setdefault(each.category, []).append(each.template)
    return [min(found) for found in templates.values() if len(found) > MOST_FOR_CATEGORY]


def of_categories(
    db: Connection, project: str, categories: Sequence[int], *, backend: str | None = None
) -> list[StoredRepresentative]:
    """Read the living representatives of some categories; ``backend`` leaves out what has no vector under it."""
    wanted = {"project": project, "categories": list(categories), "backend": backend}
    if backend is None:
        del wanted["backend"]
    rows = db.execute(_by_category(has_backend=backend is not None), wanted)
    # Ordered here: asked to do it, SQLite walks through all representatives by their numbers.
    return sorted((StoredRepresentative(*row) for row in rows), key=lambda each: each.id)


@cache
def _by_category(*, has_backend: bool) -> Any:
    query = select(*_COLUMNS).where(
        col(RepresentativeRow.project) == bindparam("project"),
        col(RepresentativeRow.category).in_(bindparam("categories", expanding=True)),
        col(RepresentativeRow.removed).is_(False),
    )
    if not has_backend:
        return query
    backend: BindParameter[str] = bindparam("backend")
    return query.where(or_(col(RepresentativeRow.backend) == backend, backends.has_vector(backend)))
