"""A thread of `kea serve` that keeps the demand queues of all projects, at leisure."""

from __future__ import annotations

import time

from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.leisure import Leisure
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import demand_state

POLL_SECONDS = 1.0
REST_SECONDS = 15.0
"""How long a project where nothing happens is left alone."""
REST = 9.0
"""The pause after a step, as a multiple of what it took: the rest of the server has nine tenths of a core."""


class DemandLoop(Leisure):
    """Takes one step for each project in turn, until it is stopped."""

    def __init__(self, store: Store) -> None:
        super().__init__("kea-demand", rest=REST, poll=POLL_SECONDS, held_up="the demand queue is held up")
        self._store = store
        self._keeper = DemandKeeper(store)
        self._at_rest: dict[str, tuple[tuple[int, int], float]] = {}

    def step(self) -> bool:
        """Do one step in each project; False where nothing is to do.

        What fails in one project stops no other; the last such error is raised when all had their turn.
        """
        with self._store.read() as db:
            marks = demand_state.marks(db)
        return self.for_each(marks, lambda project: self._look_after(project, marks[project]))

    def _look_after(self, project: str, mark: tuple[int, int]) -> bool:
        seen, until = self._at_rest.get(project, (None, 0.0))
        if seen == mark and time.monotonic() < until:
            return False
        if self._keeper.step(project):
            self._at_rest.pop(project, None)
            return True
        self._at_rest[project] = mark, time.monotonic() + REST_SECONDS
        return False
