"""What representatives say, as it was read once: kept beside them, so that nobody has to read them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select
from sqlmodel import col

from knowledge_base.store.representing import backends
from knowledge_base.store.representing.backend_tables import ReadingRow
from knowledge_base.store.tables import RepresentativeRow
from knowledge_base.store.upserts import insert_or_replace

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Walked:
    """Living representatives that a walk came by; ``unread`` are those without a reading of the wanted version."""

    numbers: tuple[int, ...]
    unread: tuple[int, ...]


def read(db: Connection, project: str, numbers: Sequence[int], version: str) -> dict[int, str]:
    """Give what some representatives say; those that were not read, or by another version, are left out."""
    found: dict[int, str] = {}
    for start in range(0, len(numbers), CHUNK):
        wanted = {"project": project, "numbers": list(numbers[start : start + CHUNK]), "version": version}
        found.update((number, said) for number, said in db.execute(_read(), wanted).all())
    return found


@cache
def _read() -> Any:
    return select(col(ReadingRow.representative), col(ReadingRow.said)).where(
        col(ReadingRow.project) == bindparam("project"),
        col(ReadingRow.representative).in_(bindparam("numbers", expanding=True)),
        col(ReadingRow.version) == bindparam("version"),
    )


def newest(db: Connection, project: str) -> int:
    """Give the highest number of a project's representatives, removed ones too; 0 where there is none."""
    query = select(func.max(col(RepresentativeRow.id))).where(col(RepresentativeRow.project) == project)
    return int(db.execute(query).scalar_one() or 0)


def walk_up(db: Connection, project: str, backend: str, version: str, *, above: int, limit: int) -> Walked:
    """Walk by the next living representatives with a vector above a number, in ascending order."""
    query = _walk(project, backend).where(col(RepresentativeRow.id) > above)
    return _walked(db.execute(query.order_by(col(RepresentativeRow.id)).limit(limit)), version)


def walk_down(db: Connection, project: str, backend: str, version: str, *, below: int, limit: int) -> Walked:
    """Walk by the next living representatives with a vector below a number, in descending order."""
    query = _walk(project, backend).where(col(RepresentativeRow.id) < below)
    return _walked(db.execute(query.order_by(col(RepresentativeRow.id).desc()).limit(limit)), version)


def put(db: Connection, project: str, said: Mapping[int, str], version: str) -> int:
    """Keep what representatives say, of those that are still there; tell how many these are.

    The caller holds the project.
    """
    living: list[int] = []
    numbers = list(said)
    for start in range(0, len(numbers), CHUNK):
        query = select(col(RepresentativeRow.id)).where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.id).in_(numbers[start : start + CHUNK]),
            col(RepresentativeRow.removed).is_(False),
        )
        living += db.execute(query).scalars()
    rows = [{"project": project, "representative": each, "version": version, "said": said[each]} for each in living]
    insert_or_replace(db, ReadingRow, ("project", "representative"), rows)
    return len(rows)


def forget(db: Connection, project: str, numbers: Sequence[int]) -> None:
    """Forget what representatives say that are removed."""
    for start in range(0, len(numbers), CHUNK):
        db.execute(
            delete(ReadingRow).where(
                col(ReadingRow.project) == project,
                col(ReadingRow.representative).in_(list(numbers[start : start + CHUNK])),
            )
        )


def _walk(project: str, backend: str) -> Any:
    beside = and_(
        col(ReadingRow.project) == col(RepresentativeRow.project),
        col(ReadingRow.representative) == col(RepresentativeRow.id),
    )
    return (
        select(col(RepresentativeRow.id), col(ReadingRow.version))
        .select_from(RepresentativeRow)
        .outerjoin(ReadingRow, beside)
        .where(
            col(RepresentativeRow.project) == project,
            col(RepresentativeRow.removed).is_(False),
            or_(col(RepresentativeRow.backend) == backend, backends.has_vector(backend)),
        )
    )


def _walked(rows: Iterable[Any], version: str) -> Walked:
    read_by = {row[0]: row[1] for row in rows}
    return Walked(tuple(read_by), tuple(number for number, other in read_by.items() if other != version))
