"""Questions that are handed over to a person, and those that somebody has to look at.

A question is open from when it is handed over until somebody closes it; handed over again it is open again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import audit
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.asking.questions import AskedQuestion
from knowledge_base.store.messages.message_tables import InboxRow
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.text import clip
from knowledge_base.store.wanted import demand_rows
from knowledge_base.store.wanted.demand_counting import is_unknown
from knowledge_base.store.wanted.demand_tables import DemandRow
from knowledge_base.store.wanted.demand_values import DemandKind
from knowledge_base.types import Outcome, Verdict


class QuestionState(StrEnum):
    """What somebody still has to do about a question, or that its answer helped."""

    ESCALATED = "escalated"
    UNKNOWN = "unknown"
    KNOWN_UNSOLVED = "known_unsolved"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A question that is handed over; ``others`` are open questions of the same incident, ``people`` who asked all.

    ``is_new`` is False where it was open already.
    """

    question_id: str
    text: str
    user: str
    channel: str
    category: int | None
    at: datetime
    is_new: bool
    others: int
    people: int


def hand_over(db: Connection, project: str, public: str, *, by: str, now: datetime) -> HandedOver:
    """Hand a question over to a person; nothing changes where it is open already. Raises NotFound."""
    number = number_of(Prefix.QUESTION, public)
    q = QuestionRow
    changed = db.execute(
        update(q)
        .where(
            col(q.project) == project,
            col(q.id) == number,
            or_(col(q.escalated_at).is_(None), col(q.closed_at).is_not(None)),
        )
        .values(escalated_at=now, escalated_by=clip(by, 200), closed_at=None, closed_by="")
    ).rowcount
    row = db.execute(
        select(col(q.form), col(q.text), col(q.user), col(q.channel), col(q.escalated_at), col(TemplateRow.category))
        .outerjoin(TemplateRow, and_(col(TemplateRow.project) == project, col(TemplateRow.id) == col(q.template)))
        .where(col(q.project) == project, col(q.id) == number)
    ).first()
    if row is None:
        raise NotFound(f"there is no question {public[:40]} in project {project!r}")
    others, people = _incident(db, project, number, form=row.form, category=row.category)
    if changed:
        _count_again(db, project, number, now)
        _keep_act(db, project, number, "hand_over", row.category, by=by, now=now)
    return HandedOver(
        question_id=public_id(Prefix.QUESTION, number),
        text=row.text,
        user=row.user,
        channel=row.channel,
        category=row.category,
        at=row.escalated_at,
        is_new=changed == 1,
        others=others,
        people=people,
    )


def close(db: Connection, project: str, public: str, *, by: str, now: datetime) -> None:
    """Say that nothing is left to do about a question; nothing changes where that was said. Raises NotFound."""
    number = number_of(Prefix.QUESTION, public)
    mine = (col(QuestionRow.project) == project, col(QuestionRow.id) == number)
    changed = db.execute(
        update(QuestionRow)
        .where(*mine, col(QuestionRow.closed_at).is_(None))
        .values(closed_at=now, closed_by=clip(by, 200))
    ).rowcount
    if changed:
        found = questions.category_now(db, project, number)
        _count_again(db, project, number, now)
        _keep_act(db, project, number, "close", found[0] if found else None, by=by, now=now)
    elif db.execute(select(col(QuestionRow.id)).where(*mine)).first() is None:
        raise NotFound(f"there is no question {public[:40]} in project {project!r}")


def reopen(db: Connection, project: str, public: str, *, by: str, now: datetime) -> None:
    """Take back that a question is closed; nothing changes where it is open. Raises NotFound."""
    number = number_of(Prefix.QUESTION, public)
    mine = (col(QuestionRow.project) == project, col(QuestionRow.id) == number)
    changed = db.execute(
        update(QuestionRow).where(*mine, col(QuestionRow.closed_at).is_not(None)).values(closed_at=None, closed_by="")
    ).rowcount
    if changed:
        found = questions.category_now(db, project, number)
        _count_again(db, project, number, now)
        _keep_act(db, project, number, "reopen", found[0] if found else None, by=by, now=now)
    elif db.execute(select(col(QuestionRow.id)).where(*mine)).first() is None:
        raise NotFound(f"there is no question {public[:40]} in project {project!r}")


