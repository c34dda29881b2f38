"""Which kind of index so many vectors take, how one is filled, and how it is read from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from knowledge_base.embedding.port import Vectors
from knowledge_base.index.flat import FlatIndex
from knowledge_base.index.inverted import SAMPLE_PER_LIST, InvertedIndex, lists_for
from knowledge_base.index.port import Numbers

SWITCH = 20_000
"""Up to so many vectors all are compared, which takes 2 ms; beyond, lists are trained."""

PORTION = 2_000
"""Vectors that are read and added at once: 3 MB of MiniLM's."""

GROWTH = 4
"""Lists are trained anew when they hold so many times the vectors that they were made for."""

AnyIndex = FlatIndex | InvertedIndex
ReadVectors = Callable[[Sequence[int]], Vectors]
"""Gives the vectors of some ids, shape (ids, dimension)."""


def fits(index: AnyIndex, count: int, switch: int = SWITCH) -> bool:
    """Tell whether an index is of the kind that so many vectors take.

    Lists stay when vectors go: they are quick enough until there is next to nothing.
    """
    if isinstance(index, FlatIndex):
        return count <= switch
    return count > switch // 2 and lists_for(count / GROWTH) <= index.lists


def build(ids: Numbers, read: ReadVectors, *, dimension: int, switch: int = SWITCH) -> AnyIndex:
    """Make the index for some vectors, which are read in portions."""
    index = empty(ids, read, dimension=dimension, switch=switch)
    for portion in portions(ids):
        index.add(portion, read(portion))
    return index


def empty(ids: Numbers, read: ReadVectors, *, dimension: int, switch: int = SWITCH) -> AnyIndex:
    """Make an index that is ready to take some vectors, and holds none of them yet."""
    if len(ids) <= switch:
        return FlatIndex(dimension)
    size = min(len(ids), SAMPLE_PER_LIST * lists_for(len(ids)))
    # Evenly from all of them, whenever they came, and the same ones each time.
    chosen = ids[np.linspace(0, len(ids) - 1, size).astype(np.int64)]
    return InvertedIndex.trained(np.concatenate([read(portion) for portion in portions(chosen)]), len(ids))


def portions(ids: Numbers) -> Iterator[list[int]]:
    """Cut ids into portions."""
    return (ids[start : start + PORTION].tolist() for start in range(0, len(ids), PORTION))


def load(path: Path, dimension: int) -> AnyIndex:
    """Read an index from a file; raises ValueError where it does not fit."""
    import faiss

    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise ValueError(f"{path} is not an index") from error
    if index.d != dimension:
        raise ValueError(f"{path} holds vectors of dimension {index.d}, not {dimension}")
    if hasattr(index, "id_map"):
        return FlatIndex(dimension, index)
    if not hasattr(index, "invlists"):
        raise ValueError(f"{path} holds an index of another kind")
    return InvertedIndex(dimension, index)
