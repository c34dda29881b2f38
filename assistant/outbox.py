"""The outbox: one courier a channel delivers what is queued, and says what became of it.

A delivery is claimed in a transaction of its own before it is sent. One that was interrupted, or whose
answer got lost, may have arrived: the courier looks for its marker, and where the platform lets
nobody look, it is listed as uncertain and never sent again by itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from assistant.inbox import pause
from assistant.pacing import Pacer
from assistant.ports import Channel, Delivered, Delivery, Doubtful, Postponed, Refused
from assistant.reply import reply_from_json
from knowledge_base.scrub import scrub
from knowledge_base.store import outbox, questions
from knowledge_base.store.outbox import OutgoingDelivery
from knowledge_base.store.store import Store

log = structlog.get_logger(__name__)

ATTEMPTS = 30
LOOKS = 4
LONGEST_PAUSE = 300.0
LATER = "later"


class Courier:
    """Delivers for one channel. Several processes may each have one: a delivery belongs to who claims it."""

    def __init__(self, store: Store, channel: Channel, *, lease_seconds: float) -> None:
        self._store = store
        self._clock = store.clock
        self._channel = channel
        self._lease = timedelta(seconds=lease_seconds)
        self._pacer = Pacer(channel.pace)

    def work(self) -> int:
        """Take up what is due; tell how many deliveries that were."""
        with self._store.read() as db:
            due = outbox.due(db, self._channel.name, self._clock())
        held: set[str] = set()
        for delivery in due:
            if delivery.state == outbox.SENDING:
                self._move(delivery, outbox.DOUBTFUL, error="the delivery was interrupted")
            elif delivery.state == outbox.DOUBTFUL:
                self._look(delivery)
            elif delivery.lane not in held and self._may_go(delivery, held):
                self._deliver(delivery, held)
        return len(due)

    def _may_go(self, delivery: OutgoingDelivery, held: set[str]) -> bool:
        now = self._clock()
        free_at = self._pacer.free_at(delivery.lane, now)
        if free_at > now:
            self._hold(delivery.lane, free_at, held)
        return free_at <= now

    def _hold(self, lane: str, until: datetime, held: set[str]) -> None:
        held.add(lane)
        with self._store.write() as db:
            outbox.hold_lane(db, self._channel.name, lane, until=until)

    def _deliver(self, delivery: OutgoingDelivery, held: set[str]) -> None:
        now = self._clock()
        claimed = replace(
            delivery, state=outbox.SENDING, attempts=delivery.attempts + 1, next_at=now + self._lease, error=""
        )
        with self._store.write() as db:
            if delivery.kind == LATER and not self._is_still_true(db, delivery):
                return
            values = {"attempts": claimed.attempts, "next_at": claimed.next_at, "error": ""}
            if not outbox.move(db, delivery, outbox.SENDING, **values):
                return  # another courier has it
        self._pacer.count(delivery.lane, now)
        self._settle(claimed, self._send(claimed), held)

    def _is_still_true(self, db: Connection, delivery: OutgoingDelivery) -> bool:
        """Whether the solution still is the category's; otherwise the delivery is withdrawn."""
        if delivery.question is None or delivery.solution is None:
            return True
        found = questions.category_now(db, delivery.project, delivery.question)
        if found is not None and found[1] == delivery.solution:
            return True
        questions.take_later_answer_back(db, delivery.project, delivery.question, solution=delivery.solution)
        outbox.move(db, delivery, outbox.WITHDRAWN, error="the solution was taken away before it was told")
        return False

    def _send(self, delivery: OutgoingDelivery) -> Delivery:
        try:
            return self._channel.send(delivery.address, reply_from_json(delivery.payload), marker_of(delivery))
        except Exception as error:
            # Whether it arrived is not known, whatever went wrong.
            log.exception("a channel failed", channel=self._channel.name, delivery=delivery.public_id)
            return Doubtful(f"the channel failed: {type(error).__name__}")

    def _settle(self, delivery: OutgoingDelivery, result: Delivery, held: set[str]) -> None:
        now = self._clock()
        match result:
            case Delivered(receipt):
                self._move(delivery, outbox.SENT, receipt=receipt[:400], sent_at=now, error="")
            case Refused(reason):
                self._move(delivery, outbox.DEAD, error=reason)
            case Doubtful(reason):
                self._move(delivery, outbox.DOUBTFUL, error=reason, next_at=now + pause(1))
            case Postponed(reason, after):
                wait = pause(delivery.attempts, longest=LONGEST_PAUSE)
                if after is not None:
                    wait = timedelta(seconds=min(max(after, 0.1), 3600.0))
                    self._hold(delivery.lane, now + wait, held)
                if delivery.attempts >= ATTEMPTS:
                    self._move(delivery, outbox.DEAD, error=f"tried {delivery.attempts} times: {reason}")
                else:
                    self._move(delivery, outbox.WAITING, error=reason, next_at=now + wait)

    def _look(self, delivery: OutgoingDelivery) -> None:
        now = self._clock()
        try:
            found = self._channel.find(delivery.address, marker_of(delivery))
        except Exception:
            log.exception("a channel failed", channel=self._channel.name, delivery=delivery.public_id)
            found = None
        if found is True:
            self._move(delivery, outbox.SENT, sent_at=now, error="")
        elif found is False:
            self._move(delivery, outbox.WAITING, looks=0, next_at=now)
        elif delivery.looks + 1 >= LOOKS:
            self._move(delivery, outbox.UNCERTAIN, looks=delivery.looks + 1)
        else:
            self._move(
                delivery, outbox.DOUBTFUL, looks=delivery.looks + 1, next_at=now + pause(delivery.looks, longest=30.0)
            )

    def _move(self, delivery: OutgoingDelivery, state: str, **values: object) -> None:
        if "error" in values:
            values["error"] = scrub(str(values["error"]))
        with self._store.write() as db:
            moved = outbox.move(db, delivery, state, **values)
        if moved and state in outbox.NEEDS_SOMEBODY:
            log.warning("a delivery needs somebody", delivery=delivery.public_id, channel=delivery.channel, state=state)


def marker_of(delivery: OutgoingDelivery) -> str:
    """Give the mark by which a delivery is found again on its platform.

    It stays the same over all attempts, and tells nothing but the delivery's id.
    """
    return f"kea:{delivery.project}:{delivery.public_id}"
