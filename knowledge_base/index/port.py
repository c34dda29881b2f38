"""The port of a vector index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge_base.embedding.port import Vectors

Numbers = npt.NDArray[np.int64]
"""Ids, in ascending order where nothing else is said."""


class VectorIndex(Protocol):
    """Finds the vectors with the largest inner product."""

    def __len__(self) -> int:
        """Count the vectors."""
        ...

    @property
    def ids(self) -> Numbers:
        """The ids that it holds."""
        ...

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors; an id that is there already is replaced."""
        ...

    def remove(self, ids: Sequence[int]) -> None:
        """Remove vectors; ids that are not there are passed over."""
        ...

    def search(self, vectors: Vectors, limit: int) -> list[list[tuple[int, float]]]:
        """For each row find up to ``limit`` pairs of id and inner product, best first, ties by id."""
        ...

    def vector(self, number: int) -> Vectors:
        """Give one vector back, shape (dimension,); raises KeyError where it is not there."""
        ...

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Give vectors back in the order of their ids, each of shape (dimension,); what is not there is left out."""
        ...
