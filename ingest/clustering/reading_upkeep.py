"""Keeps what representatives say beside them, bit by bit between windows, so that a question need not read them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from ingest.clustering.lease import Lease, try_lease
from knowledge_base.errors import InputError, ModelUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.judge import Judge, Profiles
from knowledge_base.pairs.reading import kept, version_of
from knowledge_base.store import projects
from knowledge_base.store.representing import backends, readings, representatives
from knowledge_base.store.representing.readings import Walked

STEP_SECONDS = 0.25
READ_AT_ONCE = 50
"""Representatives that are read and written together: a tenth of a second, and a short transaction."""

WALKED_AT_ONCE = 500


@dataclass(slots=True)
class _Walk:
    """How far a project was walked through for a back end: all that lies between was looked at.

    ``failed`` tells that the model could not be opened.
    """

    backend: str
    above: int
    below: int
    failed: bool = False

    def passed(self, number: int) -> None:
        """Note that all up or down to a number was looked at."""
        if number > self.above:
            self.above = number
        else:
            self.below = number


class ReadingUpkeep:
    """Reads representatives that nobody read before or that were read otherwise: new ones first, then older ones.

    What the clusterer has read for a window is in ``profiles``, so that a new one costs next to nothing. Only a process
    that has opened a model anyway does it: a short run does not pay for it.
    """

    def __init__(
        self, knowledge: KnowledgeBase, profiles: Profiles, *, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.knowledge = knowledge
        self._profiles = profiles
        self._timer = timer
        self._walks: dict[str, _Walk] = {}

    def settle(self, project: str, *, seconds: float = float("inf")) -> int:
        """Read all that is unread, for so many seconds at most; tell how many were read."""
        done, end = 0, self._timer() + seconds
        while self._timer() < end and (step := self.step(project)) is not None:
            done += step
        return done

    def step(self, project: str) -> int | None:
        """Work for a quarter of a second; tell how many were read, None where nothing is left to look at."""
        if not self.knowledge.has_model:
            return None
        walk = self._walk(project)
        if walk is None or walk.failed:
            return None
        with try_lease(self.knowledge, project) as lease:
            return None if lease is None else self._work(lease, walk, self._timer() + STEP_SECONDS)

    def _walk(self, project: str) -> _Walk | None:
        """Give the walk through a project where there is anything to look at."""
        with self.knowledge.store.read() as db:
            used = backends.state(db, project).used
            newest = readings.newest(db, project)
        walk = self._walks.get(project)
        if walk is None or walk.backend != used or newest < walk.above:
            walk = self._walks[project] = _Walk(used, above=newest, below=newest + 1)
        return walk if used and (newest > walk.above or walk.below > 0) else None

    def _work(self, lease: Lease, walk: _Walk, end: float) -> int:
        try:
            embedder = self.knowledge.embedder_named(walk.backend)
            judge = self.knowledge.judge_with(embedder)
        except (ModelUnavailable, InputError):
            # Whoever needs the model says so; when the project rolls over to another one it is tried again.
            walk.failed = True
            return 0
        version, done = version_of(judge), 0
        while True:
            with self.knowledge.store.read() as db:
                walked = self._next(db, lease.project, version, walk)
            for start in range(0, len(walked.unread), READ_AT_ONCE):
                part = walked.unread[start : start + READ_AT_ONCE]
                done += self._read(lease, walk.backend, judge, version, part)
                walk.passed(part[-1])
                if self._timer() > end:
                    return done
            if not walked.numbers:
                walk.below = 0
                return done
            walk.passed(walked.numbers[-1])
            if self._timer() > end:
                return done

    @staticmethod
    def _next(db: Connection, project: str, version: str, walk: _Walk) -> Walked:
        newest = readings.newest(db, project)
        up = readings.walk_up(db, project, walk.backend, version, above=walk.above, limit=WALKED_AT_ONCE)
        if up.numbers:
            return up
        walk.above = max(walk.above, newest)
        return readings.walk_down(db, project, walk.backend, version, below=walk.below, limit=WALKED_AT_ONCE)

    def _read(self, lease: Lease, backend: str, judge: Judge, version: str, numbers: Sequence[int]) -> int:
        project = lease.project
        with self.knowledge.store.read() as db:
            found = representatives.read(db, project, numbers)
            raw = representatives.vectors(db, project, [each.id for each in found])
        if not found:
            return 0
        texts = [(each.text, tuple(sorted(each.codes))) for each in found]
        vectors = np.stack([np.frombuffer(vector, np.float32) for vector in raw])
        profiles = self._profiles.all_of(judge, texts, vectors)
        said = {each.id: kept(profile) for each, profile in zip(found, profiles, strict=True)}
        with self.knowledge.store.write() as db:
            projects.lock(db, project)
            lease.check(db)
            # Meanwhile the project may have rolled over to another model.
            is_used = backends.state(db, project).used == backend
            return readings.put(db, project, said, version) if is_used else 0
