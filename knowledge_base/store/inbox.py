"""What came from chats and tickets: kept once, worked on until it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.message_tables import InboxRow
from knowledge_base.store.tables import CategoryRow, QuestionRow, TemplateRow
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_new
from knowledge_base.types import Outcome

EVENT_LENGTH = 200
WAITING, DONE, FAILED = "waiting", "done", "failed"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before it is kept; its text is scrubbed, ``detail`` says what it is besides a question."""

    channel: str
    event: str
    user: str
    thread: str
    text: str
    address: Mapping[str, object]
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    """A kept event; ``attempts`` is how often working on it has failed."""

    project: str
    channel: str
    event: str
    user: str
    thread: str
    text: str
    address: Mapping[str, Any]
    detail: Mapping[str, Any]
    attempts: int
    received_at: datetime


_COLUMNS = tuple(
    col(getattr(InboxRow, name))
    for name in (
        "project",
        "channel",
        "event",
        "user",
        "thread",
        "text",
        "address",
        "detail",
        "attempts",
        "received_at",
    )
)


def event_key(event: str) -> str:
    """Give the key of an event's name: itself, or where it is too long its hash.

    >>> event_key("T1/C2/17.3"), len(event_key("x" * 1000))
    ('T1/C2/17.3', 64)
    """
    event = storable(event)
    return event if len(event) <= EVENT_LENGTH else hashlib.sha256(event.encode()).hexdigest()


def keep(db: Connection, project: str, new: NewEvent, now: datetime) -> bool:
    """Keep an event; False where it was kept before."""
    row = {
        "project": project,
        "channel": new.channel,
        "event": event_key(new.event),
        "user": clip(new.user, 200),
        "thread": clip(new.thread, 400),
        "text": storable(new.text),
        "address": dict(new.address),
        "detail": dict(new.detail),
        "question": None,
        "state": WAITING,
        "attempts": 0,
        "error": "",
        "received_at": now,
        "next_at": now,
    }
    return insert_new(db, InboxRow, row)


def due(db: Connection, now: datetime, limit: int = 20) -> list[Event]:
    """Read events of all projects that wait for their turn, the oldest first."""
    query = (
        select(*_COLUMNS)
        .where(col(InboxRow.state) == WAITING, col(InboxRow.next_at) <= now)
        .order_by(col(InboxRow.next_at), col(InboxRow.event))
        .limit(limit)
    )
    return [Event(*row) for row in db.execute(query)]


def _settle(db: Connection, event: Event, **values: object) -> bool:
    changed = db.execute(
        update(InboxRow)
        .where(
            col(InboxRow.project) == event.project,
            col(InboxRow.channel) == event.channel,
            col(InboxRow.event) == event.event,
            col(InboxRow.state) == WAITING,
        )
        .values(**values)
    ).rowcount
    return changed == 1


def finish(db: Connection, event: Event, *, question_id: str | None, state: str = DONE) -> bool:
    """Note that an event is worked off; False where another worker was faster: roll back."""
    question = None if question_id is None else number_of(Prefix.QUESTION, question_id)
    return _settle(db, event, state=state, question=question)


def try_later(db: Connection, event: Event, *, error: str, at: datetime) -> None:
    """Note that working on an event has failed, and when to try again."""
    _settle(db, event, attempts=event.attempts + 1, error=clip(error, 2000), next_at=at)


def last_question(db: Connection, project: str, channel: str, *, user: str, thread: str) -> str | None:
    """Name the last question of a person in a conversation that was given a solution."""
    found = db.execute(
        select(col(InboxRow.question))
        .join(QuestionRow, (col(QuestionRow.project) == project) & (col(QuestionRow.id) == col(InboxRow.question)))
        .where(
            col(InboxRow.project) == project,
            col(InboxRow.channel) == channel,
            col(InboxRow.user) == clip(user, 200),
            col(InboxRow.thread) == clip(thread, 400),
            col(QuestionRow.solution).is_not(None),
        )
        .order_by(col(InboxRow.question).desc())
        .limit(1)
    ).scalar()
    return None if found is None else public_id(Prefix.QUESTION, int(found))


@dataclass(frozen=True, slots=True)
class Asker:
    """Where a question without a solution was asked, and the category and solution that it has by now."""

    question: int
    channel: str
    user: str
    thread: str
    address: Mapping[str, Any]
    detail: Mapping[str, Any]
    text: str
    category: int
    solution: int


def askers_to_answer(db: Connection, project: str, *, channels: Sequence[str], limit: int = 500) -> list[Asker]:
    """Find questions that ended *known unsolved* and whose category has a solution now, oldest first."""
    query = (
        select(
            col(QuestionRow.id),
            col(InboxRow.channel),
            col(InboxRow.user),
            col(InboxRow.thread),
            col(InboxRow.address),
            col(InboxRow.detail),
            col(InboxRow.text),
            col(CategoryRow.id),
            col(CategoryRow.solution),
        )
        .join(InboxRow, (col(InboxRow.project) == project) & (col(InboxRow.question) == col(QuestionRow.id)))
        .join(TemplateRow, (col(TemplateRow.project) == project) & (col(TemplateRow.id) == col(QuestionRow.template)))
        .join(CategoryRow, (col(CategoryRow.project) == project) & (col(CategoryRow.id) == col(TemplateRow.category)))
        .where(
            col(QuestionRow.project) == project,
            col(InboxRow.channel).in_(channels),
            col(QuestionRow.outcome) == Outcome.KNOWN_UNSOLVED,
            col(QuestionRow.solution).is_(None),
            col(CategoryRow.solution).is_not(None),
        )
        .order_by(col(QuestionRow.id))
        .limit(limit)
    )
    return [Asker(*row) for row in db.execute(query)]


def forget(db: Connection, before: datetime) -> int:
    """Delete events that were worked off before a time; later answers cannot reach their askers any more."""
    return db.execute(
        delete(InboxRow).where(col(InboxRow.state) != WAITING, col(InboxRow.received_at) < before)
    ).rowcount
