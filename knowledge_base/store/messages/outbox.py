"""What has to reach people: queued together with its cause, delivered once as far as a platform lets us know.

::

    waiting ─► sending ─► sent
       ▲          ├─────► waiting    certainly not there: again, later
       │          ├─────► dead       refused, or tried too often: listed, can be sent again by hand
       │          └─────► doubtful ─► sent | waiting | uncertain (cannot be told: listed, never sent by itself)
    withdrawn: no longer true when its time came; dismissed: a person has seen it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, tuple_, update
from sqlmodel import col

from knowledge_base.errors import Conflict, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.messages.message_tables import OutboxRow
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.text import clip
from knowledge_base.store.upserts import insert_new

WAITING, SENDING, SENT, DEAD = "waiting", "sending", "sent", "dead"
DOUBTFUL, UNCERTAIN, WITHDRAWN, DISMISSED = "doubtful", "uncertain", "withdrawn", "dismissed"
STATES = (WAITING, SENDING, SENT, DEAD, DOUBTFUL, UNCERTAIN, WITHDRAWN, DISMISSED)
NEEDS_SOMEBODY = (DEAD, UNCERTAIN)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery before it is queued; ``key`` is the same for the same cause.

    ``stands_for`` are earlier questions that it answers besides ``question``.
    """

    key: str
    channel: str
    kind: str
    lane: str
    address: Mapping[str, object]
    payload: Mapping[str, object]
    question: int | None = None
    solution: int | None = None
    stands_for: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class OutgoingDelivery:
    """A queued delivery; ``attempts`` counts those that were begun.

    Since it was last claimed, ``looks`` counts how often looking for it told nothing, ``misses``
    how often in a row it was not there.
    """

    project: str
    id: int
    key: str
    channel: str
    kind: str
    lane: str
    address: Mapping[str, Any]
    payload: Mapping[str, Any]
    question: int | None
    solution: int | None
    stands_for: Sequence[int]
    state: str
    attempts: int
    looks: int
    misses: int
    error: str
    created_at: datetime
    next_at: datetime
    claimed_at: datetime | None
    sent_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id that people use, such as ``D-12``."""
        return public_id(Prefix.DELIVERY, self.id)


_COLUMNS = tuple(col(getattr(OutboxRow, name)) for name in OutgoingDelivery.__slots__)


def queue(
    db: Connection,
    project: str,
    new: NewDelivery,
    now: datetime,
    *,
    not_before: datetime | None = None,
    doubt: str = "",
) -> bool:
    """Queue a delivery within the transaction that causes it; False where it was queued before.

    ``doubt`` says why it may have been made already: then it is listed, and somebody sends or dismisses it.
    """
    return insert_new(
        db,
        OutboxRow,
        {
            "project": project,
            "id": take_numbers(db, "delivery")[0],
            "key": clip(new.key, 300),
            "channel": new.channel,
            "kind": new.kind,
            "lane": clip(new.lane, 400),
            "address": dict(new.address),
            "payload": dict(new.payload),
            "question": new.question,
            "solution": new.solution,
            "stands_for": list(new.stands_for),
            "state": UNCERTAIN if doubt else WAITING,
            "attempts": 0,
            "looks": 0,
            "misses": 0,
            "receipt": "",
            "error": clip(doubt, 2000),
            "created_at": now,
            "next_at": not_before or now,
            "claimed_at": None,
            "sent_at": None,
        },
    )


def due(db: Connection, channel: str, now: datetime, limit: int = 50) -> list[OutgoingDelivery]:
    """Read what a channel has to deliver or to look for now, of all projects, the longest due first.

    A delivery under way whose time is over was interrupted: it is among them.
    """
    query = (
        select(*_COLUMNS)
        .where(
            col(OutboxRow.channel) == channel,
            col(OutboxRow.state).in_([WAITING, SENDING, DOUBTFUL]),
            col(OutboxRow.next_at) <= now,
        )
        .order_by(col(OutboxRow.next_at), col(OutboxRow.id))
        .limit(limit)
    )
    return [OutgoingDelivery(*row) for row in db.execute(query)]


def move(db: Connection, delivery: OutgoingDelivery, state: str, **values: object) -> bool:
    """Put a delivery into another state; False where it is not as it was read: somebody else has it."""
    if "error" in values:
        values["error"] = clip(str(values["error"]), 2000)
    changed = db.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.project) == delivery.project,
            col(OutboxRow.id) == delivery.id,
            col(OutboxRow.state) == delivery.state,
            col(OutboxRow.attempts) == delivery.attempts,
            col(OutboxRow.looks) == delivery.looks,
            col(OutboxRow.misses) == delivery.misses,
            col(OutboxRow.next_at) == delivery.next_at,
        )
        .values(state=state, **values)
    ).rowcount
    return changed == 1


def get(db: Connection, project: str, public: str) -> OutgoingDelivery:
    """Read a delivery; raises NotFound."""
    number = number_of(Prefix.DELIVERY, public)
    query = select(*_COLUMNS).where(col(OutboxRow.project) == project, col(OutboxRow.id) == number)
    row = db.execute(query).first()
    if row is None:
        raise NotFound(f"there is no delivery {public[:40]} in project {project!r}")
    return OutgoingDelivery(*row)


def list_deliveries(
    db: Connection, project: str, *, states: tuple[str, ...] = (), limit: int = 50, before: int | None = None
) -> list[OutgoingDelivery]:
    """Read deliveries in some states (all unless given), newest first, older than the number ``before``."""
    query = select(*_COLUMNS).where(col(OutboxRow.project) == project)
    if states:
        query = query.where(col(OutboxRow.state).in_(states))
    if before is not None:
        query = query.where(col(OutboxRow.id) < before)
    return [OutgoingDelivery(*row) for row in db.execute(query.order_by(col(OutboxRow.id).desc()).limit(limit))]


def resend(db: Connection, project: str, public: str, now: datetime) -> OutgoingDelivery:
    """Queue a dead, uncertain or dismissed delivery anew; raises NotFound, and Conflict for any other."""
    delivery = get(db, project, public)
    if delivery.state not in (*NEEDS_SOMEBODY, DISMISSED):
        raise Conflict(f"{delivery.public_id} is {delivery.state}; only what is dead or uncertain is sent again")
    if not move(db, delivery, WAITING, attempts=0, looks=0, misses=0, error="", next_at=now):
        raise Conflict(f"{delivery.public_id} has changed meanwhile; look at it again")
    return get(db, project, public)


def dismiss(db: Connection, project: str, public: str) -> OutgoingDelivery:
    """Take a dead or uncertain delivery off the list; raises NotFound, and Conflict for any other."""
    delivery = get(db, project, public)
    if delivery.state not in NEEDS_SOMEBODY:
        raise Conflict(f"{delivery.public_id} is {delivery.state}; there is nothing to be settled about it")
    if not move(db, delivery, DISMISSED):
        raise Conflict(f"{delivery.public_id} has changed meanwhile; look at it again")
    return get(db, project, public)


def doubt(db: Connection, *, until: datetime, reason: str) -> int:
    """Let nothing that was under way or due until a time go out by itself, in any project; tell how many those were."""
    under_way = col(OutboxRow.state).in_([SENDING, DOUBTFUL])
    is_due = and_(col(OutboxRow.state) == WAITING, col(OutboxRow.next_at) <= until)
    query = update(OutboxRow).where(or_(under_way, is_due)).values(state=UNCERTAIN, error=clip(reason, 2000))
    return db.execute(query).rowcount


def forget(db: Connection, before: datetime, *, limit: int) -> int:
    """Delete so many deliveries that were queued before a time and are settled; tell how many those were.

    Their events have to be deleted first: while an event is there, a copy of it is not answered.
    """
    key = (col(OutboxRow.project), col(OutboxRow.id))
    old = (
        select(*key)
        .where(col(OutboxRow.created_at) < before, col(OutboxRow.state).in_([SENT, WITHDRAWN, DISMISSED]))
        .order_by(col(OutboxRow.created_at))
        .limit(limit)
    )
    return db.execute(delete(OutboxRow).where(tuple_(*key).in_(old))).rowcount
