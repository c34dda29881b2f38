"""The words of published solutions, as indexes follow them, and which of them answer for a category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select
from sqlmodel import col

from knowledge_base.solution_details import Details
from knowledge_base.store.solving import solutions
from knowledge_base.store.tables import CategoryRow, SolutionRow, SolutionVersionRow
from knowledge_base.types import SolutionState

CHUNK = 500
PORTION = 500
BODY_READ = 2_000
"""Characters of a body that are read: what helps is said at its beginning, and indexes are no archive."""


@dataclass(frozen=True, slots=True)
class SolutionWords:
    """The newest version of a solution; what is no longer published is ``gone``.

    The body is only its beginning, followed by what the solution says in other languages.
    """

    number: int
    version: int
    title: str
    cause: str
    body: str
    gone: bool

    @property
    def named(self) -> str:
        """What it is about: title and cause."""
        return f"{self.title}\n{self.cause}".strip()


def _words(project: str) -> Any:
    return (
        select(
            col(SolutionRow.id),
            col(SolutionRow.version),
            col(SolutionVersionRow.title),
            col(SolutionVersionRow.cause),
            func.substr(col(SolutionVersionRow.body), 1, BODY_READ),
            col(SolutionRow.state) != SolutionState.PUBLISHED,
            col(SolutionVersionRow.details),
        )
        .join(
            SolutionVersionRow,
            solutions.is_newest(),
        )
        .where(col(SolutionRow.project) == project)
    )


def changed(db: Connection, project: str, state: int) -> Iterator[list[SolutionWords]]:
    """Read in portions what changed behind a state of the project's solutions; behind -1 is everything."""
    query = _words(project).where(col(SolutionRow.generation) > state).execution_options(yield_per=PORTION)
    return ([_read(row) for row in portion] for portion in db.execute(query).partitions())


def _read(row: Sequence[Any]) -> SolutionWords:
    number, version, title, cause, body, gone, details = row
    variants = Details.read(details or {}).variants
    parts = [body, *(part for each in variants for part in (each.title, each.cause, each.body[:BODY_READ]) if part)]
    return SolutionWords(number, version, title, cause, "\n".join(parts), gone)


def read(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, SolutionWords]:
    """Read published solutions by their numbers; others are left out."""
    found: dict[int, SolutionWords] = {}
    for start in range(0, len(numbers), CHUNK):
        query = _words(project).where(
            col(SolutionRow.id).in_(list(numbers[start : start + CHUNK])),
            col(SolutionRow.state) == SolutionState.PUBLISHED,
        )
        found.update((row[0], _read(row)) for row in db.execute(query))
    return found


def versions(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, int]:
    """Give the newest version of those solutions that are published."""
    found: dict[int, int] = {}
    for start in range(0, len(numbers), CHUNK):
        query = select(col(SolutionRow.id), col(SolutionRow.version)).where(
            col(SolutionRow.project) == project,
            col(SolutionRow.id).in_(list(numbers[start : start + CHUNK])),
            col(SolutionRow.state) == SolutionState.PUBLISHED,
        )
        found.update((row[0], row[1]) for row in db.execute(query))
    return found


def answering(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, int]:
    """Give the newest version of those solutions that are published and answer for a category now."""
    found: dict[int, int] = {}
    for start in range(0, len(numbers), CHUNK):
        wanted = {"project": project, "numbers": list(numbers[start : start + CHUNK])}
        found.update((row[0], row[1]) for row in db.execute(_answering(), wanted).all())
    return found


@cache
def _answering() -> Any:
    return (
        select(col(SolutionRow.id), col(SolutionRow.version))
        .join(
            CategoryRow,
            and_(
                col(CategoryRow.project) == col(SolutionRow.project),
                col(CategoryRow.solution) == col(SolutionRow.id),
                col(CategoryRow.state) == "active",
            ),
        )
        .where(
            col(SolutionRow.project) == bindparam("project"),
            col(SolutionRow.id).in_(bindparam("numbers", expanding=True)),
            col(SolutionRow.state) == SolutionState.PUBLISHED,
        )
        .distinct()
    )
