"""Hierarchical clustering of a window with average linkage (scikit-learn)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ingest.clustering.items import Similarities

Labels = npt.NDArray[np.int64]


def average_linkage(similarities: Similarities, together: Sequence[int], *, threshold: float) -> Labels:
    """Group items whose average similarity is at least ``threshold``; give a label for each item.

    ``together`` holds a number for each item; those with equal numbers (the representatives of one
    category) start as one group.
    """
    if len(together) < 2:
        return np.zeros(len(together), np.int64)
    # scikit-learn takes a second to import; only a window that has work pays for it.
    from sklearn.cluster import AgglomerativeClustering

    distances = 1.0 - np.asarray(similarities, np.float64)
    numbers = np.asarray(together)
    distances[numbers[:, None] == numbers[None, :]] = 0.0
    np.fill_diagonal(distances, 0.0)
    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1.0 - threshold + 1e-9
    )
    return np.asarray(model.fit_predict(distances), np.int64)
