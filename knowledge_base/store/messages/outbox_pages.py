"""What was sent, page by page: by state and channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.message_tables import OutboxRow
from knowledge_base.store.messages.outbox import OutgoingDelivery

COUNTED = 1000
"""Counting stops here."""


def find_deliveries(
    db: Connection, project: str, *, states: Sequence[str], channel: str, limit: int, before: int | None = None
) -> list[OutgoingDelivery]:
    """Read deliveries in some states and of one channel (all unless given), newest first."""
    columns = [col(getattr(OutboxRow, name)) for name in OutgoingDelivery.__slots__]
    query = select(*columns).where(col(OutboxRow.project) == project)
    if states:
        query = query.where(col(OutboxRow.state).in_(list(states)))
    if channel:
        query = query.where(col(OutboxRow.channel) == channel)
    if before is not None:
        query = query.where(col(OutboxRow.id) < before)
    return [OutgoingDelivery(*row) for row in db.execute(query.order_by(col(OutboxRow.id).desc()).limit(limit))]


def state_counts(db: Connection, project: str) -> Mapping[str, int]:
    """Count deliveries by state, up to ``COUNTED`` each."""
    counts = {}
    for state in outbox.STATES:
        some = select(col(OutboxRow.id)).where(col(OutboxRow.project) == project, col(OutboxRow.state) == state)
        counts[state] = int(db.execute(select(func.count()).select_from(some.limit(COUNTED).subquery())).scalar_one())
    return counts


def sent_by_channel(db: Connection, project: str, since: datetime) -> Mapping[str, int]:
    """Count what was queued since a time and has arrived, by channel."""
    query = (
        select(col(OutboxRow.channel), func.count())
        .where(
            col(OutboxRow.created_at) >= since, col(OutboxRow.project) == project, col(OutboxRow.state) == outbox.SENT
        )
        .group_by(col(OutboxRow.channel))
    )
    return {channel: int(count) for channel, count in db.execute(query)}


def channels(db: Connection, project: str) -> list[str]:
    """Name the channels that anything was sent by."""
    query = select(col(OutboxRow.channel)).where(col(OutboxRow.project) == project).distinct()
    return sorted(db.execute(query).scalars())
