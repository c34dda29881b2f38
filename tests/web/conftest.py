"""An application on a small project of its own, with an embedder that needs no model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import utc_now
from knowledge_base.types import LogRecord
from tests.support.homes import copied_home
from tests.web.browsing import shifted
from tests.web.roles import link_cookie
from tests.web.serving import require_pages, running
from web.app import create_app
from web.identity.session import COOKIE

BASE = "http://127.0.0.1:8080"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DISK = "No space left on device while writing /data/{n}/part-{n}.parquet"
QUEUE = "Queue etl rejected application_16{n}_00{n}: maximum number of applications reached"


def records(project: str, template: str, *, count: int, service: str, days: int = 3) -> list[LogRecord]:
    """Make lines of one error, spread over the last days."""
    step = timedelta(days=days) / count
    return [
        LogRecord(project, "test", n, template.format(n=100 + n), NOW - step * (count - n), service, "ERROR")
        for n in range(1, count + 1)
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", window_seconds=600)


@pytest.fixture
def knowledge(settings: Settings) -> Iterator[KnowledgeBase]:
    """A knowledge base with two errors in the project default; the application opens it again and closes it."""
    copied_home(_fill, settings.home_path)
    with _base(settings) as base:
        yield base


def _fill(home: Path) -> None:
    with _base(Settings(home=home)) as base:
        with base.store.write() as db:
            ensure_project(db, "default", NOW)
        pipeline = Pipeline(base, "default")
        pipeline.keep(records("default", DISK, count=30, service="spark-etl"))
        pipeline.keep(records("default", QUEUE, count=12, service="yarn-rm"))


def _base(settings: Settings) -> KnowledgeBase:
    return KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder())


@pytest.fixture
def client(settings: Settings, knowledge: KnowledgeBase) -> Iterator[TestClient]:
    """A browser that has not signed in; nothing goes on beside its requests."""
    app = create_app(settings, clock=lambda: NOW, knowledge=knowledge, runs_background=False)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


@pytest.fixture
def signed_in(client: TestClient) -> TestClient:
    """A browser in which Lin Wei has signed in."""
    client.cookies.set(COOKIE, link_cookie(client.app))  # type: ignore[arg-type]
    return client


@pytest.fixture
def disk_id(signed_in: TestClient) -> str:
    """The category of the full disk."""
    return str(signed_in.get("/api/v1/categories", params={"q": "space left"}).json()["items"][0]["id"])


@pytest.fixture
def queue_id(signed_in: TestClient) -> str:
    """The category of the full queue."""
    return str(signed_in.get("/api/v1/categories", params={"q": "queue rejected"}).json()["items"][0]["id"])


@pytest.fixture
def solved(knowledge: KnowledgeBase, disk_id: str) -> str:
    """The category of the full disk, with a solution."""
    text = SolutionText("The data disk is full", "Old shuffle files stay.", "1. Run `df -h`\n2. Delete **old** files")
    curation.attach(knowledge.store, "default", disk_id, text, actor="Zhou Yan")
    return disk_id


def arrive_now(knowledge: KnowledgeBase, template: str, count: int, service: str) -> str:
    """Let lines come that end now; gives their category."""
    shift = utc_now() - NOW
    lines = [shifted(each, shift) for each in records("default", template, count=count, service=service)]
    return Pipeline(knowledge, "default").keep(lines)[0].category_id


def two_errors(knowledge: KnowledgeBase) -> str:
    """Make the project, and let the full disk and the full queue be seen now; gives the category of the queue."""
    with knowledge.store.write() as db:
        ensure_project(db, "default", utc_now())
    arrive_now(knowledge, DISK, 30, "spark-etl")
    return arrive_now(knowledge, QUEUE, 12, "yarn-rm")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, Settings]]:
    """A server on a home with two errors, one of them solved; its address and settings."""
    require_pages()
    settings = Settings(home=tmp_path / "home", window_seconds=600)
    knowledge = KnowledgeBase(settings, embedder=HashingEmbedder())
    with knowledge:
        queue = two_errors(knowledge)
        text = SolutionText("The queue is full", "Too many jobs.", "1. `yarn queue -status etl`\n2. Wait")
        curation.attach(knowledge.store, "default", queue, text, actor="Zhou Yan")
        DemandKeeper(knowledge.store).settle("default")
    app = create_app(settings, knowledge=KnowledgeBase(settings, embedder=HashingEmbedder()))
    with running(app) as port:
        yield f"http://127.0.0.1:{port}", settings.model_copy(update={"port": port})
