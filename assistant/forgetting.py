"""Forgets what is old: events and settled deliveries, a little at a time, so that nobody waits for it."""

from __future__ import annotations

from datetime import timedelta

from knowledge_base.store.messages import inbox, outbox
from knowledge_base.store.store import Store

RETENTION = timedelta(days=90)
BATCH = 500


def forget_some(store: Store) -> int:
    """Delete a batch of what is older than ``RETENTION`` in a short transaction; 0 where nothing is left.

    Deliveries go after all old events: while the event is there, a copy of it is not answered again.
    What waits or needs somebody stays.
    """
    before = store.clock() - RETENTION
    with store.write() as db:
        forgotten = inbox.forget(db, before, limit=BATCH)
        if forgotten < BATCH:
            forgotten += outbox.forget(db, before, limit=BATCH)
    return forgotten
