"""Embedding anew beside all other work: a thread that lets projects roll over to another model or glossary."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from ingest.clustering.lease import try_lease
from knowledge_base.errors import Conflict, KeaError, ModelUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.reindexing import Reindexer
from knowledge_base.store import projects
from knowledge_base.worker import Worker

log = structlog.get_logger(__name__)

ROLE = "reindexer"
LOOK_AGAIN = 1.0
REST = 1.0
"""A pause after each step, as a multiple of what it took: windows and questions want the processor too."""
WAIT = 0.2
LONGEST_PAUSE = 60.0


class Reindexing:
    """Works at the roll-overs of projects. Two processes never work at the same one at the same time."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._reindexers: dict[str, Reindexer] = {}

    def of(self, project: str) -> Reindexer:
        """Give what works at a project."""
        return self._reindexers.setdefault(project, Reindexer(self._knowledge, project))

    def step(self, project: str) -> int | None:
        """Embed, switch or tidy for some tenths of a second; tell how many representatives were embedded.

        None where nothing was to be done, or another process does it. Raises ModelUnavailable, and Conflict where
        another back end was asked for meanwhile.
        """
        reindexer = self.of(project)
        if not reindexer.state().is_due:
            return None
        with try_lease(self._knowledge, project, role=ROLE) as lease:
            if lease is None:
                return None
            state = reindexer.state()
            if state.untidy:
                reindexer.tidy_some()
                return 0
            if not state.wanted:
                return None
            return reindexer.embed_some() or self._switch(project, reindexer)

    def settle(self, project: str, tick: Callable[[int], None] = lambda _more: None) -> int:
        """Work until the roll-over is done, whoever does it; tell how many representatives were embedded here.

        Raises as :meth:`step` does.
        """
        embedded = 0
        while self.of(project).state().is_due:
            done = self.step(project)
            if done is None:
                time.sleep(WAIT)
            else:
                embedded += done
                tick(done)
        return embedded

    def _switch(self, project: str, reindexer: Reindexer) -> int | None:
        """Switch between two windows; None where one is under way."""
        with try_lease(self._knowledge, project) as lease:
            if lease is None:
                return None
            reindexer.switch(lease.check)
            state = reindexer.state()
        log.info("a project answers by other vectors now", project=project, backend=state.used)
        return 0


class ReindexLoop:
    """Rolls all projects over to the model and the glossary that are set, and goes on with what others asked for.

    It asks once, when it starts: whichever process was started last is followed.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.failure: KeaError | None = None
        self._knowledge = knowledge
        self._reindexing = Reindexing(knowledge)
        self._asked: set[str] = set()
        self._worker = Worker("kea-reindexer", self._turn)
        self._pause = LOOK_AGAIN

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._worker.start()

    def stop(self) -> None:
        """Stop after the step that is under way."""
        self._worker.stop()

    def _turn(self) -> float:
        begun = time.monotonic()
        try:
            worked = self._work()
        except KeaError as error:
            if str(error) != str(self.failure):
                log.warning("embedding anew failed", reason=str(error))
            self.failure = error
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            return self._pause
        self.failure, self._pause = None, LOOK_AGAIN
        return REST * (time.monotonic() - begun) if worked else LOOK_AGAIN

    def _work(self) -> bool:
        """Do a step of each project; one that fails does not keep the others waiting."""
        with self._knowledge.store.read() as db:
            names = projects.list_projects(db)
        worked = False
        failure: ModelUnavailable | None = None
        for name in names:
            if self._worker.is_stopping:
                break
            try:
                failure = self._ask(name) or failure
                worked |= self._reindexing.step(name) is not None
                worked |= self._knowledge.solution_embedding.step(name) is not None
            except Conflict:
                continue
            except ModelUnavailable as error:
                failure = error
        if failure is not None:
            raise failure
        return worked

    def _ask(self, project: str) -> ModelUnavailable | None:
        """Ask for the roll-over to what is set; what was asked for before goes on where that cannot be had."""
        if project in self._asked:
            return None
        try:
            self._reindexing.of(project).request()
        except ModelUnavailable as error:
            return error
        self._asked.add(project)
        return None
