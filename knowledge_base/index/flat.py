"""FAISS's exact index with ids of our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.embedding.port import Vectors


class FlatIndex:
    """An ``IndexIDMap2`` over ``IndexFlatIP``; FAISS is imported when the first index is made."""

    def __init__(self, dimension: int) -> None:
        import faiss

        # One query is far below the work at which a second thread pays for its start.
        faiss.omp_set_num_threads(1)
        self._faiss: Any = faiss
        self.dimension = dimension
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._ids: set[int] = set()

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> frozenset[int]:
        """The ids that it holds."""
        return frozenset(self._ids)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors; an id that is there already is replaced (FAISS alone would keep both)."""
        if not len(ids):
            return
        self.remove(ids)
        self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(ids, np.int64))
        self._ids.update(ids)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove vectors; ids that are not there are passed over."""
        present = [number for number in ids if number in self._ids]
        if present:
            self._index.remove_ids(np.asarray(present, np.int64))
            self._ids.difference_update(present)

    def search(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find up to ``limit`` pairs of id and inner product, best first, ties by id."""
        if not self._ids or not len(vectors):
            return [[] for _ in vectors]
        scores, ids = self._index.search(np.ascontiguousarray(vectors, np.float32), min(limit, len(self._ids)))
        return [
            sorted(
                ((int(number), float(score)) for number, score in zip(row, values, strict=True) if number >= 0),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for row, values in zip(ids, scores, strict=True)
        ]

    def vector(self, number: int) -> Vectors:
        """Give one vector back, shape (dimension,); raises KeyError where it is not there."""
        if number not in self._ids:
            raise KeyError(number)
        return np.asarray(self._index.reconstruct(number), np.float32)

    def write(self, path: Path) -> None:
        """Write the index to a file."""
        self._faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path, dimension: int) -> FlatIndex:
        """Read an index from a file; raises ValueError where it does not fit."""
        made = cls(dimension)
        try:
            index = made._faiss.read_index(str(path))
        except RuntimeError as error:
            raise ValueError(f"{path} is not an index") from error
        if index.d != dimension or not hasattr(index, "id_map"):
            raise ValueError(f"{path} holds vectors of dimension {index.d}, not {dimension}")
        made._index = index
        made._ids = {int(number) for number in made._faiss.vector_to_array(index.id_map)}
        return made
