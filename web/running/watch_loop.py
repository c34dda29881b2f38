"""A thread of `kea serve` that counts the hours which dashboards add up, at leisure, for all projects in turn."""

from __future__ import annotations

from collections import deque

from knowledge_base.leisure import Leisure
from knowledge_base.store.intake import source_log
from knowledge_base.store.projects import list_projects
from knowledge_base.store.store import Store
from knowledge_base.store.watching.dashboard_counting import Round, count_some
from knowledge_base.store.watching.dashboard_hours import replace_hours

REST_SECONDS = 10.0
"""The pause between two rounds of all projects."""
REST = 4.0
"""The pause after a step, as a multiple of what it took: the rest of the server has four fifths of a core."""


class WatchLoop(Leisure):
    """Takes one short step after the other, until it is stopped."""

    def __init__(self, store: Store) -> None:
        super().__init__("kea-watch", rest=REST, poll=REST_SECONDS, held_up="the dashboard is held up")
        self._store = store
        self._waiting: deque[str] = deque()
        self._project = ""
        self._round: Round | None = None

    def step(self) -> bool:
        """Take one step; False where all projects are done and a new turn begins."""
        if self._round is None:
            if not self._waiting:
                with self._store.read() as db:
                    self._waiting.extend(list_projects(db))
            if not self._waiting:
                return False
            self._project = self._waiting.popleft()
            self._round = Round(self._store.clock())
        project, this = self._project, self._round
        try:
            with self._store.read() as db:
                goes_on = count_some(db, project, this)
            if not goes_on:
                replace_hours(self._store, project, this.hours, this.begun_at)
                with self._store.write() as db:
                    source_log.tidy(db, project, this.begun_at)
        except BaseException:
            self._round = None
            raise
        if goes_on:
            return True
        self._round = None
        return bool(self._waiting)


def count_all(store: Store, project: str) -> None:
    """Take a whole round for one project at once."""
    this, goes_on = Round(store.clock()), True
    while goes_on:
        with store.read() as db:
            goes_on = count_some(db, project, this)
    replace_hours(store, project, this.hours, this.begun_at)
