"""A vector index in plain numpy: the twin of the FAISS ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.port import Numbers


class MemoryIndex:
    """Keeps vectors in a dictionary and compares with all of them."""

    def __init__(self) -> None:
        self._vectors: dict[int, Vectors] = {}

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def ids(self) -> Numbers:
        """The ids that it holds."""
        return np.array(sorted(self._vectors), np.int64)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors; an id that is there already is replaced."""
        self._vectors.update(zip(ids, vectors, strict=True))

    def remove(self, ids: Sequence[int]) -> None:
        """Remove vectors; ids that are not there are passed over."""
        for number in ids:
            self._vectors.pop(number, None)

    def search(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find up to ``limit`` pairs of id and inner product, best first, ties by id."""
        if not self._vectors:
            return [[] for _ in vectors]
        ids = list(self._vectors)
        scores = vectors @ np.stack([self._vectors[number] for number in ids]).T
        return [
            sorted(
                ((number, float(score)) for number, score in zip(ids, row, strict=True)), key=lambda p: (-p[1], p[0])
            )[:limit]
            for row in scores
        ]

    def vector(self, number: int) -> Vectors:
        """Give one vector back, shape (dimension,); raises KeyError where it is not there."""
        return self._vectors[number]

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Give vectors back in the order of their ids, each of shape (dimension,); what is not there is left out."""
        return {number: self._vectors[number] for number in ids if number in self._vectors}
