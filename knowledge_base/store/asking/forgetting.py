"""Forgets what people asked and what lines said; what is counted stays counted.

A question that is forgotten keeps when it came, how it ended and what it was matched with. Its words, its place and
its person are gone; one made-up name stands for a person in all that is forgotten at once, so that people can still
be counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlmodel import col

from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.messages.message_tables import InboxRow, OutboxRow
from knowledge_base.store.messages.outbox import SENDING
from knowledge_base.store.tables import RecentRow, SampleRow

GONE = "[deleted]"
"""What a question that was forgotten says."""
SOMEBODY = "former-"
"""What the names begin with that stand for people who were forgotten."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a walk has come, and how many rows of it were forgotten; ``after`` is None at its end."""

    after: int | None
    forgotten: int


def made_up_name(person: str, salt: bytes) -> str:
    """Make the name that stands for a person; without the salt nobody can tell whom it stands for."""
    return SOMEBODY + hashlib.blake2b(person.encode(), key=salt, digest_size=8).hexdigest()


def forget_old_questions(
    db: Connection, project: str, before: datetime, *, after: int, limit: int, salt: bytes
) -> Step:
    """Forget the questions that were asked before a time, of the next so many behind a number.

    Those that wait for a person stay until they are closed.
    """
    query = (
        select(col(QuestionRow.id), col(QuestionRow.at), col(QuestionRow.user), _waits().label("waits"))
        .where(col(QuestionRow.project) == project, col(QuestionRow.id) > after)
        .order_by(col(QuestionRow.id))
        .limit(limit)
    )
    rows = db.execute(query).all()
    old = [row for row in rows if row.at < before]
    due: dict[str, list[int]] = {}
    for row in old:
        if not row.waits and not row.user.startswith(SOMEBODY):
            due.setdefault(row.user, []).append(row.id)
    for user, numbers in due.items():
        _forget(db, project, numbers, user, made_up_name(user, salt))
    ends = len(rows) < limit or len(old) < len(rows)
    return Step(None if ends else rows[-1].id, sum(map(len, due.values())))


def is_known(db: Connection, project: str, person: str) -> bool:
    """Tell whether a person asked or said anything, by the name that a channel gives them."""
    asked = select(col(QuestionRow.id)).where(col(QuestionRow.project) == project, col(QuestionRow.user) == person)
    said = select(col(FeedbackRow.question)).where(col(FeedbackRow.project) == project, col(FeedbackRow.user) == person)
    wrote = select(col(InboxRow.event)).where(col(InboxRow.project) == project, col(InboxRow.user) == person)
    return any(db.execute(query.limit(1)).first() is not None for query in (asked, said, wrote))


def forget_person(db: Connection, project: str, person: str, *, name: str, limit: int) -> int:
    """Forget so many questions of a person under a made-up name, and all that they said and were sent besides.

    Tells how many questions that were; 0 once nothing is left.
    """
    query = (
        select(col(QuestionRow.id))
        .where(col(QuestionRow.project) == project, col(QuestionRow.user) == person)
        .order_by(col(QuestionRow.id))
        .limit(limit)
    )
    numbers = list(db.execute(query).scalars())
    if numbers:
        _forget(db, project, numbers, person, name)
        return len(numbers)
    db.execute(delete(InboxRow).where(col(InboxRow.project) == project, col(InboxRow.user) == person))
    for column in (QuestionRow.escalated_by, QuestionRow.closed_by):
        db.execute(
            update(QuestionRow)
            .where(col(QuestionRow.project) == project, col(column) == person)
            .values({col(column): name})
        )
    _rename_feedback(db, project, col(FeedbackRow.user) == person, name)
    return 0


def forget_samples(db: Connection, project: str, before: datetime, *, after: int, limit: int) -> Step:
    """Delete the samples from before a time, of the next so many templates behind a number."""
    query = (
        select(col(SampleRow.template))
        .where(col(SampleRow.project) == project, col(SampleRow.template) > after)
        .distinct()
        .order_by(col(SampleRow.template))
        .limit(limit)
    )
    templates = list(db.execute(query).scalars())
    if not templates:
        return Step(None, 0)
    gone = delete(SampleRow).where(
        col(SampleRow.project) == project, col(SampleRow.template).in_(templates), col(SampleRow.at) < before
    )
    forgotten = db.execute(gone).rowcount
    return Step(templates[-1] if len(templates) == limit else None, forgotten)


def forget_recent(db: Connection, project: str, before: datetime, *, after: int, limit: int) -> Step:
    """Delete the recent lines from before a time, of the next so many places of the ring behind a number."""
    place = col(RecentRow.slot)
    last = db.execute(select(func.max(place)).where(col(RecentRow.project) == project)).scalar()
    if last is None or last <= after:
        return Step(None, 0)
    gone = delete(RecentRow).where(
        col(RecentRow.project) == project, place > after, place <= after + limit, col(RecentRow.at) < before
    )
    return Step(after + limit, db.execute(gone).rowcount)


def _waits() -> ColumnElement[bool]:
    return col(QuestionRow.escalated_at).is_not(None) & col(QuestionRow.closed_at).is_(None)


def _forget(db: Connection, project: str, numbers: Collection[int], user: str, name: str) -> None:
    """Forget questions of one person, what was said of the answers, and the messages that they came and went by."""
    asked = col(QuestionRow.id).in_(numbers)
    db.execute(
        update(QuestionRow)
        .where(col(QuestionRow.project) == project, asked)
        .values(user=name, thread="", text=GONE, asked="", detail={})
    )
    about = col(FeedbackRow.question).in_(numbers)
    db.execute(update(FeedbackRow).where(col(FeedbackRow.project) == project, about).values(comment=""))
    _rename_feedback(db, project, about & (col(FeedbackRow.user) == user), name)
    db.execute(delete(InboxRow).where(col(InboxRow.project) == project, col(InboxRow.question).in_(numbers)))
    db.execute(
        delete(OutboxRow).where(
            col(OutboxRow.project) == project, col(OutboxRow.question).in_(numbers), col(OutboxRow.state) != SENDING
        )
    )


def _rename_feedback(db: Connection, project: str, which: ColumnElement[bool], name: str) -> None:
    of_project = col(FeedbackRow.project) == project
    db.execute(update(FeedbackRow).where(of_project, which).values(user=name, comment=""))
