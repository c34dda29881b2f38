"""The outbox: one courier a channel delivers what is queued, and says what became of it.

A delivery is claimed in a transaction of its own before it is sent, within the platform's pace. One
that was interrupted, or whose answer got lost, may have arrived: the courier looks for its marker, and
where the platform lets nobody look, it is listed as uncertain and never sent again by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from assistant.doubts import Doubts
from assistant.noting import ATTEMPTS, LONGEST_PAUSE, marker_of, note
from assistant.pacing import Pacer
from assistant.ports import Channel, Delivered, Delivery, Doubtful, Postponed, Refused
from assistant.reply import reply_from_json
from assistant.withdrawing import is_withdrawn
from assistant.working import Stopping, never, pause
from knowledge_base.store.messages import claims, outbox
from knowledge_base.store.messages.outbox import OutgoingDelivery
from knowledge_base.store.store import Store

log = structlog.get_logger(__name__)

LONGEST_HOLD = 3600.0


class Courier:
    """Delivers for one channel. Several processes may each have one: a delivery belongs to who claims it."""

    def __init__(self, store: Store, channel: Channel, *, lease_seconds: float) -> None:
        self._store = store
        self._clock = store.clock
        self._channel = channel
        self._lease = timedelta(seconds=lease_seconds)
        self._pacer = Pacer(channel.pace)
        self._doubts = Doubts(store, channel, lease=self._lease)

    def work(self, stopping: Stopping = never) -> int:
        """Take up what is due; tell how many deliveries that were."""
        with self._store.read() as db:
            due = outbox.due(db, self._channel.name, self._clock())
        held: set[str] = set()
        for delivery in due:
            if stopping():
                break
            if delivery.state == outbox.SENDING:
                self._doubts.take_over(delivery)
            elif delivery.state == outbox.DOUBTFUL:
                self._doubts.look(delivery)
            elif delivery.lane not in held:
                claimed = self._claim(delivery, held)
                if claimed is not None:
                    self._settle(claimed, self._send(claimed), held)
        return len(due)

    def _claim(self, delivery: OutgoingDelivery, held: set[str]) -> OutgoingDelivery | None:
        """Claim a delivery, unless it has to wait, is no longer true, or somebody else has it."""
        name, lane = self._channel.name, delivery.lane
        with self._store.write() as db:
            claims.lock_lane(db, name, lane)
            now = self._clock()  # only now: the lock may have taken its time
            span = timedelta(seconds=self._channel.pace.seconds)
            of_all = claims.free_at(db, name, lane, messages=self._channel.pace.messages, span=span, now=now)
            free_at = max(of_all, self._pacer.free_at(lane, now))
            if free_at > now:
                held.add(lane)
                claims.hold_lane(db, name, lane, until=free_at)
                return None
            if is_withdrawn(db, delivery):
                return None
            claimed = claims.claim(db, delivery, now=now, lease=self._lease)
        if claimed is not None:
            self._pacer.count(lane, now)
        return claimed

    def _send(self, delivery: OutgoingDelivery) -> Delivery:
        try:
            return self._channel.send(delivery.address, reply_from_json(delivery.payload), marker_of(delivery))
        except Exception as error:
            # Whether it arrived is not known, whatever went wrong.
            log.exception("a channel failed", channel=self._channel.name, delivery=delivery.public_id)
            return Doubtful(f"the channel failed: {type(error).__name__}")

    def _settle(self, delivery: OutgoingDelivery, result: Delivery, held: set[str]) -> None:
        match result:
            case Delivered(receipt):
                self._note_arrival(delivery, receipt)
            case Refused(reason):
                note(self._store, delivery, outbox.DEAD, error=reason)
            case Doubtful(reason):
                self._doubts.raise_doubt(delivery, reason)
            case Postponed(reason, after):
                self._postpone(delivery, reason, after, held)

    def _note_arrival(self, delivery: OutgoingDelivery, receipt: str) -> None:
        with self._store.write() as db:
            noted = claims.arrived(db, delivery, receipt=receipt, now=self._clock())
        if not noted:
            log.warning("a delivery arrived after somebody else took it over", delivery=delivery.public_id)

    def _postpone(self, delivery: OutgoingDelivery, reason: str, after: float | None, held: set[str]) -> None:
        now = self._clock()
        wait = pause(delivery.attempts, longest=LONGEST_PAUSE)
        if after is not None:
            wait = timedelta(seconds=min(max(after, 0.1), LONGEST_HOLD))
        if delivery.attempts >= ATTEMPTS:
            note(self._store, delivery, outbox.DEAD, error=f"tried {delivery.attempts} times: {reason}")
        else:
            note(self._store, delivery, outbox.WAITING, error=reason, next_at=now + wait)
        if after is not None:
            self._hold(delivery.lane, now + wait, held)

    def _hold(self, lane: str, until: datetime, held: set[str]) -> None:
        held.add(lane)
        with self._store.write() as db:
            claims.hold_lane(db, self._channel.name, lane, until=until)
