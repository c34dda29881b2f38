"""Likeness by letters alone: what stands in for a project's index while its model cannot be opened."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from sqlalchemy import Connection

from knowledge_base.embedding import HashingEmbedder, Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index.flat import FlatIndex
from knowledge_base.store import projects
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import StoredRepresentative

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
        self._codes: dict[int, frozenset[str]] = {}
        self._lock = threading.Lock()

    def refresh(self, db: Connection) -> None:
        """Follow the database up to its present generation."""
        with self._lock:
            newest = projects.generation(db, self.project)
            if self._index is None or newest < self._generation:
                self._index, self._generation, self._codes = FlatIndex(self.embedder.dimension), 0, {}
            if newest == self._generation:
                return
            fresh: list[StoredRepresentative] = []
            for row in representatives.since(db, self.project, self.backend, self._generation):
                if row.removed:
                    self._codes.pop(row.id, None)
                    self._index.remove([row.id])
                    continue
                if row.id not in self._codes:
                    fresh.append(row)
                self._codes[row.id] = frozenset(row.codes)
            for start in range(0, len(fresh), AT_ONCE):
                some = fresh[start : start + AT_ONCE]
                self._index.add([each.id for each in some], self.embedder.embed([cleaned(each.text) for each in some]))
            self._generation = newest

    def fresh(self, db: Connection) -> Letters:
        """Give itself, as it is in the database now."""
        self.refresh(db)
        return self

    def vectors(self, numbers: Sequence[int]) -> dict[int, Vectors]:
        """Give the vectors of representatives in their order, each of shape (dimension,); what is gone is left out."""
        with self._lock:
            return {} if self._index is None else self._index.vectors(numbers)

    def holding(self, code: str, limit: int) -> list[int]:
        """Give the numbers of representatives that hold an error code, oldest first."""
        with self._lock:
            return sorted(number for number, codes in self._codes.items() if code in codes)[:limit]

    def nearest(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find the numbers of the representatives with the most letters in common."""
        with self._lock:
            return [[] for _ in vectors] if self._index is None else self._index.search(vectors, limit)
