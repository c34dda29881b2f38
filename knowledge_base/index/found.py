"""What FAISS's indexes share: how many threads a search takes, and its answer in our terms."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.embedding.port import Vectors

MANY = 32
"""From so many queries on a second thread is worth its start."""


def use_threads(faiss: Any, queries: int) -> None:
    """Say how many threads the calls of this thread take; OpenMP keeps that number for each thread."""
    faiss.omp_set_num_threads(1 if queries < MANY else os.cpu_count() or 1)


def pairs(scores: Vectors, ids: npt.NDArray[np.int64]) -> list[list[tuple[int, float]]]:
    """Turn arrays of shape (queries, limit) into pairs of id and score, best first, ties by id."""
    order = np.lexsort((ids, -scores))
    ordered = zip(
        np.take_along_axis(ids, order, 1).tolist(), np.take_along_axis(scores, order, 1).tolist(), strict=True
    )
    return [
        [(number, score) for number, score in zip(row, values, strict=True) if number >= 0] for row, values in ordered
    ]
