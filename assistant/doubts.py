"""What may have arrived: it is looked for by its marker before it is sent again.

A platform may show a message some seconds after it took it, and the clocks of two servers differ: only
what is missed twice in a row, some seconds apart, is not there.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from assistant.noting import ATTEMPTS, LONGEST_PAUSE, marker_of, note
from assistant.ports import Channel
from assistant.working import pause
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import OutgoingDelivery
from knowledge_base.store.store import Store

log = structlog.get_logger(__name__)

LOOKS = 4
MISSES = 2
LOOK_AFTER = timedelta(seconds=10)
LONGEST_LOOK = 30.0


class Doubts:
    """Settles the deliveries of one channel that are in doubt."""

    def __init__(self, store: Store, channel: Channel, *, lease: timedelta) -> None:
        self._store = store
        self._channel = channel
        self._lease = lease

    def raise_doubt(self, delivery: OutgoingDelivery, reason: str) -> None:
        """Note that a delivery that just ended may have arrived."""
        note(self._store, delivery, outbox.DOUBTFUL, error=reason, next_at=self._store.clock() + LOOK_AFTER)

    def take_over(self, delivery: OutgoingDelivery) -> None:
        """Note that a delivery was interrupted.

        Who claimed it may be still at it, where a clock is wrong or a process was suspended: it is
        looked for a whole lease later.
        """
        now = self._store.clock()
        at = now if delivery.claimed_at is None else max(now, delivery.claimed_at + 2 * self._lease)
        note(self._store, delivery, outbox.DOUBTFUL, error="the delivery was interrupted", next_at=at)

    def look(self, delivery: OutgoingDelivery) -> None:
        """Look for a delivery; what cannot be told after some looks is uncertain."""
        found, now = self._find(delivery), self._store.clock()
        if found is True:
            note(self._store, delivery, outbox.SENT, sent_at=now, error="")
        elif found is False:
            self._missed(delivery)
        elif delivery.looks + 1 >= LOOKS:
            note(self._store, delivery, outbox.UNCERTAIN, looks=delivery.looks + 1)
        else:
            at = now + pause(delivery.looks, longest=LONGEST_LOOK)
            note(self._store, delivery, outbox.DOUBTFUL, looks=delivery.looks + 1, misses=0, next_at=at)

    def _find(self, delivery: OutgoingDelivery) -> bool | None:
        try:
            return self._channel.find(delivery.address, marker_of(delivery))
        except Exception:
            log.exception("a channel failed", channel=self._channel.name, delivery=delivery.public_id)
            return None

    def _missed(self, delivery: OutgoingDelivery) -> None:
        now, misses = self._store.clock(), delivery.misses + 1
        if misses < MISSES:
            note(self._store, delivery, outbox.DOUBTFUL, misses=misses, next_at=now + LOOK_AFTER)
        elif delivery.attempts >= ATTEMPTS:
            error = f"tried {delivery.attempts} times, it is not there: {delivery.error}"
            note(self._store, delivery, outbox.DEAD, misses=misses, error=error)
        else:
            at = now + pause(delivery.attempts, longest=LONGEST_PAUSE)
            note(self._store, delivery, outbox.WAITING, misses=misses, next_at=at)
