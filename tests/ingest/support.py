"""A knowledge base without a model, logs, and what the store holds after a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from ingest.pipeline import Pipeline
from ingest.runners.committing import Committer
from ingest.runners.local import LocalRunner, ReadOptions
from ingest.runners.ports import Clustering, NoClustering, Unwatched
from ingest.runners.summary import Summary
from ingest.sinks.file import FileSink
from ingest.sinks.port import Sink
from ingest.sources.directory import Skipped
from ingest.sources.port import Source
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import read_settings
from knowledge_base.store.intake import counts
from knowledge_base.store.store import Store
from knowledge_base.store.tables import PositionRow, RecentRow, TemplateRow
from knowledge_base.types import LogRecord

PROJECT = "shop"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def knowledge_in(
    home: Path, *, clock: Callable[[], datetime] = lambda: NOW, url: str = "", **settings: object
) -> KnowledgeBase:
    return KnowledgeBase(read_settings(home=home, database_url=url, **settings), clock=clock)


def record(text: str, *, at: datetime = NOW, service: str = "", **attributes: object) -> LogRecord:
    return LogRecord(PROJECT, "test", 0, text, at, service, "ERROR", attributes)


def rows_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@dataclass(frozen=True)
class Held:
    """What the store holds: lines by template text, all lines counted by minute, and recent lines."""

    templates: dict[str, int]
    counted: int
    recent: tuple[str, ...]


def held(knowledge: KnowledgeBase, project: str = PROJECT) -> Held:
    return held_by(knowledge.store, project)


def held_by(store: Store, project: str) -> Held:
    with store.read() as db:
        templates = select(col(TemplateRow.text), col(TemplateRow.count)).where(col(TemplateRow.project) == project)
        recent = select(col(RecentRow.text)).where(col(RecentRow.project) == project).order_by(col(RecentRow.slot))
        return Held(
            {row[0]: row[1] for row in db.execute(templates)},
            counts.total(db, project),
            tuple(db.execute(recent).scalars()),
        )


def position_count(knowledge: KnowledgeBase) -> int:
    with knowledge.store.read() as db:
        return int(db.execute(select(func.count()).select_from(PositionRow)).scalar_one())


class Runs:
    """Runs of one knowledge base, as the command line would do them one after the other."""

    def __init__(self, knowledge: KnowledgeBase, folder: Path) -> None:
        self.knowledge = knowledge
        self.enriched = folder / "enriched.jsonl"
        self.dead_letters = folder / "dead.jsonl"

    def run(
        self,
        *sources: Source | Skipped,
        options: ReadOptions | None = None,
        enriched: Sink | None = None,
        project: str = PROJECT,
    ) -> Summary:
        options = options or ReadOptions()
        return self.runner(options=options, enriched=enriched, project=project).run(sources)

    def runner(
        self,
        *,
        options: ReadOptions | None = None,
        enriched: Sink | None = None,
        project: str = PROJECT,
        clustering: Clustering | None = None,
    ) -> LocalRunner:
        options = options or ReadOptions()
        clock = self.knowledge.clock
        pipeline = Pipeline(self.knowledge, project)
        dead = FileSink(self.dead_letters, project=project, clock=clock, foreign=True)
        out = enriched or FileSink(self.enriched, project=project, clock=clock, anew=options.again)
        committer = Committer(pipeline, enriched=out, dead_letters=lambda _: dead)
        return LocalRunner(pipeline, committer, clustering or NoClustering(), options=options, watcher=Unwatched())

    def texts(self) -> list[str]:
        return [str(row["text"]) for row in rows_of(self.enriched)]


def log(*lines: str) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def numbered(count: int, kinds: Sequence[str] = ("disk {} is full", "task {} failed")) -> bytes:
    return log(*(kinds[place % len(kinds)].format(place) for place in range(count)))
