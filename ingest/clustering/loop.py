"""Clustering beside reading: a thread that works on windows as they close, project by project in turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from ingest.clustering.clusterer import Clusterer
from ingest.clustering.evicting import Evictor
from ingest.clustering.learning import LearntUpkeep
from ingest.clustering.reading_upkeep import ReadingUpkeep
from ingest.clustering.resigning import Following
from ingest.clustering.terms_upkeep import TermUpkeep
from ingest.clustering.turns import LONGEST_PAUSE, Turns, told
from ingest.clustering.windowing import last, look
from knowledge_base.errors import KeaError, Unavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import templates
from knowledge_base.store.intake import waiting
from knowledge_base.types import WindowBy

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.2
"""How often the database is asked for what other processes stored; this one's own threads wake the loop at once."""
KEEP_HOUSE_SECONDS = 0.5
SHARED_SIZE = 200
"""Templates in a window at most while several projects have work: after a second or so the next has its turn."""
REMEMBERED = 60.0
READ_SECONDS = 5.0
"""How long the end of a run waits at most for what representatives say to be kept; questions are slower without."""


class ClusterLoop:
    """Runs windows of one project, or of all, until it is stopped.

    Whether a window is closed is told by ``windowing``; the project that was served longest ago comes first. What
    fails in one project is tried again there after a while and stops no other. Between windows projects that hold
    too many templates evict some, and templates follow changed rules.
    """

    def __init__(
        self, knowledge: KnowledgeBase, project: str | None = None, *, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.knowledge = knowledge
        self.project = project
        self.merged = 0
        self._timer = timer
        self._clusterer = Clusterer(knowledge)
        self._evictor = Evictor(knowledge)
        self._following = Following(knowledge)
        self._upkeep = TermUpkeep(knowledge)
        self._learnt = LearntUpkeep(knowledge)
        self._readings = ReadingUpkeep(knowledge, self._clusterer.profiles)
        self._turns = Turns()
        self._general: Exception | None = None
        self._kept_house_at = float("-inf")
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def failure(self) -> Exception | None:
        """What keeps this loop from clustering, anywhere; None where nothing does."""
        return self._general or next(iter(self._turns.failures().values()), None)

    def failure_of(self, project: str) -> str | None:
        """Say what keeps this loop from clustering a project; None where nothing does."""
        failures = self.failures()
        return failures.get("") or failures.get(project)

    def failures(self) -> dict[str, str]:
        """Say what keeps this loop from clustering, by project; under no name, what keeps it from all of them."""
        found = {name: told(error) for name, error in self._turns.failures().items()}
        return found if self._general is None else found | {"": told(self._general)}

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="kea-clusterer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the window that is under way."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def notify(self) -> None:
        """Say that new templates may have come."""
        self._wake.set()

    def drain(self, project: str, *, timeout: float = 600.0) -> int:
        """Cluster until nothing is pending, whoever does it; tell how many categories were merged here.

        Raises the error that keeps clustering from being done, and Unavailable after ``timeout`` seconds.
        """
        end = time.monotonic() + timeout
        merged = 0
        while True:
            with self.knowledge.store.read() as db:
                span = last(db, project, self.knowledge.settings)
            if span is None:
                self._following.settle(project)
                self._evictor.settle(project)
                self._upkeep.settle(project)
                self._learnt.settle(project)
                self._readings.settle(project, seconds=READ_SECONDS)
                return merged
            result = self._clusterer.run_window(project, span)
            if result is not None:
                merged += result.merged
                continue
            if time.monotonic() > end:
                with self.knowledge.store.read() as db:
                    count, _ = templates.pending(db, project)
                raise Unavailable(
                    f"{count} templates of project {project!r} still wait: another process clusters them;"
                    " `kea doctor` tells when none is left"
                )
            time.sleep(0.05)

    def step(self) -> float:
        """Look around, work on one window where one is due, keep house; give the seconds until the next step.

        Raises StorageUnavailable where the database cannot be used at all.
        """
        self._look()
        project = self._turns.next()
        if project is not None:
            self._work(project)
        self._keep_house(is_busy=project is not None)
        if self._turns.next() is not None or project is not None:
            return 0.0
        return min(POLL_SECONDS, max(0.0, self._turns.again_at() - self._timer()))

    def _run(self) -> None:
        pause, failed = 0.0, POLL_SECONDS
        while not self._stopping.is_set():
            self._wake.wait(pause)
            self._wake.clear()
            try:
                pause = self.step()
            except Exception as error:  # whatever it is: the thread must outlive it
                self._general = error
                failed = pause = min(failed * 2, LONGEST_PAUSE)
                self._log(error, again_in=pause)
            else:
                self._general, failed = None, POLL_SECONDS

    def _look(self) -> None:
        """See which windows are due; only projects where something may have changed are looked at."""
        settings, size = self.knowledge.settings, self._size()
        with self.knowledge.store.read() as db:
            changes = waiting.last_changes(db, self.project)
            self._turns.keep(changes)
            for name, change in changes.items():
                turn, now = self._turns.of(name), self._timer()
                if turn.wants_look(change, now):
                    clock = self.knowledge.clock
                    turn.saw(change, look(db, name, settings, turn.window, size=size, seconds=now, clock=clock), now)

    def _size(self) -> int:
        """Tell how many templates to work on at once; a window by count is never cut into parts."""
        settings = self.knowledge.settings
        is_shared = self._turns.busy_since(self._timer() - REMEMBERED) > 1
        is_whole = settings.window_by is WindowBy.COUNT or not is_shared
        return settings.window_size if is_whole else min(settings.window_size, SHARED_SIZE)

    def _work(self, project: str) -> None:
        turn = self._turns.of(project)
        try:
            result = self._clusterer.run_window(project, turn.due or waiting.ALWAYS, size=self._size())
        except Exception as error:  # whatever it is: the other projects must go on
            self._log(error, again_in=turn.failed(error, self._timer()), project=project)
            return
        if result is None:
            turn.hold(self._timer() + POLL_SECONDS)
        else:
            self.merged += result.merged
            turn.served(self._timer())

    def _keep_house(self, *, is_busy: bool) -> None:
        """Evict, and follow changed rules: everywhere, or in one project after the other while windows are due."""
        now = self._timer()
        if now - self._kept_house_at < KEEP_HOUSE_SECONDS:
            return
        self._kept_house_at = now
        for name in self._turns.to_keep_house(1 if is_busy else None):
            turn = self._turns.of(name)
            try:
                self._evictor.step(name)
                self._following.step(name)
                self._upkeep.step(name)
                self._learnt.step(name)
                self._readings.step(name)
            except Exception as error:  # whatever it is: the other projects must go on
                turn.house_failure = error
                self._log(error, project=name)
            else:
                turn.house_failure = None

    def _log(self, error: Exception, **details: object) -> None:
        if isinstance(error, KeaError):
            log.warning("clustering failed", reason=str(error), **details)
        else:
            log.error("clustering failed", exc_info=error, **details)
