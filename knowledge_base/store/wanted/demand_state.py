"""How far the demand queue follows: what was changed or asked since, and where its round is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlmodel import col

from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import projects
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.named_ids import ids_in
from knowledge_base.store.tables import CategoryRow, ProjectRow, TemplateRow
from knowledge_base.store.upserts import insert_or_skip
from knowledge_base.store.wanted.demand_counting import is_unknown
from knowledge_base.store.wanted.demand_tables import DemandRow, DemandStateRow
from knowledge_base.store.wanted.demand_values import DemandKind

CHANGES_AT_ONCE = 500
QUESTIONS_AT_ONCE = 200
FAR = 20_000
"""So many changes and questions are not followed one by one."""


@dataclass(frozen=True, slots=True)
class DemandState:
    """The last change and question that were followed, and the place behind which the round goes on.

    ``kind`` is empty between two rounds; ``round_at`` is when the last one ended.
    """

    change: int = 0
    question: int = 0
    kind: str = ""
    behind: str = ""
    round_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """Categories and forms whose rows may be wrong, and the state once they are right."""

    categories: frozenset[int]
    forms: frozenset[str]
    state: DemandState


def marks(db: Connection) -> dict[str, tuple[int, int]]:
    """Tell of each project how far its change feed is, and the number of its last question.

    Where both are as they were nothing was asked or done.
    """
    last = (
        select(func.max(col(QuestionRow.id)))
        .where(col(QuestionRow.project) == col(ProjectRow.id))
        .correlate(ProjectRow)
        .scalar_subquery()
    )
    query = select(col(ProjectRow.id), col(ProjectRow.change), func.coalesce(last, 0))
    return {row[0]: (row[1], int(row[2])) for row in db.execute(query)}


def read_state(db: Connection, project: str) -> DemandState:
    """Read how far a project's queue is."""
    t = DemandStateRow
    query = select(col(t.change), col(t.question), col(t.kind), col(t.behind), col(t.round_at))
    row = db.execute(query.where(col(t.project) == project)).first()
    return DemandState() if row is None else DemandState(*row)


def move(db: Connection, project: str, before: DemandState, after: DemandState) -> bool:
    """Note how far the queue is; False where somebody else has gone on meanwhile."""
    fields = {name: getattr(after, name) for name in DemandState.__slots__}
    if before == DemandState():
        insert_or_skip(db, DemandStateRow, [{"project": project, **dict.fromkeys(fields), **_fresh()}])
    t = DemandStateRow
    is_same = (
        col(t.project) == project,
        col(t.change) == before.change,
        col(t.question) == before.question,
        col(t.kind) == before.kind,
        col(t.behind) == before.behind,
    )
    return db.execute(update(t).where(*is_same).values(**fields)).rowcount == 1


def touched(db: Connection, project: str, state: DemandState) -> Touched:
    """Name what changes and questions since then are about, as many as are followed at once.

    Where that is everything, or far too much, nothing is named and a round begins instead.
    """
    newest = DemandState(projects.last_change(db, project), _last_question(db, project))
    behind = newest.change - state.change + newest.question - state.question
    if state == DemandState() or behind > FAR:
        begun = replace(newest, kind=str(DemandKind.CATEGORY), round_at=state.round_at)
        return Touched(frozenset(), frozenset(), begun)
    categories: set[int] = set()
    forms: set[str] = set()
    changes = projects.changes_since(db, project, state.change, CHANGES_AT_ONCE)
    for change in changes:
        named = (each for each in ids_in(change.detail) if each.startswith(Prefix.CATEGORY))
        categories |= {number_of(Prefix.CATEGORY, each) for each in named}
    query = (
        select(col(QuestionRow.id), col(QuestionRow.form), col(TemplateRow.category))
        .outerjoin(
            TemplateRow, (col(TemplateRow.project) == project) & (col(TemplateRow.id) == col(QuestionRow.template))
        )
        .where(col(QuestionRow.project) == project, col(QuestionRow.id) > state.question)
        .order_by(col(QuestionRow.id))
        .limit(QUESTIONS_AT_ONCE)
    )
    last = state.question
    for number, form, category in db.execute(query):
        last = number
        if category is not None:
            categories.add(category)
        elif form:
            forms.add(form)
    reached = changes[-1].number if changes else state.change
    return Touched(frozenset(categories), frozenset(forms), replace(state, change=reached, question=last))


def next_categories(db: Connection, project: str, behind: str, limit: int) -> list[int]:
    """Name the next categories of a round, in order, those with a row that should have none too."""
    number = int(behind or 0)
    active = (
        select(col(CategoryRow.id))
        .where(col(CategoryRow.project) == project, col(CategoryRow.id) > number, col(CategoryRow.state) == "active")
        .order_by(col(CategoryRow.id))
        .limit(limit)
    )
    kept = (
        select(col(DemandRow.number))
        .where(
            col(DemandRow.project) == project,
            col(DemandRow.kind) == DemandKind.CATEGORY,
            col(DemandRow.number) > number,
        )
        .order_by(col(DemandRow.number))
        .limit(limit)
    )
    return sorted({*db.execute(active).scalars(), *db.execute(kept).scalars()})[:limit]


def next_forms(db: Connection, project: str, behind: str, limit: int) -> list[str]:
    """Name the next groups of questions of a round, in order, those with a row that should have none too."""
    asked = (
        select(col(QuestionRow.form))
        .where(col(QuestionRow.project) == project, col(QuestionRow.form) > behind, *is_unknown())
        .distinct()
        .order_by(col(QuestionRow.form))
        .limit(limit)
    )
    kept = (
        select(col(DemandRow.key))
        .where(
            col(DemandRow.project) == project, col(DemandRow.kind) == DemandKind.QUESTION, col(DemandRow.key) > behind
        )
        .order_by(col(DemandRow.key))
        .limit(limit)
    )
    return sorted({*db.execute(asked).scalars(), *db.execute(kept).scalars()})[:limit]


def without_form(db: Connection, project: str, limit: int) -> dict[int, str]:
    """Give what some unknown questions say, by their numbers, that no form was kept for: they stand in no group."""
    said = func.coalesce(func.nullif(col(QuestionRow.asked), ""), col(QuestionRow.text))
    query = select(col(QuestionRow.id), said).where(
        col(QuestionRow.project) == project, col(QuestionRow.form) == "", *is_unknown()
    )
    return {row[0]: row[1] for row in db.execute(query.order_by(col(QuestionRow.id)).limit(limit))}


def _last_question(db: Connection, project: str) -> int:
    return int(
        db.execute(select(func.max(col(QuestionRow.id))).where(col(QuestionRow.project) == project)).scalar() or 0
    )


def _fresh() -> dict[str, object]:
    return {"change": 0, "question": 0, "kind": "", "behind": ""}
