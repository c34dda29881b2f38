"""Counts the hours of a project anew, in short steps: templates by their numbers, then questions by their times.

The counts are by template, and which category a template is in and whether that one is solved changes; so an hour
of the past is never settled, and all are counted again in each round.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, or_, select
from sqlmodel import col

from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.tables import CategoryRow, HourCountRow, MinuteCountRow, TemplateRow
from knowledge_base.store.watching.dashboard_hours import KEPT, WHOLE_PROJECT, Hour, Hours, hour_of, scope_of
from knowledge_base.types import Verdict

TEMPLATES = 5000
QUESTIONS = 2000
SERVICES = 200
"""So many services have hours of their own: those with the most lines."""
HELD, MOST_HELD = 4 * SERVICES, 5 * SERVICES
"""A round that comes to hold the hours of more services than the second goes on with the first, the biggest."""


@dataclass(slots=True)
class Round:
    """How far a round is; ``template`` is the last one that was counted, ``question`` the last time and number.

    ``sizes`` is by scope what its hours hold.
    """

    begun_at: datetime
    template: int = 0
    question: tuple[datetime, int] | None = None
    hours: Hours = field(default_factory=dict)
    sizes: Counter[str] = field(default_factory=Counter)

    @property
    def since(self) -> datetime:
        """The time from which hours are counted."""
        return self.begun_at - KEPT

    def hour(self, scope: str, slot: int) -> Hour:
        """Give the hour to add to."""
        return self.hours.setdefault((scope, slot), Hour())


def count_some(db: Connection, project: str, this: Round) -> bool:
    """Take one step; False where the round is complete."""
    if this.question is None:
        if not _count_lines(db, project, this):
            this.question = this.since, 0
    elif not _count_questions(db, project, this):
        _keep_most(this, SERVICES)
        return False
    if len(this.sizes) > MOST_HELD:
        _keep_most(this, HELD)
    return True


def _count_lines(db: Connection, project: str, this: Round) -> bool:
    wanted = {"project": project, "behind": this.template}
    last = db.execute(_last_template(), wanted).scalar()
    if last is None:
        return False
    bounds = {**wanted, "last": last}
    for table, minutes in ((HourCountRow, 60), (MinuteCountRow, 1)):
        first = hour_of(this.since) * 60 // minutes
        for service, hour, solved, lines in db.execute(_lines(table, 60 // minutes), {**bounds, "first": first}):
            for scope in dict.fromkeys((WHOLE_PROJECT, scope_of(service))):
                found = this.hour(scope, int(hour))
                found.lines += int(lines)
                this.sizes[scope] += int(lines)
                found.solved += int(lines) if solved else 0
    this.template = int(last)
    return True


@cache
def _last_template() -> Any:
    some = (
        select(col(TemplateRow.id))
        .where(col(TemplateRow.project) == bindparam("project"), col(TemplateRow.id) > bindparam("behind"))
        .order_by(col(TemplateRow.id))
        .limit(TEMPLATES)
    )
    return select(func.max(some.subquery().c.id))


@cache
def _lines(table: Any, slots: int) -> Any:
    """Sum up the lines of some templates, but for ignored categories."""
    project: Any = bindparam("project")
    hour = (col(table.slot) if slots == 1 else col(table.slot) // slots).label("hour")
    solved = case((col(CategoryRow.solution).is_(None), 0), else_=1).label("solved")
    return (
        select(col(table.service), hour, solved, func.sum(col(table.lines)))
        .join(TemplateRow, and_(col(TemplateRow.project) == project, col(TemplateRow.id) == col(table.template)))
        .join(CategoryRow, and_(col(CategoryRow.project) == project, col(CategoryRow.id) == col(TemplateRow.category)))
        .where(
            col(table.project) == project,
            col(table.template) > bindparam("behind"),
            col(table.template) <= bindparam("last"),
            col(table.slot) >= bindparam("first"),
            col(CategoryRow.ignored).is_(False),
        )
        .group_by(col(table.service), hour, solved)
    )


def _count_questions(db: Connection, project: str, this: Round) -> bool:
    assert this.question is not None  # noqa: S101 - the caller has seen to it
    at, number = this.question
    rows = db.execute(_questions(), {"project": project, "at": at, "number": number}).all()
    if not rows:
        return False
    said = _words(db, project, [row.id for row in rows])
    for row in rows:
        for scope in dict.fromkeys((WHOLE_PROJECT, scope_of(row.service or ""))):
            _count_question(this.hour(scope, hour_of(row.at)), row, said)
            this.sizes[scope] += 1
    this.question = rows[-1].at, rows[-1].id
    return True


def _count_question(hour: Hour, row: Row[Any], said: Counter[tuple[int, str]]) -> None:
    """Put a question into exactly one of six parts."""
    hour.asked += 1
    hour.covered += row.solution is not None
    if said[row.id, Verdict.HELPFUL]:
        hour.confirmed += 1
    elif row.escalated_at is not None:
        hour.escalated += 1
    elif said[row.id, Verdict.NOT_HELPFUL]:
        hour.not_helpful += 1
    elif row.solution is not None:
        hour.no_word += 1
    elif row.template is not None:
        hour.known_unsolved += 1
    else:
        hour.unknown += 1


@cache
def _questions() -> Any:
    q = QuestionRow
    project: Any = bindparam("project")
    at: Any = bindparam("at", type_=q.__table__.c.at.type)  # type: ignore[attr-defined]
    return (
        select(col(q.id), col(q.at), col(q.solution), col(q.template), col(q.escalated_at), col(TemplateRow.service))
        .outerjoin(TemplateRow, and_(col(TemplateRow.project) == project, col(TemplateRow.id) == col(q.template)))
        .where(
            col(q.project) == project,
            or_(col(q.at) > at, and_(col(q.at) == at, col(q.id) > bindparam("number"))),
            col(q.at) >= at,
        )
        .order_by(col(q.at), col(q.id))
        .limit(QUESTIONS)
    )


def _words(db: Connection, project: str, numbers: list[int]) -> Counter[tuple[int, str]]:
    said: Counter[tuple[int, str]] = Counter()
    for start in range(0, len(numbers), 500):
        query = select(col(FeedbackRow.question), col(FeedbackRow.verdict)).where(
            col(FeedbackRow.project) == project, col(FeedbackRow.question).in_(numbers[start : start + 500])
        )
        said.update((question, verdict) for question, verdict in db.execute(query))
    return said


def _keep_most(this: Round, services: int) -> None:
    """Leave out the services beyond those with the most lines; what they held is in the project's hours."""
    kept = {scope for scope, _ in this.sizes.most_common(services + 1)} | {WHOLE_PROJECT}
    this.hours = {key: hour for key, hour in this.hours.items() if key[0] in kept}
    this.sizes = Counter({scope: size for scope, size in this.sizes.items() if scope in kept})
