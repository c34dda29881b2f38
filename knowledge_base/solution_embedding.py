"""Makes the vectors of solutions, in short steps: whoever asks makes a few, `kea serve` the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Embedder
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index.solutions import PARTS
from knowledge_base.store import projects
from knowledge_base.store.representing import backends
from knowledge_base.store.solving import solution_texts, solution_vectors
from knowledge_base.store.solving.solution_texts import SolutionWords
from knowledge_base.store.solving.solution_vectors import NewVector
from knowledge_base.store.store import Store

FORM = "2."
"""Begins the digest of what is embedded: raise it with each change of :func:`embedded_texts`."""

PART = 64
"""Solutions that are embedded and written together: some tenths of a second, and a short transaction."""

TIDIED_AT_ONCE = 500


class Embedders(Protocol):
    """What is needed of the knowledge base: its database, and the embedders of back ends."""

    @property
    def store(self) -> Store:
        """The database."""
        ...

    @property
    def embedder(self) -> Embedder:
        """The embedder that is set; raises ModelUnavailable."""
        ...

    def embedder_named(self, backend: str) -> Embedder:
        """Give the embedder of a back end; raises ModelUnavailable."""
        ...


class SolutionEmbedding:
    """Makes what is missing of a knowledge base's solutions. Several may: each vector is made once, or made equal.

    It remembers up to which state of a project's solutions nothing is missing, so that looking costs a small query.
    """

    def __init__(self, knowledge: Embedders) -> None:
        self._knowledge = knowledge
        self._whole: dict[tuple[str, str], int] = {}
        self._tidied: dict[str, list[str]] = {}

    def is_whole(self, db: Connection, project: str, backend: str) -> bool:
        """Tell whether it remembers that nothing is missing under a back end in the present state."""
        return self._whole.get((project, backend)) == projects.solutions_state(db, project)

    def catch_up(self, project: str, embedder: Embedder, *, most: int | None = None) -> int:
        """Embed solutions that have no vector under an embedder's back end, the newest first; tell how many.

        ``most`` bounds how many, and so how long it takes: ``PARTS`` texts are embedded for each. No transaction is
        open meanwhile. Raises ModelUnavailable.
        """
        done = 0
        while most is None or done < most:
            now = self._some(project, embedder, PART if most is None else min(PART, most - done))
            if not now:
                break
            done += now
        return done

    def step(self, project: str) -> int | None:
        """Embed a part of what is missing under the back ends in use and wanted, or drop what nobody asks for.

        Tells how many were dealt with, None where nothing was to be done. Raises ModelUnavailable.
        """
        store = self._knowledge.store
        with store.read() as db:
            state = backends.state(db, project)
            names = [name for name in (state.used, state.wanted) if name]
            missing = [name for name in names if self._missing(db, project, name, 1)]
            others = self._tidied.get(project) != names and solution_vectors.has_others(db, project, names)
        for name in missing:
            if done := self._some(project, self._knowledge.embedder_named(name), PART):
                return done
        if not names or not others:
            self._tidied[project] = names
            return None
        with store.write() as db:
            return solution_vectors.tidy(db, project, names, TIDIED_AT_ONCE)

    def _missing(self, db: Connection, project: str, backend: str, most: int) -> list[int]:
        if self.is_whole(db, project, backend):
            return []
        newest = projects.solutions_state(db, project)
        since = self._whole.get((project, backend), -1)
        if since > newest:
            since = -1  # an older database was put back
        found = solution_vectors.missing(db, project, backend, FORM, most, since=since)
        if not found:
            self._whole[project, backend] = newest
        return found

    def _some(self, project: str, embedder: Embedder, most: int) -> int:
        with self._knowledge.store.read() as db:
            numbers = self._missing(db, project, embedder.backend, most)
            if not numbers:
                return 0
            words = solution_texts.read(db, project, numbers)
            kept = solution_vectors.read(db, project, embedder.backend, numbers)
        there = {(each.solution, each.digest): each.vector for each in kept}
        texts = {number: embedded_texts(each) for number, each in words.items()}
        digests = {number: _digest(each) for number, each in texts.items()}
        # A version may say the same as the one before it, or the one before that.
        same = {number: there[number, digest] for number, digest in digests.items() if (number, digest) in there}
        unmade = [number for number in texts if number not in same]
        rows = embedder.embed([text for number in unmade for text in texts[number]]) if unmade else np.zeros((0, 1))
        made = {
            number: np.asarray(rows[PARTS * place : PARTS * (place + 1)], np.float32).tobytes()
            for place, number in enumerate(unmade)
        }
        vectors = [
            NewVector(number, words[number].version, digests[number], vector)
            for number, vector in sorted((same | made).items())
        ]
        with self._knowledge.store.write() as db:
            solution_vectors.put(db, project, embedder.backend, vectors)
        return len(vectors)


def embedded_texts(solution: SolutionWords) -> tuple[str, str, str]:
    """Give what is embedded of a solution: title and cause, the title alone, the body; cleaned as logs are."""
    return cleaned(solution.named), cleaned(solution.title), cleaned(solution.body)


def _digest(texts: Sequence[str]) -> str:
    return FORM + hashlib.sha256("\n".join(texts).encode("utf-8", "backslashreplace")).hexdigest()[:32]
