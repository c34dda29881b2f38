"""Whether what was imported hangs together: nothing points to what is not there."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.errors import InputError
from knowledge_base.exchange.contents import KEPT
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.tables import CategoryRow, RepresentativeRow, SolutionRow, SolutionVersionRow


def require_whole(db: Connection, project: str) -> None:
    """Check all that points from one table of a project to another. Raises InputError naming what is missing."""
    for kept in KEPT:
        for column, target in kept.points.items():
            source, other = kept.table, METADATA.tables[target].alias()
            lost = (
                select(source.c[column])
                .where(source.c.project == project, source.c[column].is_not(None), source.c[column] != 0)
                .where(~select(other.c.id).where(other.c.project == project, other.c.id == source.c[column]).exists())
            )
            found = db.execute(lost.limit(1)).scalar()
            if found is not None:
                raise InputError(f"a {kept.name} names the {target} {found}, which is not in the file")
    _require_ends(db, project)
    _require_texts(db, project)
    _require_vectors(db, project)


def _require_ends(db: Connection, project: str) -> None:
    into = CategoryRow.__table__.alias()  # type: ignore[attr-defined]
    query = (
        select(col(CategoryRow.id))
        .join(into, (into.c.project == col(CategoryRow.project)) & (into.c.id == col(CategoryRow.merged_into)))
        .where(col(CategoryRow.project) == project, into.c.merged_into.is_not(None))
    )
    found = db.execute(query.limit(1)).scalar()
    if found is not None:
        raise InputError(f"the category {found} was merged into one that was merged itself")


def _require_texts(db: Connection, project: str) -> None:
    version = SolutionVersionRow
    query = select(col(SolutionRow.id)).where(
        col(SolutionRow.project) == project,
        ~select(col(version.version))
        .where(
            col(version.project) == project,
            col(version.solution) == col(SolutionRow.id),
            col(version.version) == col(SolutionRow.version),
        )
        .exists(),
    )
    found = db.execute(query.limit(1)).scalar()
    if found is not None:
        raise InputError(f"the newest version of the solution {found} is not in the file")


def _require_vectors(db: Connection, project: str) -> None:
    """Vectors of one back end have one length, of numbers of four bytes."""
    length = func.length(col(RepresentativeRow.vector))
    query = (
        select(func.min(length), func.max(length))
        .where(col(RepresentativeRow.project) == project)
        .group_by(col(RepresentativeRow.backend))
    )
    for least, most in db.execute(query):
        if least != most or not least or least % 4:
            raise InputError("the vectors of the representatives have not the same length")
