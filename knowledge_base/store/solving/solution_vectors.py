"""Vectors of published solutions: made outside of transactions, kept beside the solutions, followed by replicas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, select
from sqlmodel import col

from knowledge_base.store.projects import next_solutions
from knowledge_base.store.solving.solution_tables import SolutionVectorRow
from knowledge_base.store.tables import SolutionRow
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.types import SolutionState

PORTION = 500


@dataclass(frozen=True, slots=True)
class NewVector:
    """The vector of a version of a solution; ``digest`` names its texts.

    ``vector`` is float32, all parts one after the other.
    """

    solution: int
    version: int
    digest: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class KeptVector:
    """A vector that is there, and for which text of which version of which solution."""

    solution: int
    version: int
    digest: str
    vector: bytes


def _kept(project: str, backend: str) -> Any:
    return select(
        col(SolutionVectorRow.solution),
        col(SolutionVectorRow.version),
        col(SolutionVectorRow.digest),
        col(SolutionVectorRow.vector),
    ).where(col(SolutionVectorRow.project) == project, col(SolutionVectorRow.backend) == backend)


def missing(db: Connection, project: str, backend: str, form: str, limit: int, *, since: int = -1) -> list[int]:
    """Name published solutions whose newest version has no vector under a back end, the newest solutions first.

    ``form`` is what the digests of the present way to put a text begin with. Only what changed behind the state
    ``since`` of the project's solutions is looked at.
    """
    has = exists().where(
        col(SolutionVectorRow.project) == col(SolutionRow.project),
        col(SolutionVectorRow.backend) == backend,
        col(SolutionVectorRow.solution) == col(SolutionRow.id),
        col(SolutionVectorRow.version) == col(SolutionRow.version),
        col(SolutionVectorRow.digest).startswith(form, autoescape=True),
    )
    query = select(col(SolutionRow.id)).where(
        col(SolutionRow.project) == project,
        col(SolutionRow.generation) > since,
        col(SolutionRow.state) == SolutionState.PUBLISHED,
        ~has,
    )
    return list(db.execute(query.order_by(col(SolutionRow.id).desc()).limit(limit)).scalars())


def read(db: Connection, project: str, backend: str, numbers: Sequence[int]) -> list[KeptVector]:
    """Read the vectors that solutions have under a back end, of whichever version."""
    found: list[KeptVector] = []
    for start in range(0, len(numbers), PORTION):
        some = col(SolutionVectorRow.solution).in_(list(numbers[start : start + PORTION]))
        found += (KeptVector(*row) for row in db.execute(_kept(project, backend).where(some)))
    return found


def put(db: Connection, project: str, backend: str, vectors: Sequence[NewVector]) -> None:
    """Keep vectors in place of those that the solutions had; replicas will follow."""
    if not vectors:
        return
    state = next_solutions(db, project)
    insert_or_replace(
        db,
        SolutionVectorRow,
        ("project", "backend", "solution"),
        [
            {
                "project": project,
                "backend": backend,
                "solution": each.solution,
                "version": each.version,
                "digest": each.digest,
                "vector": each.vector,
                "generation": state,
            }
            for each in vectors
        ],
    )


def changed(db: Connection, project: str, backend: str, state: int) -> Iterator[list[KeptVector]]:
    """Read in portions the vectors that came behind a state of the project's solutions; behind -1 is everything."""
    query = _kept(project, backend).where(col(SolutionVectorRow.generation) > state)
    rows = db.execute(query.execution_options(yield_per=PORTION))
    return ([KeptVector(*row) for row in portion] for portion in rows.partitions())


def changed_versions(db: Connection, project: str, state: int) -> Iterator[list[tuple[int, int, bool]]]:
    """Read in portions number, newest version and whether it is published of solutions changed behind a state."""
    query = (
        select(col(SolutionRow.id), col(SolutionRow.version), col(SolutionRow.state) == SolutionState.PUBLISHED)
        .where(col(SolutionRow.project) == project, col(SolutionRow.generation) > state)
        .execution_options(yield_per=PORTION)
    )
    return ([(row[0], row[1], row[2]) for row in portion] for portion in db.execute(query).partitions())


def has_others(db: Connection, project: str, backends: Collection[str]) -> bool:
    """Tell whether there are vectors of other back ends than these."""
    query = select(col(SolutionVectorRow.solution)).where(*_of_others(project, backends)).limit(1)
    return db.execute(query).first() is not None


def tidy(db: Connection, project: str, backends: Collection[str], limit: int) -> int:
    """Drop vectors of other back ends than these, so many at most; tell how many."""
    query = select(col(SolutionVectorRow.backend), col(SolutionVectorRow.solution))
    query = query.where(*_of_others(project, backends)).limit(limit)
    found: dict[str, list[int]] = {}
    for backend, number in db.execute(query):
        found.setdefault(backend, []).append(number)
    for backend, numbers in found.items():
        db.execute(
            delete(SolutionVectorRow).where(
                col(SolutionVectorRow.project) == project,
                col(SolutionVectorRow.backend) == backend,
                col(SolutionVectorRow.solution).in_(numbers),
            )
        )
    return sum(map(len, found.values()))


def _of_others(project: str, backends: Collection[str]) -> Sequence[ColumnElement[bool]]:
    return col(SolutionVectorRow.project) == project, col(SolutionVectorRow.backend).not_in(list(backends))