def in_state(state: QuestionState) -> tuple[ColumnElement[bool], ...]:
    """Say in SQL that a question is in a state; those that nobody closed, except the confirmed ones."""
    q = QuestionRow
    if state is QuestionState.CONFIRMED:
        said = aliased(FeedbackRow)  # the asker's own word may be among the columns
        helped = exists().where(
            col(said.project) == col(q.project),
            col(said.question) == col(q.id),
            col(said.verdict) == Verdict.HELPFUL,
        )
        return (helped,)
    if state is QuestionState.ESCALATED:
        return col(q.escalated_at).is_not(None), col(q.closed_at).is_(None)
    if state is QuestionState.UNKNOWN:
        return is_unknown()
    # A question that an engineer assigned to a category waits for that one's solution from then on.
    known = or_(
        col(q.outcome) == Outcome.KNOWN_UNSOLVED,
        and_(col(q.outcome) == Outcome.UNKNOWN, col(q.template).is_not(None)),
    )
    outcomes = col(q.outcome).in_([Outcome.KNOWN_UNSOLVED, Outcome.UNKNOWN])  # an index begins with them
    return outcomes, known, col(q.solution).is_(None), col(q.closed_at).is_(None)


def list_questions(
    db: Connection,
    project: str,
    *,
    state: QuestionState | None = None,
    user: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[AskedQuestion]:
    """Read questions in a state and of a person (all unless given), newest first, older than the number ``before``."""
    where = () if state is None else in_state(state)
    return questions.recent(db, project, limit=limit, before=before, user=user, where=where)


def last_of_person(db: Connection, project: str, channel: str, *, user: str, thread: str) -> str | None:
    """Name the last question of a person in a conversation, however it ended."""
    found = db.execute(
        select(func.max(col(InboxRow.question))).where(
            col(InboxRow.project) == project,
            col(InboxRow.channel) == channel,
            col(InboxRow.user) == clip(user, 200),
            col(InboxRow.thread) == clip(thread, 400),
        )
    ).scalar()
    return None if found is None else public_id(Prefix.QUESTION, int(found))


def _incident(db: Connection, project: str, number: int, *, form: str, category: int | None) -> tuple[int, int]:
    """Count the open questions of the same category, else of the same form, besides this one; and who asked all."""
    q = QuestionRow
    same: Any = col(q.id) == number
    if category is not None:
        same = _of_category(project, category)
    elif form:
        same = _of_form(form)
    query = select(func.sum(case((col(q.id) == number, 0), else_=1)), func.count(col(q.user).distinct())).where(
        col(q.project) == project, *in_state(QuestionState.ESCALATED), same
    )
    others, people = db.execute(query).one()
    return int(others or 0), int(people)


def waiting(db: Connection, project: str, *, form: str, category: int | None) -> int:
    """Count the open questions of a category, else those of no category with a form."""
    if category is not None:
        return int(db.execute(_waiting(True), {"project": project, "category": category}).scalar_one())
    return int(db.execute(_waiting(False), {"project": project, "form": form}).scalar_one()) if form else 0


@cache
def _waiting(of_category: bool) -> Any:
    project: Any = bindparam("project")
    same = _of_category(project, bindparam("category")) if of_category else _of_form(bindparam("form"))
    return select(func.count()).where(col(QuestionRow.project) == project, *in_state(QuestionState.ESCALATED), same)


def _of_category(project: Any, category: Any) -> ColumnElement[bool]:
    templates = select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project, col(TemplateRow.category) == category
    )
    return col(QuestionRow.template).in_(templates)


def _of_form(form: Any) -> ColumnElement[bool]:
    return and_(col(QuestionRow.form) == form, col(QuestionRow.template).is_(None))


def _keep_act(
    db: Connection, project: str, number: int, action: str, category: int | None, *, by: str, now: datetime
) -> None:
    detail = {"question": public_id(Prefix.QUESTION, number)}
    audit.write(db, project, actor=by, action=action, category=category, detail=detail, undo=None, now=now)


def _count_again(db: Connection, project: str, number: int, now: datetime) -> None:
    """Put the demand queue right at once; what else a category's demand is made of follows with the next round."""
    q = QuestionRow
    query = (
        select(col(q.form), col(TemplateRow.category))
        .outerjoin(TemplateRow, and_(col(TemplateRow.project) == project, col(TemplateRow.id) == col(q.template)))
        .where(col(q.project) == project, col(q.id) == number)
    )
    form, category = db.execute(query).one()
    if category is None:
        demand_rows.write(db, project, demand_rows.look_at_forms(db, project, [form], now))
        return
    templates = select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project, col(TemplateRow.category) == category
    )
    waiting = select(func.count()).where(
        col(q.project) == project, *in_state(QuestionState.ESCALATED), col(q.template).in_(templates)
    )
    db.execute(
        update(DemandRow)
        .where(
            col(DemandRow.project) == project,
            col(DemandRow.kind) == DemandKind.CATEGORY,
            col(DemandRow.number) == category,
        )
        .values(handed_over=waiting.scalar_subquery())
    )
