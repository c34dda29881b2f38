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


class RollUpLoop(Leisure):
    """Takes one short step after the other, until it is stopped."""

    def __init__(self, store: Store) -> None:
        super().__init__("kea-roll-up", rest=REST, poll=REST_SECONDS, held_up="old counts are not put together for now")
        self._store = store
        self._waiting: deque[str] = deque()
        self._behind = 0

    def step(self) -> bool:
        """Take one step; False where all projects are done and a new round begins."""
        if not self._waiting:
            with self._store.read() as db:
                self._waiting.extend(list_projects(db))
            if not self._waiting:
                return False
        try:
            behind = self._roll_up_some(self._waiting[0])
        except BaseException:
            # The others have their turn first.
            self._leave()
            raise
        if behind is None:
            self._leave()
            return bool(self._waiting)
        self._behind = behind
        return True

    def _roll_up_some(self, project: str) -> int | None:
        """Look at the next templates; give the last number that was looked at, None behind the last of all."""
        now = self._store.clock()
        with self._store.read() as db:
            first = counts.next_counted(db, project, self._behind)
            if first is None:
                return None
            some = range(first, first + AT_ONCE)
            is_due = counts.is_to_roll_up(db, project, now, templates=some)
        if is_due:
            with self._store.write() as db:
                counts.roll_up(db, project, now, templates=some)
        return some.stop - 1

    def _leave(self) -> None:
        self._waiting.popleft()
        self._behind = 0
