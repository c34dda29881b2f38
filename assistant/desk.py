"""The desk: what works on the inbox and the outbox beside the web server, and keeps the connections.

One thread answers, one thread a channel delivers, so that a platform that hangs keeps no other waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from assistant.answering import Assistant
from assistant.composing import Composer
from assistant.forgetting import forget_some
from assistant.handing_over import HandingOver, target_of
from assistant.inbox import Inbox
from assistant.later import LaterAnswers
from assistant.outbox import Courier
from assistant.ports import Accept, Adapter, Webhook
from knowledge_base.errors import KeaError
from knowledge_base.settings import Settings

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
LONGEST_PAUSE = 30.0
STOP_SECONDS = 15.0
HOUSEKEEPING = timedelta(hours=1)

AdapterMaker = Callable[[Accept], Adapter | None]


class Desk:
    """Runs the adapters of all configured platforms; raises InputError for a hand-over target that is no place."""

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        self._knowledge = assistant.knowledge
        self._settings = settings
        self._wake: list[threading.Event] = []
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        composer = Composer(settings.public_url)
        target_of(settings.handover_target)  # a place that is none is told now, not when somebody waits
        self.handing_over = HandingOver(self._knowledge, composer)
        self.inbox = Inbox(assistant, composer, notify=self.notify)
        self._later = LaterAnswers(self._knowledge, composer, wait=timedelta(seconds=settings.later_answer_seconds))
        self._tidy_at = self._knowledge.clock()
        self.adapters: tuple[Adapter, ...] = ()

    def add(self, adapter: Adapter) -> None:
        """Serve a platform; only before ``start``."""
        self.adapters += (adapter,)
        self.inbox.serve(adapter.channel)
        self._later.serve(adapter.channel)

    def webhook(self, name: str) -> Webhook | None:
        """Give what answers the requests of a platform; None where there is none of that name."""
        return next((each.webhook for each in self.adapters if each.channel.name == name), None)

    def start(self) -> None:
        """Begin to work; returns at once, also where platforms are away."""
        if not self.adapters:
            return
        self._begin("kea-inbox", self._answer)
        for adapter in self.adapters:
            lease = self._settings.delivery_lease_seconds
            courier = Courier(self._knowledge.store, adapter.channel, lease_seconds=lease)
            self._begin(f"kea-outbox-{adapter.channel.name}", partial(courier.work, self._stopping.is_set))
        for adapter in self.adapters:
            if adapter.connection is not None:
                adapter.connection.start()

    def stop(self) -> tuple[str, ...]:
        """Take nothing more in, finish what is under way; what is queued waits for the next start.

        Names the threads that still work after ``STOP_SECONDS``: a platform does not answer them.
        They need the database, so leave it open; what they were at is looked for at the next start.
        """
        end = time.monotonic() + STOP_SECONDS
        self._stopping.set()
        self.notify()
        for adapter in self.adapters:
            if adapter.connection is not None:
                adapter.connection.stop()
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        working = tuple(thread.name for thread in self._threads if thread.is_alive())
        if working:
            log.warning("the desk stops while something is under way", threads=working)
        self._threads.clear()
        return working

    def notify(self) -> None:
        """Say that there may be something to do."""
        for event in self._wake:
            event.set()

    def _answer(self) -> int:
        stopping = self._stopping.is_set
        return self.inbox.work(stopping) + self._later.work(stopping) + self._tidy()

    def _tidy(self) -> int:
        now = self._knowledge.clock()
        if now < self._tidy_at or self._stopping.is_set():
            return 0
        forgotten = forget_some(self._knowledge.store)
        if not forgotten:
            self._tidy_at = now + HOUSEKEEPING
        return forgotten

    def _begin(self, name: str, work: Callable[[], int]) -> None:
        wake = threading.Event()
        self._wake.append(wake)
        thread = threading.Thread(target=self._run, args=(name, wake, work), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self, name: str, wake: threading.Event, work: Callable[[], int]) -> None:
        wait = POLL_SECONDS
        while not self._stopping.is_set():
            try:
                done = work()
                wait = POLL_SECONDS
            except KeaError as error:
                done, wait = 0, min(wait * 2, LONGEST_PAUSE)
                log.warning("the desk is held up", part=name, reason=str(error), again_in=wait)
            except Exception:
                done, wait = 0, min(wait * 2, LONGEST_PAUSE)
                log.exception("the desk is held up", part=name, again_in=wait)
            if not done:
                wake.wait(wait)
                wake.clear()
