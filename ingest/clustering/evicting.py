"""Making room: the clusterer evicts the coldest templates of a project that holds too many, bit by bit."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

import structlog

from ingest.clustering.lease import try_lease
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.grouping import eviction

log = structlog.get_logger(__name__)

CHOSEN_AT_ONCE = 50_000
PART = 100
STEP_SECONDS = 1.0
REST = 2.0
"""A pause between two transactions, as a multiple of what the first one took: others want to write too."""
LOOK_AGAIN = 60.0


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is still to be evicted, and how cold it has to be by then."""

    waiting: deque[int]
    seen_until: datetime


class Evictor:
    """Keeps projects within ``max_templates``. Steps are short, so that windows are clustered between them."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._chosen: dict[str, _Choice] = {}
        self._in_vain: dict[str, float] = {}
        self._told: set[str] = set()

    def settle(self, project: str) -> int:
        """Evict until the limit is kept, as far as that can be done; tell how many templates went."""
        evicted = 0
        while (step := self.step(project)) or project in self._chosen:
            evicted += step
        return evicted

    def step(self, project: str) -> int:
        """Evict for a second at most; tell how many templates went, 0 where nothing is to be done."""
        if project not in self._chosen and not self._is_due(project):
            return 0
        with try_lease(self.knowledge, project) as lease:
            if lease is None:
                self._chosen.pop(project, None)
                return 0
            choice = self._chosen.get(project) or self._choose(project)
            if choice is None:
                return 0
            evicted, end = 0, time.monotonic() + STEP_SECONDS
            while choice.waiting and time.monotonic() < end:
                part = [choice.waiting.popleft() for _ in range(min(PART, len(choice.waiting)))]
                with self.knowledge.store.write() as db:
                    begun = time.monotonic()
                    projects.lock(db, project)
                    lease.check(db)
                    gone = eviction.evict(db, project, part, seen_until=choice.seen_until, now=self.knowledge.clock())
                evicted += gone.templates
                time.sleep(REST * (time.monotonic() - begun))
            if not choice.waiting:
                del self._chosen[project]
            return evicted

    def _is_due(self, project: str) -> bool:
        if time.monotonic() - self._in_vain.get(project, -LOOK_AGAIN) < LOOK_AGAIN:
            return False
        with self.knowledge.store.read() as db:
            return eviction.surplus(db, project, self.knowledge.settings.max_templates) > 0

    def _choose(self, project: str) -> _Choice | None:
        limit = self.knowledge.settings.max_templates
        with self.knowledge.store.read() as db:
            living = projects.living_templates(db, project)
            wanted = eviction.surplus(db, project, limit)
            found = eviction.coldest(db, project, min(wanted, CHOSEN_AT_ONCE))
        if len(found.templates) < min(wanted, CHOSEN_AT_ONCE):
            # Looking costs seconds where there are many; what people say of templates changes slowly.
            self._in_vain[project] = time.monotonic()
        self._tell(project, over=living - len(found.templates) - limit, more=len(found.templates) == CHOSEN_AT_ONCE)
        if found.seen_until is None:
            return None
        self._chosen[project] = _Choice(deque(found.templates), found.seen_until)
        return self._chosen[project]

    def _tell(self, project: str, *, over: int, more: bool) -> None:
        """Warn once while the limit cannot be kept."""
        if over <= 0:
            self._told.discard(project)
        elif not more and project not in self._told:
            self._told.add(project)
            log.warning(
                "the limit of templates cannot be kept",
                project=project,
                limit=self.knowledge.settings.max_templates,
                over_limit=over,
                reason="people labelled, solved, linked or asked about the rest; raise KEA_MAX_TEMPLATES",
            )
