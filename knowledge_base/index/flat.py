"""FAISS's exact index with ids of our own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.found import pairs, use_threads
from knowledge_base.index.port import Numbers


class FlatIndex:
    """An ``IndexIDMap2`` over ``IndexFlatIP``: compares with all vectors as they are.

    FAISS is imported when the first index is made.
    """

    def __init__(self, dimension: int, index: Any = None) -> None:
        import faiss

        self._faiss: Any = faiss
        self.dimension = dimension
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension)) if index is None else index
        self._ids: set[int] = set() if index is None else {int(number) for number in self.ids}

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> Numbers:
        """The ids that it holds."""
        return np.sort(np.asarray(self._faiss.vector_to_array(self._index.id_map), np.int64))

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors; an id that is there already is replaced (FAISS alone would keep both)."""
        if not len(ids):
            return
        self.remove(ids)
        self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(ids, np.int64))
        self._ids.update(int(number) for number in ids)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove vectors; ids that are not there are passed over."""
        present = [int(number) for number in ids if number in self._ids]
        if present:
            self._index.remove_ids(np.asarray(present, np.int64))
            self._ids.difference_update(present)

    def search(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find up to ``limit`` pairs of id and inner product, best first, ties by id."""
        if not self._ids or not len(vectors):
            return [[] for _ in vectors]
        use_threads(self._faiss, len(vectors))
        rows = np.ascontiguousarray(vectors, np.float32)
        return pairs(*self._index.search(rows, min(limit, len(self._ids))))

    def vector(self, number: int) -> Vectors:
        """Give one vector back, shape (dimension,); raises KeyError where it is not there."""
        if number not in self._ids:
            raise KeyError(number)
        return np.asarray(self._index.reconstruct(number), np.float32)

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Give vectors back in the order of their ids, each of shape (dimension,); what is not there is left out."""
        present = [number for number in ids if number in self._ids]
        rows = self._index.reconstruct_batch(np.asarray(present, np.int64)) if present else ()
        return dict(zip(present, rows, strict=True))

    def write(self, path: str) -> None:
        """Write the index to a file."""
        self._faiss.write_index(self._index, path)
