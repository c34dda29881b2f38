"""Embeds the next window while one is being worked on: where many templates wait, both cores have work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from knowledge_base.embedding.port import Embedder, Vectors
from knowledge_base.errors import KeaError


class Ahead:
    """Gives the vectors of texts, those that were embedded beforehand at once. For one thread, which it helps."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._coming: tuple[str, str, Future[Mapping[str, Vectors]]] | None = None

    def begin(self, project: str, texts: Sequence[str], embedder: Embedder) -> None:
        """Begin to embed texts that a project will ask for next; what was begun before is forgotten."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kea-embedding")
        distinct = list(dict.fromkeys(texts))
        self._coming = project, embedder.backend, self._pool.submit(_embed, distinct, embedder)

    def vectors(self, project: str, texts: Sequence[str], embedder: Embedder) -> Vectors:
        """Embed texts, equal ones once; shape (texts, dimension). Raises ModelUnavailable."""
        known = dict(self._begun(project, embedder))
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        known |= _embed(missing, embedder)
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, embedder.dimension), np.float32)

    def _begun(self, project: str, embedder: Embedder) -> Mapping[str, Vectors]:
        if self._coming is None or self._coming[:2] != (project, embedder.backend):
            return {}
        coming, self._coming = self._coming[2], None
        try:
            return coming.result()
        except KeaError:
            # What is wrong is told by the call that needs the vectors.
            return {}


def _embed(texts: Sequence[str], embedder: Embedder) -> dict[str, Vectors]:
    return dict(zip(texts, embedder.embed(texts), strict=True)) if texts else {}
