"""The roll-over of a project to another back end, in short steps that survive a kill.

Beside the vectors that questions are answered by, each representative gets one under the back end that is wanted. When
none is without one, a single transaction lets the project answer by the new ones, and every process follows with its
next question. The old vectors are removed afterwards, bit by bit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding import Embedder
from knowledge_base.embedding.worded import BackendName, Worded
from knowledge_base.errors import ModelUnavailable
from knowledge_base.features.cleaning import CLEANING_VERSION, cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.representing import backends, representatives
from knowledge_base.store.representing.backends import BackendState, Unembedded

PART = 64
"""Representatives that are embedded and written together: some tenths of a second, and a short transaction."""

TIDIED_AT_ONCE = 100

_PROBES = 32


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a roll-over would do; ``seconds`` is what embedding takes if nothing else runs."""

    project: str
    used: str
    wanted: str
    representatives: int
    to_embed: int
    seconds: float

    @property
    def is_due(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.used) and (self.used != self.wanted or self.to_embed > 0)


class Reindexer:
    """Works at the roll-over of a project that was asked for. Several may: each vector is made once, or made equal."""

    def __init__(self, knowledge: KnowledgeBase, project: str) -> None:
        self._knowledge = knowledge
        self._project = project
        self._target = ""
        self._cursor = 0

    def state(self) -> BackendState:
        """Tell what the project answers with, and what is wanted."""
        with self._knowledge.store.read() as db:
            return backends.state(db, self._project)

    def outlook(self) -> Outlook:
        """Tell what a roll-over to the model that is set would do; embeds some texts to see how long it takes.

        Raises ModelUnavailable.
        """
        wanted = self._knowledge.embedder
        with self._knowledge.store.read() as db:
            used = backends.state(db, self._project).used
            total, missing = backends.count_unembedded(db, self._project, wanted.backend)
            some = backends.unembedded(db, self._project, wanted.backend, after=0, limit=_PROBES)
        seconds = 0.0
        if some:
            wanted.embed([""])  # opening the model is not what takes long
            begun = time.perf_counter()
            wanted.embed([cleaned(each.text) for each in some])
            seconds = (time.perf_counter() - begun) / len(some) * missing
        return Outlook(self._project, used, wanted.backend, total, missing, seconds)

    def request(self) -> bool:
        """Ask for the roll-over to the model and the glossary that are set; tell whether there is anything to do.

        Raises ModelUnavailable where that model cannot be opened; the project keeps the one that it has.
        """
        present = self.state()
        if not present.used:
            return False  # its first representatives will be by what is set
        wanted = self._knowledge.embedder.backend
        if present.used == wanted and not present.is_due:
            return False
        with self._knowledge.store.write() as db:
            return backends.request(db, self._project, wanted)

    def complete(self) -> bool:
        """Ask that representatives without a vector of the model in use get one; tell whether any is without."""
        with self._knowledge.store.read() as db:
            used = backends.state(db, self._project).used
            missing = backends.unembedded(db, self._project, used, after=0, limit=1)
        if used and missing:
            with self._knowledge.store.write() as db:
                backends.request_completion(db, self._project)
        return bool(used and missing)

    def embed_some(self) -> int:
        """Embed the next representatives; tell how many, 0 where all that are there have a vector.

        Raises ModelUnavailable, and Conflict where another process asked for another back end.
        """
        state = self.state()
        if not state.wanted:
            return 0
        if state.wanted != self._target:
            self._target, self._cursor = state.wanted, 0
        target = self._knowledge.embedder_named(state.wanted)
        with self._knowledge.store.read() as db:
            waiting = backends.unembedded(db, self._project, state.wanted, after=self._cursor, limit=PART)
            if not waiting and self._cursor:
                # What was passed may be without one again: another process asked for something else in between.
                waiting = backends.unembedded(db, self._project, state.wanted, after=0, limit=PART)
            kept = self._copied(db, waiting, state, target)
        missing = [each for each in waiting if each.id not in kept]
        rows = target.embed([cleaned(each.text) for each in missing])
        made = {each.id: np.asarray(row, np.float32).tobytes() for each, row in zip(missing, rows, strict=True)}
        if waiting:
            with self._knowledge.store.write() as db:
                backends.put_vectors(db, self._project, state.wanted, kept | made)
            self._cursor = waiting[-1].id
        return len(waiting)

    def switch(self, check: Callable[[Connection], None]) -> None:
        """Let the project answer by the new vectors; the caller holds the clusterer's lease.

        What came since the last step is embedded first. ``check`` raises LostOwnership in the transaction where the
        lease is another's by now.
        """
        while self.embed_some():
            pass
        with self._knowledge.store.write() as db:
            projects.lock(db, self._project)
            check(db)
            backends.switch(db, self._project, self._target)

    def tidy_some(self) -> int:
        """Remove some vectors that nobody asks for any more; 0 where none is left."""
        with self._knowledge.store.write() as db:
            return backends.tidy(db, self._project, TIDIED_AT_ONCE)

    def _copied(
        self, db: Connection, waiting: Sequence[Unembedded], state: BackendState, target: Embedder
    ) -> dict[int, bytes]:
        """Give vectors that need not be made: of texts that both glossaries put alike, by the same model."""
        try:
            former = self._knowledge.embedder_named(state.used)
        except ModelUnavailable:
            return {}
        old, new = BackendName.parse(state.used), BackendName.parse(state.wanted)
        if old == new or old.model != new.model or {old.cleaning, new.cleaning} != {CLEANING_VERSION}:
            return {}
        alike = [
            each.id
            for each in waiting
            if each.backend == state.used and _put(former, cleaned(each.text)) == _put(target, cleaned(each.text))
        ]
        return dict(zip(alike, representatives.vectors(db, self._project, alike), strict=True))


def _put(embedder: Embedder, text: str) -> str:
    return embedder.put(text) if isinstance(embedder, Worded) else text
