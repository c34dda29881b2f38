"""Signing templates anew beside clustering, where a project's rules were changed or Kea itself is another one."""

from __future__ import annotations

import time

from ingest.clustering.lease import try_lease
from knowledge_base.curation.masking.resigning import Resigner
from knowledge_base.knowledge import KnowledgeBase

TURN_SECONDS = 1.0
"""How long one project may keep the windows of the others waiting."""


class Following:
    """Lets the templates of projects follow their rules, for whoever holds the clusterer's lease."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._resigners: dict[str, Resigner] = {}

    def step(self, project: str) -> None:
        """Sign some templates anew; nothing where that is done, or where another process does it."""
        resigner = self._resigners.setdefault(project, Resigner(self._knowledge.store, project))
        if not resigner.is_due():
            return
        with try_lease(self._knowledge, project) as lease:
            end = time.monotonic() + TURN_SECONDS
            while lease is not None and time.monotonic() < end and resigner.step() is not None:
                pass

    def settle(self, project: str) -> None:
        """Sign all templates anew that are left."""
        self._resigners.setdefault(project, Resigner(self._knowledge.store, project)).run()
