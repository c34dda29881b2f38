"""Likeness by letters alone: what stands in for a project's index while its model cannot be opened."""

from __future__ import annotations

import threading

from sqlalchemy import Connection

from knowledge_base.embedding import HashingEmbedder, Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index.flat import FlatIndex
from knowledge_base.index.replica import Indexed
from knowledge_base.store import projects, representatives

AT_ONCE = 1000


class Letters:
    """Follows the representatives of a project as a replica does, with vectors of their words and trigrams.

    They are made here, in this process: some ten thousand a second. Nothing of it is stored.
    """

    def __init__(self, project: str, *, backend: str) -> None:
        self.project = project
        self.backend = backend
        self.embedder = HashingEmbedder()
        self._index: FlatIndex | None = None
        self._generation = 0
        self._by_id: dict[int, Indexed] = {}
        self._lock = threading.Lock()

    def refresh(self, db: Connection) -> None:
        """Follow the database up to its present generation."""
        with self._lock:
            newest = projects.generation(db, self.project)
            if self._index is None or newest < self._generation:
                self._index, self._generation, self._by_id = FlatIndex(self.embedder.dimension), 0, {}
            if newest == self._generation:
                return
            fresh: list[Indexed] = []
            for row in representatives.since(db, self.project, self.backend, self._generation):
                if row.removed:
                    self._by_id.pop(row.id, None)
                    self._index.remove([row.id])
                    continue
                known = Indexed(row.id, row.category, row.template, row.text, frozenset(row.codes))
                if row.id not in self._by_id:
                    fresh.append(known)
                self._by_id[row.id] = known
            for start in range(0, len(fresh), AT_ONCE):
                some = fresh[start : start + AT_ONCE]
                self._index.add([each.id for each in some], self.embedder.embed([cleaned(each.text) for each in some]))
            self._generation = newest

    def fresh(self, db: Connection) -> Letters:
        """Give itself, as it is in the database now."""
        self.refresh(db)
        return self

    def vector(self, number: int) -> Vectors:
        """Give the vector of a representative, shape (dimension,); raises KeyError where it is not there."""
        with self._lock:
            if self._index is None:
                raise KeyError(number)
            return self._index.vector(number)

    def with_code(self, db: Connection, code: str, limit: int) -> list[Indexed]:
        """Give representatives that hold an error code, oldest first."""
        with self._lock:
            return sorted((each for each in self._by_id.values() if code in each.codes), key=_number)[:limit]

    def search(self, db: Connection, vectors: Vectors, limit: int) -> list[list[tuple[Indexed, float]]]:
        """For each row find the representatives with the most letters in common."""
        with self._lock:
            if self._index is None:
                return [[] for _ in vectors]
            found = self._index.search(vectors, limit)
            return [[(self._by_id[number], score) for number, score in row] for row in found]


def _number(each: Indexed) -> int:
    return each.id
