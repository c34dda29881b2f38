"""How far the windows are is told by the API, and what keeps one project from being clustered to that project alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.types import LogRecord, WindowBy
from tests.web.conftest import BASE, NOW
from tests.web.roles import link_cookie
from web.app import create_app
from web.diagnosis import examine
from web.identity.session import COOKIE

AT = NOW - timedelta(hours=2)


@pytest.fixture
def by_event_time(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", window_by=WindowBy.EVENT, window_seconds=60, idle_seconds=1000)


@pytest.fixture
def status(by_event_time: Settings) -> Iterator[dict[str, object]]:
    """What the API tells of a project where one template is on time, one in the next window and two too late."""
    base = KnowledgeBase(by_event_time, clock=lambda: NOW, embedder=HashingEmbedder())
    app = create_app(by_event_time, clock=lambda: NOW, knowledge=base, runs_background=False)
    with TestClient(app, base_url=BASE) as client:
        pipeline = Pipeline(base, "default")
        for text, seconds in (("disk full", 65), ("peer gone", -90), ("no table", 0), ("queue full", 100)):
            at = AT + timedelta(seconds=seconds)
            pipeline.keep([LogRecord("default", "test", 0, text, at, "etl", "ERROR")])
        client.cookies.set(COOKIE, link_cookie(client.app))  # type: ignore[arg-type]
        yield client.get("/api/v1/status").json()


def test_the_api_tells_watermark_late_count_and_open_window(status: dict[str, object]) -> None:
    expected = {
        "window_by": "event",
        "watermark": "2026-11-23T10:01:35Z",
        "delayed": 1,
        "late": 1,
        "window_start": "2026-11-23T10:01:00Z",
        "window_end": "2026-11-23T10:02:00Z",
        "window_templates": 2,
        "clustering_failure": None,
    }
    assert status | expected == status


@pytest.mark.usefixtures("status", "model_dir")
def test_the_doctor_tells_watermark_and_late_count(by_event_time: Settings) -> None:
    [found] = [each.found for each in examine(by_event_time, "default") if each.name == "database"]
    assert "watermark 2026-11-23 10:01:35 UTC, 1 templates came too late" in found
