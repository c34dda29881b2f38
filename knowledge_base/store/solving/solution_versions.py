"""The versions of a solution, without their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.store.tables import SolutionVersionRow


@dataclass(frozen=True, slots=True)
class Version:
    """Who saved a version, and when."""

    number: int
    title: str
    author: str
    at: datetime


def newest(db: Connection, project: str, solution: int, limit: int) -> list[Version]:
    """Read the newest versions of a solution, so many at most, newest first."""
    v = SolutionVersionRow
    query = (
        select(col(v.version), col(v.title), col(v.author), col(v.at))
        .where(col(v.project) == project, col(v.solution) == solution)
        .order_by(col(v.version).desc())
        .limit(limit)
    )
    return [Version(*row) for row in db.execute(query)]
