"""A thread of `kea serve` that measures how well published solutions help, a few at a time."""

from __future__ import annotations

from datetime import timedelta

from knowledge_base.leisure import Leisure
from knowledge_base.store.projects import list_projects
from knowledge_base.store.solving import solution_health
from knowledge_base.store.store import Store

POLL_SECONDS = 5.0
REST = 19.0
"""The pause after a step, as a multiple of what it took: the rest of the server has nineteen of twenty parts."""
FRESH = timedelta(minutes=10)
PORTION = 10


class SolutionHealthLoop(Leisure):
    """Measures what was not measured for a while, until it is stopped."""

    def __init__(self, store: Store) -> None:
        super().__init__("kea-solution-health", rest=REST, poll=POLL_SECONDS, held_up="solutions are not measured")
        self._store = store

    def step(self) -> bool:
        """Measure a few solutions of each project; False where none has waited long enough.

        What fails in one project stops no other; the last such error is raised when all had their turn.
        """
        with self._store.read() as db:
            names = list_projects(db)
        return self.for_each(names, self._measure)

    def _measure(self, project: str) -> bool:
        now = self._store.clock()
        with self._store.read() as db:
            numbers = solution_health.waiting(db, project, older_than=now - FRESH, limit=PORTION)
            measured = solution_health.measure(db, project, numbers, now) if numbers else {}
        if measured:
            with self._store.write() as db:
                solution_health.keep(db, project, measured, now)
        return bool(measured)
