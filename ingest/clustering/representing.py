"""Choosing the few texts that stand for a category."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge_base.embedding.port import Vectors
from knowledge_base.store.representing.representatives import MOST_FOR_CATEGORY

FEWEST = 3
"""As many are kept wherever there are as many."""

MOST = MOST_FOR_CATEGORY

WORTH = 0.005
"""By how much one more has to raise the average similarity of all texts to what stands for them."""

HELD = 1.1
"""How much better than one that stands for the category already a new one has to be, so that few rows change."""


def chosen(vectors: Vectors, weights: Sequence[float], *, held: int = 0, most: int = MOST) -> list[int]:
    """Choose the rows that all rows are most like: the medoid first, then what adds most to it.

    This is the greedy solution of facility location (Nemhauser, Wolsey, Fisher, 1978): what is common is represented
    first, and a single text far from all others takes no place from it. Rows have length 1 and weights above 0; the
    first ``held`` rows stand for the category already. Ties go to the earlier row.

    >>> chosen(np.eye(4, dtype=np.float32)[[0, 0, 0, 1, 1, 2]], [1, 1, 1, 1, 1, 1])
    [0, 3, 5]
    """
    count = len(vectors)
    if count <= FEWEST:
        return list(range(count))
    alike = np.clip(vectors @ vectors.T, 0.0, 1.0).astype(np.float64)
    share = np.asarray(weights, np.float64) / float(np.sum(weights))
    favour = np.where(np.arange(count) < held, HELD, 1.0)
    covered = np.zeros(count)
    picked: list[int] = []
    while len(picked) < min(most, count):
        gains = np.maximum(alike - covered, 0.0) @ share
        # The first one covers nearly everything whichever it is: there a tenth would be no small difference.
        worth = gains * favour if picked else gains + WORTH * (favour > 1.0)
        worth[picked] = -1.0
        best = int(np.argmax(np.round(worth, 9)))
        if len(picked) >= FEWEST and gains[best] < WORTH:
            break
        picked.append(best)
        covered = np.maximum(covered, alike[best])
    return sorted(picked)
