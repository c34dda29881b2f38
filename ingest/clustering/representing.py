"""Choosing the few texts that stand for a category."""

from __future__ import annotations

import numpy as np

from knowledge_base.embedding.port import Vectors

MOST = 5


def spread(vectors: Vectors, limit: int = MOST) -> list[int]:
    """Choose rows that are far from each other, the first row first (farthest-point sampling, Gonzalez 1985).

    Rows have length 1. Ties go to the earlier row, so the choice depends on the order alone.
    """
    count = len(vectors)
    if count <= limit:
        return list(range(count))
    chosen = [0]
    nearest = vectors @ vectors[0]
    while len(chosen) < limit:
        nearest[chosen] = np.inf
        following = int(np.argmin(nearest))
        chosen.append(following)
        nearest = np.maximum(nearest, vectors @ vectors[following])
    return sorted(chosen)
