"""What takes part in a window, and how alike its parts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.embedding.port import Vectors
from knowledge_base.features.ngrams import grams

Similarities = npt.NDArray[np.float32]
"""Float32 array of shape (items, items), symmetric, 1 on the diagonal, 0..1."""


@dataclass(frozen=True, slots=True)
class Item:
    """A new template, or a representative that is near one; ``clean`` is what it is compared by."""

    template: int | None
    category: int
    text: str
    clean: str
    codes: tuple[str, ...]
    is_new: bool


def similarities(items: Sequence[Item], vectors: Vectors) -> Similarities:
    """Compare all items with each other: half by meaning, half by letters.

    ``vectors`` has one unit row for each item. Items without words are like nothing else.
    """
    from scipy.sparse import csr_matrix

    columns: dict[str, int] = {}
    data: list[float] = []
    indices: list[int] = []
    starts = [0]
    for item in items:
        for gram, weight in grams(item.clean).weights.items():
            indices.append(columns.setdefault(gram, len(columns)))
            data.append(weight)
        starts.append(len(indices))
    lexical = csr_matrix((data, indices, starts), shape=(len(items), max(len(columns), 1)), dtype=np.float32)
    mixed = 0.5 * (vectors @ vectors.T) + 0.5 * np.asarray((lexical @ lexical.T).todense(), np.float32)
    mixed = np.clip(mixed, 0.0, 1.0)
    wordless = np.array([not item.clean for item in items])
    mixed[wordless, :] = 0.0
    mixed[:, wordless] = 0.0
    np.fill_diagonal(mixed, 1.0)
    return mixed.astype(np.float32)
