"""Solutions that stopped helping, as their health was worked out last."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.solving.solution_health import Health
from knowledge_base.store.solving.solution_work_tables import SolutionHealthRow
from knowledge_base.store.solving.solutions import is_newest
from knowledge_base.store.tables import SolutionRow, SolutionVersionRow

FAILING = (Health.FEEDBACK, Health.VOLUME)


@dataclass(frozen=True, slots=True)
class Failing:
    """A solution with the mark that says why it is listed, and the numbers behind it."""

    id: str
    title: str
    mark: Health
    helpful: int
    not_helpful: int


def failing_solutions(db: Connection, project: str, *, limit: int) -> tuple[list[Failing], int]:
    """Read those that most people found no help in first, and count all."""
    h = SolutionHealthRow
    is_failing = (col(h.project) == project, col(h.mark).in_(FAILING))
    total = int(db.execute(select(func.count()).where(*is_failing)).scalar_one())
    query = (
        select(
            col(h.solution),
            col(SolutionVersionRow.title),
            col(h.mark),
            col(h.recent_helpful),
            col(h.recent_not_helpful),
        )
        .join(SolutionRow, (col(SolutionRow.project) == project) & (col(SolutionRow.id) == col(h.solution)))
        .join(SolutionVersionRow, is_newest())
        .where(*is_failing)
        .order_by(col(h.recent_not_helpful).desc(), col(h.solution).desc())
        .limit(limit)
    )
    found = [
        Failing(public_id(Prefix.SOLUTION, number), title, Health(mark), helpful, not_helpful)
        for number, title, mark, helpful, not_helpful in db.execute(query)
    ]
    return found, total
