"""An embedder without a model: the in-memory twin of the ONNX embedder, for tests and where no model can be had."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import xxhash

from knowledge_base.embedding.port import CHARACTERS_PER_TOKEN, Vectors, normalised, readable

HASHING = "hashing-v1:"
"""What the names of these back ends begin with; the dimension follows."""

_WORD = re.compile(r"[^\W_]+")
_GRAM = 3
_DIGITS = 4
_LIMIT = 256 * CHARACTERS_PER_TOKEN


class HashingEmbedder:
    """Hashes words and character trigrams into signed buckets (Weinberger et al., 2009).

    Texts that share words are near each other; it knows nothing of meaning. Vectors are the same
    to the bit in every process.
    """

    def __init__(self, *, dimension: int = 256) -> None:
        if dimension < 1:
            raise ValueError("dimension must be at least 1")
        self._dimension = dimension

    @classmethod
    def named(cls, name: str) -> HashingEmbedder | None:
        """Make the embedder that a model's or back end's name means; None where it means another one.

        >>> HashingEmbedder.named("hashing-v1:64").dimension
        64
        """
        size = name.removeprefix(HASHING)
        fits = name.startswith(HASHING) and size.isascii() and size.isdecimal() and 0 < len(size) <= _DIGITS
        return cls(dimension=int(size)) if fits and int(size) else None

    @property
    def backend(self) -> str:
        """Names the hash and the dimension."""
        return f"{HASHING}{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of shape ``(len(texts), dimension)``."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float64)
        for row, text in zip(vectors, texts, strict=True):
            for feature in _features(readable(text, limit=_LIMIT).lower()):
                digest = xxhash.xxh64_intdigest(feature.encode())
                row[(digest >> 1) % self._dimension] += 1.0 if digest & 1 else -1.0
        return normalised(vectors)


def _features(text: str) -> Iterator[str]:
    """Yield each word and the trigrams of each word, told apart by a prefix."""
    for match in _WORD.finditer(text):
        word = match.group()
        yield f"w:{word}"
        padded = f"^{word}$"
        for start in range(len(padded) - _GRAM + 1):
            yield f"g:{padded[start : start + _GRAM]}"
