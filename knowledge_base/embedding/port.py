"""The port of embedding and what its adapters share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Float32 array of shape (texts, dimension); each row has length 1."""

CHARACTERS_PER_TOKEN = 32
"""Characters read for each token that a model takes: far more than any prose or stack trace has."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is their cosine similarity.

    The vector of a text is a function of that text: what else is in the call changes it by less
    than 1e-6. Every ``str`` is accepted, also the empty one and one with lone surrogates. An
    embedder may be used from several threads at once.
    """

    @property
    def backend(self) -> str:
        """Names runtime, model and weights; vectors of two back ends must not meet in one index."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape ``(len(texts), dimension)``, rows in the order of the texts.

        Raises ModelUnavailable where the model cannot be opened.
        """
        ...


def readable(text: str, *, limit: int) -> str:
    r"""Cut a text to ``limit`` characters, with lone surrogates replaced.

    The limit keeps the time for a hostile text of megabytes bounded: a tokenizer reads all of a
    text before it truncates.

    >>> readable("disk\udcff full", limit=9)
    'disk? ful'
    """
    head = text[:limit]
    return head if head.isascii() else head.encode("utf-8", "replace").decode("utf-8")


def normalised(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Scale the rows to length 1; a row of zeros becomes the first axis, so that no row is NaN."""
    rows = np.array(vectors, dtype=np.float32, ndmin=2)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    empty = lengths[:, 0] == 0
    rows[empty, 0] = 1.0
    lengths[empty] = 1.0
    rows /= lengths
    return rows
