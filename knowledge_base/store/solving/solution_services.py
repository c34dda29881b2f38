"""The services that the newest versions of solutions apply to."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from knowledge_base.solution_details import AppliesTo
from knowledge_base.store.solving.solution_work_tables import SolutionServiceRow
from knowledge_base.store.text import clip
from knowledge_base.store.upserts import insert_or_skip

LIMIT = 200
MOST_LISTED = 200


def write(db: Connection, project: str, solution: int, applies: Iterable[AppliesTo]) -> None:
    """Say which services a solution applies to, in place of what was said before."""
    s = SolutionServiceRow
    db.execute(delete(s).where(col(s.project) == project, col(s.solution) == solution))
    names = dict.fromkeys(clip(each.service.strip(), LIMIT) for each in applies)
    insert_or_skip(db, s, [{"project": project, "solution": solution, "service": each} for each in names])


def names(db: Connection, project: str) -> list[str]:
    """Name the services that solutions apply to, in their order; so many at most."""
    service = col(SolutionServiceRow.service)
    query = select(service).where(col(SolutionServiceRow.project) == project).distinct()
    return list(db.execute(query.order_by(service).limit(MOST_LISTED)).scalars())
