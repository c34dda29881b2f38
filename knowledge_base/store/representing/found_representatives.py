"""Representatives as a search reads them: many at once, and of each only what a question is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select
from sqlmodel import col

from knowledge_base.store.representing import backends
from knowledge_base.store.tables import RepresentativeRow

CHUNK = 500

FoundRow = tuple[int, int, int | None, str, list[str], int | None]
"""Number, category, template, text, error codes, and what people taught where the text is that of a question."""


def by_number(db: Connection, project: str, numbers: Sequence[int]) -> list[FoundRow]:
    """Read representatives by their numbers, in no order; those that were removed are left out."""
    found: list[FoundRow] = []
    for start in range(0, len(numbers), CHUNK):
        wanted = {"project": project, "numbers": list(numbers[start : start + CHUNK])}
        found += db.execute(_by_number(), wanted).all()
    return found


def by_category(db: Connection, project: str, categories: Sequence[int], backend: str) -> list[FoundRow]:
    """Read the living representatives of some categories that have a vector under a back end, by number."""
    wanted = {"project": project, "categories": list(categories), "backend": backend}
    # Ordered here: asked to do it, SQLite walks through all representatives by their numbers.
    return sorted(db.execute(_by_category(), wanted).all(), key=_number)


def _number(row: FoundRow) -> int:
    return row[0]


def _living() -> Any:
    return select(
        col(RepresentativeRow.id),
        col(RepresentativeRow.category),
        col(RepresentativeRow.template),
        col(RepresentativeRow.text),
        col(RepresentativeRow.codes),
        col(RepresentativeRow.learnt),
    ).where(col(RepresentativeRow.project) == bindparam("project"), col(RepresentativeRow.removed).is_(False))


@cache
def _by_number() -> Any:
    return _living().where(col(RepresentativeRow.id).in_(bindparam("numbers", expanding=True)))


@cache
def _by_category() -> Any:
    backend: BindParameter[str] = bindparam("backend")
    return _living().where(
        col(RepresentativeRow.category).in_(bindparam("categories", expanding=True)),
        or_(col(RepresentativeRow.backend) == backend, backends.has_vector(backend)),
    )
