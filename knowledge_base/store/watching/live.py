"""What pages that stay open follow: how far a project is, what waits in it, and what people did meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import audit
from knowledge_base.store.asking.escalations import QuestionState, in_state
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.audit import Entry
from knowledge_base.store.named_ids import ids_in
from knowledge_base.store.tables import AuditRow, ProjectRow
from knowledge_base.store.wanted import queue
from knowledge_base.store.wanted.demand_tables import DemandStateRow
from knowledge_base.store.wanted.queue import QueueState

COUNTED = 1000
"""Questions are counted up to here."""
ACTS_READ = 300
"""So many acts are looked through for those about one category or solution."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a project is: the newest entry of its change feed, and up to which one the queue follows."""

    change: int
    kept: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits: categories without a label, those without a solution, questions that were handed over."""

    queue: int
    unsolved: int
    questions: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The state that a page shows: the newest entry of the change feed, and the newest act of anybody."""

    change: int = 0
    act: int = 0


def marks(db: Connection, projects: Collection[str]) -> dict[str, Mark]:
    """Tell how far some projects are."""
    query = (
        select(col(ProjectRow.id), col(ProjectRow.change), func.coalesce(col(DemandStateRow.change), 0))
        .outerjoin(DemandStateRow, col(DemandStateRow.project) == col(ProjectRow.id))
        .where(col(ProjectRow.id).in_(sorted(projects)))
    )
    return {row[0]: Mark(row[1], row[2]) for row in db.execute(query)}


def seen(db: Connection, project: str) -> Seen:
    """Tell what a page that is read now will have seen."""
    newest = select(func.max(col(AuditRow.id))).where(col(AuditRow.project) == project).scalar_subquery()
    query = select(col(ProjectRow.change), func.coalesce(newest, 0)).where(col(ProjectRow.id) == project)
    row = db.execute(query).first()
    return Seen() if row is None else Seen(int(row[0]), int(row[1]))


def count(db: Connection, project: str, now: datetime) -> Counts:
    """Count what waits."""
    states = queue.count_states(db, project, now=now)
    handed_over = in_state(QuestionState.ESCALATED)
    some = select(col(QuestionRow.id)).where(col(QuestionRow.project) == project, *handed_over).limit(COUNTED)
    waiting = int(db.execute(select(func.count()).select_from(some.subquery())).scalar_one())
    return Counts(states[QueueState.UNLABELLED], states[QueueState.UNSOLVED], waiting)


def acts_about(db: Connection, project: str, public: str, behind: int) -> list[Entry]:
    """Read the acts of people about a category or a solution that came behind one, newest first.

    Raises NotFound for what is neither's id.
    """
    prefix = Prefix.SOLUTION if public.upper().startswith("S-") else Prefix.CATEGORY
    number = number_of(prefix, public)
    public = public_id(prefix, number)
    found = audit.behind(db, project, behind, limit=ACTS_READ)
    return [each for each in found if each.actor != audit.MACHINE and _is_about(each, prefix, number, public)]


def _is_about(entry: Entry, prefix: Prefix, number: int, public: str) -> bool:
    if public in ids_in(entry.detail):
        return True
    undo = entry.undo or {}
    if prefix is Prefix.SOLUTION:
        return undo.get("solution") == number
    merged = [each.get("source") for each in undo.get("merges", ()) if isinstance(each, Mapping)]
    return number in (entry.category, undo.get("source"), *merged)
