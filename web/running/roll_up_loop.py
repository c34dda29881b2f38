"""A thread of `kea serve` that makes hours of old minutes, and days of old hours, at leisure."""

from __future__ import annotations

from collections import deque

from knowledge_base.leisure import Leisure
from knowledge_base.store.intake import counts
from knowledge_base.store.projects import list_projects
from knowledge_base.store.store import Store

REST_SECONDS = 1800.0
"""The pause between two rounds of all projects."""
REST = 9.0
"""The pause after a step, as a multiple of what it took: the rest of the server has nine tenths of a core."""
AT_ONCE = 200
"""Numbers of templates that one step looks at."""


class RollUpLoop:
    """Takes one short step after the other, until it is stopped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[str] = deque()
        self._behind = 0
        self._leisure = Leisure(
            "kea-roll-up", self.step, rest=REST, poll=REST_SECONDS, held_up="old counts are not put together for now"
        )

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._leisure.start()

    def stop(self) -> None:
        """Stop after the step that is under way."""
        self._leisure.stop()

    def step(self) -> bool:
        """Take one step; False where all projects are done and a new round begins."""
        if not self._waiting:
            with self._store.read() as db:
                self._waiting.extend(list_projects(db))
            if not self._waiting:
                return False
        project, now = self._waiting[0], self._store.clock()
        with self._store.read() as db:
            first = counts.next_counted(db, project, self._behind)
            some = range(first or 0, (first or 0) + AT_ONCE)
            is_due = first is not None and counts.is_to_roll_up(db, project, now, templates=some)
        if is_due:
            with self._store.write() as db:
                counts.roll_up(db, project, now, templates=some)
        if first is None:
            self._waiting.popleft()
            self._behind = 0
            return bool(self._waiting)
        self._behind = some.stop - 1
        return True
