"""The databases of the store's tests, a knowledge base on each, and a world around the twin of a chat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_base.knowledge import KnowledgeBase
from tests.assistant.conformance.twins import TWINS
from tests.assistant.conformance.world import World, world_with
from tests.store.conftest import database_url, empty_file, postgres_store_url
from tests.store.knowledge import knowledge_at

__all__ = ["database_url", "empty_file", "knowledge", "postgres_store_url"]


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """An open knowledge base with the model's twin."""
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        yield knowledge


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A world around the twin of a chat, on each database."""
    with world_with(TWINS[0], tmp_path, url=database_url) as world:
        yield world
