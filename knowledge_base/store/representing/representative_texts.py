"""The texts of representatives, whatever back end made their vectors, as the lexical index follows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.store.tables import RepresentativeRow

PORTION = 500


@dataclass(frozen=True, slots=True)
class RepresentativeText:
    """What a representative says; ``gone`` tells that it is removed."""

    number: int
    text: str
    codes: list[str]
    gone: bool


def changed(db: Connection, project: str, generation: int) -> Iterator[list[RepresentativeText]]:
    """Read in portions what changed behind a generation; behind -1 is all that lives."""
    query = select(
        col(RepresentativeRow.id),
        col(RepresentativeRow.text),
        col(RepresentativeRow.codes),
        col(RepresentativeRow.removed),
    ).where(col(RepresentativeRow.project) == project)
    if generation < 0:
        query = query.where(col(RepresentativeRow.removed).is_(False))
    else:
        query = query.where(col(RepresentativeRow.generation) > generation)
    rows = db.execute(query.execution_options(yield_per=PORTION))
    return ([RepresentativeText(*row) for row in portion] for portion in rows.partitions())
