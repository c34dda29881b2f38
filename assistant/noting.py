"""How a delivery is marked on its platform, and how it is noted what became of it."""

from __future__ import annotations

import structlog

from knowledge_base.scrub import scrub
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import OutgoingDelivery
from knowledge_base.store.store import Store

log = structlog.get_logger(__name__)

ATTEMPTS = 30
LONGEST_PAUSE = 300.0


def marker_of(delivery: OutgoingDelivery) -> str:
    """Give the mark by which a delivery is found again on its platform.

    It stays the same over all attempts, and tells nothing but the delivery's id.
    """
    return f"kea:{delivery.project}:{delivery.public_id}"


def note(store: Store, delivery: OutgoingDelivery, state: str, **values: object) -> None:
    """Put a delivery into another state, unless it is not as it was read: then somebody else has it."""
    if "error" in values:
        values["error"] = scrub(str(values["error"]))
    with store.write() as db:
        moved = outbox.move(db, delivery, state, **values)
    if moved and state in outbox.NEEDS_SOMEBODY:
        log.warning("a delivery needs somebody", delivery=delivery.public_id, channel=delivery.channel, state=state)
