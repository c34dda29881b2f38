"""Knowledge bases for tests: the model's twin in place of the model, a clock that steps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.pipeline import Pipeline
from knowledge_base.embedding import Embedder, HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.types import Assignment, LogRecord
from tests.store.databases import MINE, START, SteppingClock


def knowledge_at(url: str, home: Path, *, embedder: Embedder | None = None, **settings: object) -> KnowledgeBase:
    """Make a knowledge base on a database; it is not open yet."""
    chosen = Settings(home=home, database_url=url, **settings)
    return KnowledgeBase(chosen, clock=SteppingClock(), embedder=embedder or HashingEmbedder())


def ingest(knowledge: KnowledgeBase, *texts: str, project: str = MINE, service: str = "etl") -> list[Assignment]:
    """Send lines through the pipeline; the project is made where it is not there."""
    pipeline = Pipeline(knowledge, project)
    pipeline.ensure_project()
    records = [
        LogRecord(project, "test", number, text, START, service, "ERROR") for number, text in enumerate(texts, 1)
    ]
    return pipeline.keep(records)


def categories_of(assignments: Sequence[Assignment]) -> list[str]:
    """Name the categories of assignments."""
    return [each.category_id for each in assignments]
