"""Judges over the model, and over its twin that hashes words."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.embedding import HashingEmbedder, open_embedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from tests.pairs.judging import Court


@pytest.fixture(scope="session")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    """Judges by hashed words."""
    settings = Settings(home=tmp_path_factory.mktemp("court"))
    return Court(KnowledgeBase(settings, embedder=HashingEmbedder()))


@pytest.fixture(scope="session")
def high_court(tmp_path_factory: pytest.TempPathFactory, model_dir: Path) -> Court:
    """Judges by the default model."""
    settings = Settings(home=tmp_path_factory.mktemp("court"), model_dir=model_dir)
    return Court(KnowledgeBase(settings, embedder=open_embedder(settings)))
