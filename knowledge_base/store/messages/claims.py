"""Who delivers what, and when: a delivery belongs to who claims it, a lane's pace to all processes together."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update
from sqlmodel import col

from knowledge_base.store.messages.message_tables import OutboxRow
from knowledge_base.store.messages.outbox import (
    DEAD,
    DOUBTFUL,
    SENDING,
    SENT,
    UNCERTAIN,
    WAITING,
    OutgoingDelivery,
    move,
)
from knowledge_base.store.text import clip


def lock_lane(db: Connection, channel: str, lane: str) -> None:
    """Wait until nobody else claims in a lane, and keep others waiting until this transaction ends.

    Without it two processes would count the same claims and each add one. On SQLite writers come
    one after the other anyway.
    """
    if db.dialect.name == "postgresql":
        digest = hashlib.sha256(f"{channel}\0{lane}".encode()).digest()
        db.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], signed=True))))


def free_at(db: Connection, channel: str, lane: str, *, messages: int, span: timedelta, now: datetime) -> datetime:
    """Tell when a lane may take the next of so many messages in a span; ``now`` where it may go at once.

    Claims that lie farther ahead than the span were made by a clock that was wrong, and do not count.
    """
    claimed = col(OutboxRow.claimed_at)
    query = (
        select(claimed)
        .where(
            col(OutboxRow.channel) == channel,
            col(OutboxRow.lane) == lane,
            claimed > now - span,
            claimed <= now + span,
        )
        .order_by(claimed.desc())
        .offset(messages - 1)
        .limit(1)
    )
    last = db.execute(query).scalar()
    return now if last is None else last + span


def claim(db: Connection, delivery: OutgoingDelivery, *, now: datetime, lease: timedelta) -> OutgoingDelivery | None:
    """Take a delivery up for as long as a lease; None where it is not as it was read: somebody else has it."""
    values = {
        "attempts": delivery.attempts + 1,
        "looks": 0,
        "misses": 0,
        "claimed_at": now,
        "next_at": now + lease,
        "error": "",
    }
    if not move(db, delivery, SENDING, **values):
        return None
    return replace(delivery, state=SENDING, **values)  # type: ignore[arg-type]


def arrived(db: Connection, claimed: OutgoingDelivery, *, receipt: str, now: datetime) -> bool:
    """Note that a delivery is there, also after its lease, as long as nobody has claimed it again.

    False where somebody has, or where a person has settled it.
    """
    changed = db.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.project) == claimed.project,
            col(OutboxRow.id) == claimed.id,
            col(OutboxRow.claimed_at) == claimed.claimed_at,
            col(OutboxRow.state).in_([SENDING, DOUBTFUL, UNCERTAIN, WAITING, DEAD]),
        )
        .values(state=SENT, receipt=clip(receipt, 400), sent_at=now, error="")
    ).rowcount
    return changed == 1


def hold_lane(db: Connection, channel: str, lane: str, *, until: datetime) -> None:
    """Let everything that waits in a lane wait until a time at least: the platform said so."""
    lock_lane(db, channel, lane)
    db.execute(
        update(OutboxRow)
        .where(
            col(OutboxRow.channel) == channel,
            col(OutboxRow.lane) == lane,
            col(OutboxRow.state) == WAITING,
            col(OutboxRow.next_at) < until,
        )
        .values(next_at=until)
    )
