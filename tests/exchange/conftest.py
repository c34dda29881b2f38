"""The databases of the store's tests, and a knowledge base on each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_base.knowledge import KnowledgeBase
from tests.store.conftest import database_url, empty_file, postgres_store_url, store
from tests.store.databases import copied_file
from tests.store.knowledge import knowledge_at

__all__ = ["database_url", "empty_file", "knowledge", "postgres_store_url", "store"]


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """An open knowledge base with the model's twin."""
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        yield knowledge


@pytest.fixture
def sqlite_knowledge(empty_file: Path, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """The same, on SQLite alone."""
    with knowledge_at(copied_file(empty_file, tmp_path / "home" / "kea.db"), tmp_path / "home") as knowledge:
        yield knowledge
