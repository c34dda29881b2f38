"""A thread of `kea serve` that keeps the demand queues of all projects, at leisure."""

from __future__ import annotations

import time

import structlog

from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.errors import KeaError
from knowledge_base.store import demand_state
from knowledge_base.store.store import Store
from knowledge_base.worker import Worker

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
REST_SECONDS = 15.0
"""How long a project where nothing happens is left alone."""
REST = 9.0
"""The pause after a step, as a multiple of what it took: the rest of the server has nine tenths of a core."""
LONGEST_PAUSE = 60.0


class DemandLoop:
    """Takes one step for each project in turn, until it is stopped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keeper = DemandKeeper(store)
        self._at_rest: dict[str, tuple[tuple[int, int], float]] = {}
        self._worker = Worker("kea-demand", self._turn)
        self._pause = POLL_SECONDS

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._worker.start()

    def stop(self) -> None:
        """Stop after the step that is under way."""
        self._worker.stop()

    def step(self) -> bool:
        """Do one step in each project; False where nothing is to do.

        What fails in one project stops no other; the last such error is raised when all had their turn.
        """
        with self._store.read() as db:
            marks = demand_state.marks(db)
        is_busy, failed = False, None
        for name, mark in marks.items():
            if self._worker.is_stopping:
                break
            seen, until = self._at_rest.get(name, (None, 0.0))
            if seen == mark and time.monotonic() < until:
                continue
            try:
                if self._keeper.step(name):
                    is_busy = True
                    self._at_rest.pop(name, None)
                else:
                    self._at_rest[name] = mark, time.monotonic() + REST_SECONDS
            except Exception as error:
                failed = error
        if failed is not None:
            raise failed
        return is_busy

    def _turn(self) -> float:
        begun = time.monotonic()
        try:
            is_busy = self.step()
        except Exception as error:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            known = isinstance(error, KeaError)
            log.warning(
                "the demand queue is held up",
                reason=str(error),
                again_in=self._pause,
                exc_info=None if known else error,
            )
            return self._pause
        self._pause = POLL_SECONDS
        return REST * (time.monotonic() - begun) if is_busy else POLL_SECONDS
