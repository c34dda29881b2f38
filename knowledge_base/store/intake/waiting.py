"""What waits for a window of the clusterer, told cheaply enough to be asked several times a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select
from sqlmodel import col

from knowledge_base.store.tables import CategoryRow, ProjectRow, TemplateRow


@dataclass(frozen=True, slots=True)
class Span:
    """Event times from ``start`` to before ``end``; None where there is no bound."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether a time lies within."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def clauses(self) -> list[ColumnElement[bool]]:
        """Say the same of a template's event time, which is when it was seen first."""
        seen = col(TemplateRow.first_seen)
        bounds = [None if self.start is None else seen >= self.start, None if self.end is None else seen < self.end]
        return [bound for bound in bounds if bound is not None]


ALWAYS = Span()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A template that no window has taken up: its event time, and since when it is there."""

    at: datetime
    since: datetime


def last_changes(db: Connection, project: str | None = None) -> dict[str, int]:
    """Tell how far the change feed of each project is, or of one: where it stands still no template came."""
    query = select(col(ProjectRow.id), col(ProjectRow.change)).order_by(col(ProjectRow.id))
    if project is not None:
        query = query.where(col(ProjectRow.id) == project)
    return {row[0]: row[1] for row in db.execute(query)}


def count(db: Connection, project: str, most: int) -> int:
    """Count the templates that wait, up to ``most``."""
    some = select(col(TemplateRow.id)).where(*_pending(project)).limit(most).subquery()
    return int(db.execute(select(func.count()).select_from(some)).scalar_one())


def oldest(db: Connection, project: str, most: int) -> list[Waiting]:
    """Read those that wait for longest, ``most`` at most, in the order in which they came."""
    query = (
        select(col(TemplateRow.first_seen), col(CategoryRow.created_at))
        .join(
            CategoryRow,
            (col(CategoryRow.project) == col(TemplateRow.project)) & (col(CategoryRow.id) == col(TemplateRow.category)),
        )
        .where(*_pending(project))
        .order_by(col(TemplateRow.id))
        .limit(most)
    )
    return [Waiting(*row) for row in db.execute(query)]


def _pending(project: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(TemplateRow.project) == project, col(TemplateRow.clustered).is_(False)
