"""The databases of the store's tests, a knowledge base on each, and the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_base.knowledge import KnowledgeBase
from tests.clustering.conftest import model_embedder
from tests.matching.bench import Bench
from tests.pairs.conftest import court
from tests.store.conftest import database_url, empty_file, postgres_store_url
from tests.store.knowledge import knowledge_at

__all__ = ["bench", "court", "database_url", "empty_file", "knowledge", "model_embedder", "postgres_store_url"]


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """An open knowledge base with the model's twin, in which each line has a category of its own."""
    with knowledge_at(database_url, tmp_path / "home", group_threshold=1.0) as knowledge:
        yield knowledge


@pytest.fixture
def bench(knowledge: KnowledgeBase) -> Bench:
    """What tests of matching do with a knowledge base."""
    return Bench(knowledge)
