"""Makes ready what the first question would otherwise wait for, and keeps it out of the search for garbage."""

from __future__ import annotations

import gc

import structlog

from knowledge_base.errors import KeaError
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.worker import Worker

log = structlog.get_logger(__name__)

MOST = 16
"""Projects that are made ready; the others are when they are asked about."""

THRESHOLDS = (20_000, 20, 50)
"""How many objects are made between two looks for garbage, and how many looks lie between two thorough ones."""

QUESTION = "the connection was refused"
FOREVER = 86_400.0


class Warming:
    """Opens model and indexes in a thread of its own, once, while requests are answered already.

    What is opened lives as long as the process. Looking through it again and again would hold up one question in a
    hundred by a tenth of a second.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._worker = Worker("kea-warming", self._step)

    def start(self) -> None:
        """Begin; returns at once."""
        self._worker.start()

    def stop(self) -> None:
        """Stop after the project that is under way."""
        self._worker.stop()

    def _step(self) -> float:
        try:
            self._warm()
        except KeaError as error:
            log.warning("the first question will wait, for not all is ready", reason=str(error))
        spare_what_lives()
        return FOREVER

    def _warm(self) -> None:
        with self._knowledge.store.read() as db:
            filled = [each for each in projects.list_projects(db) if projects.generation(db, each)]
        for each in filled[:MOST]:
            if self._worker.is_stopping:
                return
            self._knowledge.matcher.warm(each)
            self._knowledge.match(each, QUESTION)


def spare_what_lives() -> None:
    """Leave what is there now out of the search for garbage, and let Python look rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
