"""What is embedded beforehand is what would be embedded later."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ingest.clustering.ahead import Ahead
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.embedding.port import Vectors
from knowledge_base.errors import ModelUnavailable

TEXTS = ["disk full", "table not found", "disk full", "connection refused"]


class Counting(HashingEmbedder):
    """Counts the texts that it embeds, and fails where it is told to."""

    def __init__(self) -> None:
        super().__init__(dimension=32)
        self.texts = 0
        self.fails = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.fails:
            raise ModelUnavailable("no model")
        self.texts += len(texts)
        return super().embed(texts)


def test_texts_are_embedded_once_and_beforehand() -> None:
    ahead, embedder = Ahead(), Counting()
    ahead.begin("mine", TEXTS[:2], embedder)
    vectors = ahead.vectors("mine", TEXTS, embedder)
    assert np.array_equal(vectors, HashingEmbedder(dimension=32).embed(TEXTS))
    assert embedder.texts == 3, "equal texts count once, and none was embedded twice"
    assert ahead.vectors("mine", [], embedder).shape == (0, 32)


def test_what_another_project_begins_stays_its_own() -> None:
    ahead, embedder = Ahead(), Counting()
    ahead.begin("other", TEXTS[:1], embedder)
    assert np.array_equal(ahead.vectors("mine", TEXTS[:1], embedder), embedder.embed(TEXTS[:1]))
    before = embedder.texts
    ahead.vectors("other", TEXTS[:1], embedder)
    assert embedder.texts == before


def test_a_failure_beforehand_is_told_by_the_call_that_needs_the_vectors() -> None:
    ahead, embedder = Ahead(), Counting()
    embedder.fails = True
    ahead.begin("mine", TEXTS, embedder)
    with pytest.raises(ModelUnavailable, match="no model"):
        ahead.vectors("mine", TEXTS, embedder)
    embedder.fails = False
    assert len(ahead.vectors("mine", TEXTS, embedder)) == len(TEXTS)
