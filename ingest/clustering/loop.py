"""Clustering beside reading: a thread that runs a window when enough waits or the oldest waited long."""

from __future__ import annotations

import threading
import time

import structlog

from ingest.clustering.clusterer import Clusterer, WindowResult
from ingest.clustering.evicting import Evictor
from ingest.clustering.resigning import Following
from knowledge_base.errors import KeaError, Unavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects, templates

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
LONGEST_PAUSE = 30.0


class ClusterLoop:
    """Runs windows of one project, or of all, until it is stopped.

    A window is due when ``window_size`` templates wait, or when some have waited ``window_seconds``. Between
    windows it evicts from projects that hold too many templates, and lets templates follow changed rules.
    """

    def __init__(self, knowledge: KnowledgeBase, project: str | None = None) -> None:
        self.knowledge = knowledge
        self.project = project
        self.merged = 0
        self.failure: KeaError | None = None
        self._clusterer = Clusterer(knowledge)
        self._evictor = Evictor(knowledge)
        self._following = Following(knowledge)
        self._waiting_since: dict[str, float] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

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
            result = self._clusterer.run_window(project)
            if result is not None:
                merged += result.merged
                continue
            with self.knowledge.store.read() as db:
                waiting, _ = templates.pending(db, project)
            if not waiting:
                self._following.settle(project)
                self._evictor.settle(project)
                return merged
            if time.monotonic() > end:
                raise Unavailable(
                    f"{waiting} templates of project {project!r} still wait: another process clusters them;"
                    " `kea doctor` tells when none is left"
                )
            time.sleep(0.05)

    def _run(self) -> None:
        pause = POLL_SECONDS
        while not self._stopping.is_set():
            self._wake.wait(pause)
            self._wake.clear()
            try:
                self._run_due()
            except KeaError as error:
                self.failure = error
                pause = min(pause * 2, LONGEST_PAUSE)
                log.warning("clustering failed", reason=str(error), again_in=pause)
            else:
                self.failure = None
                pause = POLL_SECONDS

    def _run_due(self) -> None:
        with self.knowledge.store.read() as db:
            names = [self.project] if self.project else projects.list_projects(db)
            waiting = {name: templates.pending(db, name)[0] for name in names}
        for name in names:
            self._evictor.step(name)
            self._following.step(name)
        now = time.monotonic()
        for name, count in waiting.items():
            if not count:
                self._waiting_since.pop(name, None)
                continue
            since = self._waiting_since.setdefault(name, now)
            settings = self.knowledge.settings
            if count >= settings.window_size or now - since >= settings.window_seconds:
                self._count(self._clusterer.run_window(name))
                self._waiting_since.pop(name, None)

    def _count(self, result: WindowResult | None) -> None:
        if result is not None:
            self.merged += result.merged
