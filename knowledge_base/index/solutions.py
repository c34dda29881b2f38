"""The vectors of a project's published solutions in this process, by which questions find them by meaning."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import Connection

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.flat import FlatIndex
from knowledge_base.store import projects
from knowledge_base.store.solving import solution_texts, solution_vectors
from knowledge_base.store.solving.solution_vectors import KeptVector

PARTS = 3
"""Vectors of a solution: of title and cause, by which it is found; of the title alone; of the body."""

MORE = 4
"""How many times as many are looked for where too few of those that were found answer."""


class SolutionIndex:
    """Follows one project and one embedding back end. ``refresh`` costs one small query where nothing has changed.

    All vectors are compared as they are. One that has no vector yet is not found.
    """

    def __init__(self, project: str, *, backend: str, dimension: int) -> None:
        self.project = project
        self.backend = backend
        self.dimension = dimension
        self._state = -1
        self._index: FlatIndex | None = None
        self._versions: dict[int, int] = {}
        self._parts: dict[int, Vectors] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._versions)

    def refresh(self, db: Connection) -> None:
        """Follow the database up to the present state of the project's solutions."""
        with self._lock:
            newest = projects.solutions_state(db, self.project)
            if self._index is not None and newest == self._state:
                return
            if self._index is not None and newest < self._state and not self._is_set_back(db):
                return  # the connection is older than what another thread has followed
            if self._index is None or newest < self._state:
                self._index, self._versions, self._parts, self._state = FlatIndex(self.dimension), {}, {}, -1
            # A vector may be of a version that is gone already: what the solution says now decides.
            again: list[int] = []
            for number, version, published in self._changed(db):
                if not published or self._versions.get(number) != version:
                    self._versions.pop(number, None)
                    self._parts.pop(number, None)
                    self._index.remove([number])
                    again.append(number)
            self._add(db, self._index, solution_vectors.read(db, self.project, self.backend, again))
            for vectors in solution_vectors.changed(db, self.project, self.backend, self._state):
                self._add(db, self._index, vectors)
            self._state = newest

    def search(self, db: Connection, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each unit vector find solutions that answer for a category now: number and cosine, best first."""
        wanted = limit
        while True:
            with self._lock:
                every = len(self._versions)
                rows = [[] for _ in vectors] if self._index is None else self._index.search(vectors, wanted)
                versions = {number: self._versions[number] for row in rows for number, _ in row}
            answering = solution_texts.answering(db, self.project, list(versions))
            # Another thread may be ahead of what this connection sees, or behind: only equal versions count.
            left = [[each for each in row if answering.get(each[0]) == versions[each[0]]][:limit] for row in rows]
            if wanted >= every or all(len(row) >= limit for row in left):
                return left
            wanted *= MORE

    def vectors_of(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Give the vectors of some solutions, each of shape (PARTS, dimension); those without are left out."""
        with self._lock:
            if self._index is None:
                return {}
            return {number: self._parts[number] for number in numbers if number in self._versions}

    def version_of(self, number: int) -> int | None:
        """Tell which version of a solution a vector is there for; None where there is none."""
        return self._versions.get(number)

    def _is_set_back(self, db: Connection) -> bool:
        return projects.is_set_back(db, self.project, projects.solutions_state, self._state)

    def _changed(self, db: Connection) -> Iterator[tuple[int, int, bool]]:
        if self._state >= 0:
            for portion in solution_vectors.changed_versions(db, self.project, self._state):
                yield from portion

    def _add(self, db: Connection, index: FlatIndex, vectors: Sequence[KeptVector]) -> None:
        newest = solution_texts.versions(db, self.project, [each.solution for each in vectors])
        size = 4 * self.dimension * PARTS
        good = [each for each in vectors if newest.get(each.solution) == each.version and len(each.vector) == size]
        if good:
            parts = {each.solution: np.frombuffer(each.vector, np.float32).reshape(PARTS, -1) for each in good}
            index.add(list(parts), np.stack([each[0] for each in parts.values()]))
            self._parts.update(parts)
            self._versions.update((each.solution, each.version) for each in good)
