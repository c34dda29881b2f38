"""What came from chats and tickets: kept once, worked on until it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, tuple_, update
from sqlmodel import col

from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.messages.message_tables import InboxRow
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_new

EVENT_LENGTH = 200
WAITING, DONE, FAILED = "waiting", "done", "failed"
_DOUBT = "doubt"


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


def due(db: Connection, now: datetime, *, channels: Sequence[str], limit: int = 20) -> list[Event]:
    """Read events of some channels, of all projects, that wait for their turn, the oldest first."""
    query = (
        select(*_COLUMNS)
        .where(col(InboxRow.state) == WAITING, col(InboxRow.next_at) <= now, col(InboxRow.channel).in_(channels))
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


def keep_further(db: Connection, event: Event, part: int, *, question_id: str) -> None:
    """Keep a further question of an event that is worked off, so that its asker can be reached as of the first."""
    row = {
        "project": event.project,
        "channel": event.channel,
        "event": event_key(f"{event.event}:{part}"),
        "user": event.user,
        "thread": event.thread,
        "text": event.text,
        "address": dict(event.address),
        "detail": dict(event.detail),
        "question": number_of(Prefix.QUESTION, question_id),
        "state": DONE,
        "attempts": 0,
        "error": "",
        "received_at": event.received_at,
        "next_at": event.received_at,
    }
    insert_new(db, InboxRow, row)


def try_later(db: Connection, event: Event, *, error: str, at: datetime) -> None:
    """Note that working on an event has failed, and when to try again."""
    _settle(db, event, attempts=event.attempts + 1, error=clip(error, 2000), next_at=at)


def doubt(db: Connection, *, reason: str) -> None:
    """Note of all that waits, in any project, why it may have been answered already."""
    waiting = db.execute(
        select(col(InboxRow.project), col(InboxRow.channel), col(InboxRow.event), col(InboxRow.detail)).where(
            col(InboxRow.state) == WAITING
        )
    ).all()
    for project, channel, event, detail in waiting:
        db.execute(
            update(InboxRow)
            .where(col(InboxRow.project) == project, col(InboxRow.channel) == channel, col(InboxRow.event) == event)
            .values(detail={**detail, _DOUBT: reason})
        )


def doubt_of(event: Event) -> str:
    """Say why an event may have been answered already; empty for nearly all."""
    return str(event.detail.get(_DOUBT, ""))


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


def forget(db: Connection, before: datetime, *, limit: int) -> int:
    """Delete so many events that came before a time and are worked off; tell how many those were.

    Later answers cannot reach their askers any more, and a copy of one counts as new.
    """
    key = (col(InboxRow.project), col(InboxRow.channel), col(InboxRow.event))
    old = (
        select(*key)
        .where(col(InboxRow.received_at) < before, col(InboxRow.state) != WAITING)
        .order_by(col(InboxRow.received_at))
        .limit(limit)
    )
    return db.execute(delete(InboxRow).where(tuple_(*key).in_(old))).rowcount
