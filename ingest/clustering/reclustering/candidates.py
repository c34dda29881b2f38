"""Which templates may belong together: those that are near by meaning, found by FAISS and never all with all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.clustering.reclustering.vectors import Stored, rows_of

NEAR = 10
AT_ONCE = 1_024
EXACT_UP_TO = 50_000
"""Vectors up to which all are compared; beyond, cells of an inverted file that takes a byte a number."""

TRAINED_ON = 50_000
PROBES = 16

Pairs = npt.NDArray[np.int64]
"""Int64 array of shape (pairs, 2): places, the smaller one first, each pair once and in order."""


def near_pairs(
    stored: Stored, places: Sequence[int], tick: Callable[[int], None] = lambda _more: None
) -> Iterator[Pairs]:
    """Give the pairs of each template and the ten nearest ones, part by part; pairs may come again in a later part."""
    if len(places) < 2:
        return
    chosen = np.asarray(places, np.int64)
    index = _index(stored, chosen)
    for start in range(0, len(chosen), AT_ONCE):
        part = chosen[start : start + AT_ONCE]
        _, found = index.search(rows_of(stored, part.tolist()), min(NEAR + 1, len(chosen)))
        left = np.repeat(part, found.shape[1])
        right = np.where(found.ravel() >= 0, chosen[found.ravel()], left)
        pairs = np.stack([np.minimum(left, right), np.maximum(left, right)], axis=1)
        yield np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
        tick(len(part))


def _index(stored: Stored, chosen: Pairs) -> Any:
    import faiss

    dimension = int(stored.shape[1])
    if len(chosen) <= EXACT_UP_TO:
        index: Any = faiss.IndexFlatIP(dimension)
    else:
        cells = int(4 * np.sqrt(len(chosen)))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimension),
            dimension,
            cells,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        step = max(1, len(chosen) // TRAINED_ON)
        index.train(rows_of(stored, chosen[::step].tolist()))
        index.nprobe = PROBES
    for start in range(0, len(chosen), AT_ONCE * 8):
        index.add(rows_of(stored, chosen[start : start + AT_ONCE * 8].tolist()))
    return index
