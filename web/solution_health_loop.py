"""A thread of `kea serve` that measures how well published solutions help, a few at a time."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog

from knowledge_base.errors import KeaError
from knowledge_base.store import solution_health
from knowledge_base.store.projects import list_projects
from knowledge_base.store.store import Store
from knowledge_base.worker import Worker

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
REST = 19.0
"""The pause after a step, as a multiple of what it took: the rest of the server has nineteen of twenty parts."""
LONGEST_PAUSE = 60.0
FRESH = timedelta(minutes=10)
PORTION = 10


class SolutionHealthLoop:
    """Measures what was not measured for a while, until it is stopped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._worker = Worker("kea-solution-health", self._turn)
        self._pause = POLL_SECONDS

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._worker.start()

    def stop(self) -> None:
        """Stop after the step that is under way."""
        self._worker.stop()

    def step(self) -> bool:
        """Measure a few solutions of each project; False where none has waited long enough.

        What fails in one project stops no other; the last such error is raised when all had their turn.
        """
        with self._store.read() as db:
            names = list_projects(db)
        is_busy, failed = False, None
        for project in names:
            if self._worker.is_stopping:
                break
            try:
                is_busy = self._measure(project) or is_busy
            except Exception as error:
                failed = error
        if failed is not None:
            raise failed
        return is_busy

    def _measure(self, project: str) -> bool:
        now = self._store.clock()
        with self._store.read() as db:
            numbers = solution_health.waiting(db, project, older_than=now - FRESH, limit=PORTION)
            measured = solution_health.measure(db, project, numbers, now) if numbers else {}
        if measured:
            with self._store.write() as db:
                solution_health.keep(db, project, measured, now)
        return bool(measured)

    def _turn(self) -> float:
        begun = time.monotonic()
        try:
            is_busy = self.step()
        except Exception as error:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            known = isinstance(error, KeaError)
            log.warning(
                "solutions are not measured",
                reason=str(error),
                again_in=self._pause,
                exc_info=None if known else error,
            )
            return self._pause
        self._pause = POLL_SECONDS
        return max(1.0, REST * (time.monotonic() - begun)) if is_busy else POLL_SECONDS
