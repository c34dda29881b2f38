"""Cutting the same templates into other windows gives nearly the same categories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from ingest.clustering import ClusterLoop
from ingest.pipeline import Pipeline
from knowledge_base.embedding import Embedder, HashingEmbedder, Vectors
from knowledge_base.store.grouping import templates
from knowledge_base.types import LogRecord
from tests.store.databases import MINE, copied_file
from tests.store.knowledge import knowledge_at
from web.demo.generate import generate_lines

END = datetime(2026, 3, 2, tzinfo=UTC)


class Remembering:
    """Embeds each text once, however many windows ask for it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}

    @property
    def backend(self) -> str:
        return self._embedder.backend

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, self._embedder.embed(new), strict=True))
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([self._vectors[text] for text in texts])


def grouped(url: str, home: Path, embedder: Embedder, *, window_size: int, lines: int) -> list[int]:
    """The category of each template of the sample, in the order in which the templates came."""
    with knowledge_at(url, home, embedder=embedder, window_size=window_size) as knowledge:
        pipeline = Pipeline(knowledge, MINE)
        pipeline.ensure_project()
        events = generate_lines(end=END, lines=lines)
        records = [
            LogRecord(MINE, "sample", place, event.text, event.at, event.service, event.level)
            for place, event in enumerate(events, 1)
        ]
        found = sorted({int(each.template_id.partition("-")[2]) for each in pipeline.keep(records)})
        ClusterLoop(knowledge, MINE).drain(MINE)
        with knowledge.store.read() as db:
            homes = templates.homes(db, MINE, found)
    return [homes[number] for number in found]


def test_three_windows_of_the_sample_with_hashed_words(empty_file: Path, tmp_path: Path) -> None:
    check(empty_file, tmp_path, HashingEmbedder(), windows=3, lines=800)


def test_two_windows_of_the_sample_with_the_model(empty_file: Path, tmp_path: Path, model_embedder: Embedder) -> None:
    check(empty_file, tmp_path, Remembering(model_embedder), windows=2, lines=1000)


def check(empty_file: Path, tmp_path: Path, embedder: Embedder, *, windows: int, lines: int) -> None:
    whole, parts = (copied_file(empty_file, tmp_path / name / "kea.db") for name in ("whole", "parts"))
    expected = grouped(whole, tmp_path / "whole", embedder, window_size=100_000, lines=lines)
    size = -(-len(expected) // windows)
    found = grouped(parts, tmp_path / "parts", embedder, window_size=size, lines=lines)
    assert 1 < len(set(expected)) < len(expected)
    assert adjusted_rand_score(expected, found) >= 0.9
