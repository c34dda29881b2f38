"""What was evicted still resolves, and the backlog is there for all to see."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import eviction
from knowledge_base.types import LogRecord
from tests.web.conftest import NOW


@pytest.fixture
def gone(signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str) -> tuple[str, str]:
    """The ids of a category and of its template that were evicted."""
    [template] = signed_in.get(f"/api/v1/categories/{disk_id}/templates").json()
    with knowledge.store.write() as db:
        number = int(template["id"].removeprefix("T-"))
        assert eviction.evict(db, "default", [number], seen_until=NOW, now=NOW).categories == 1
    return disk_id, template["id"]


def test_the_api_tells_when_a_category_and_a_template_went(signed_in: TestClient, gone: tuple[str, str]) -> None:
    category = signed_in.get(f"/api/v1/categories/{gone[0]}")
    assert category.status_code == 200
    assert category.json() | {"id": gone[0], "status": "evicted", "count": 30, "templates": 0} == category.json()
    assert category.json()["evicted_at"].startswith("2026-11-23T12:00:00")
    template = signed_in.get(f"/api/v1/templates/{gone[1]}")
    assert template.status_code == 200
    assert template.json() | {"category_id": gone[0], "text": "", "count": 30} == template.json()
    assert template.json()["evicted_at"] == category.json()["evicted_at"]
    for part in ("templates", "samples", "history", "questions"):
        assert signed_in.get(f"/api/v1/categories/{gone[0]}/{part}").json() == []
    volume = signed_in.get(f"/api/v1/categories/{gone[0]}/volume?hours=100").json()["counts"]
    assert sum(volume) == 30, "its lines stay counted"


def test_a_living_template_can_be_read_by_its_id(signed_in: TestClient, queue_id: str) -> None:
    [template] = signed_in.get(f"/api/v1/categories/{queue_id}/templates").json()
    assert signed_in.get(f"/api/v1/templates/{template['id']}").json() == template
    assert template["evicted_at"] is None
    assert signed_in.get("/api/v1/templates/T-999").status_code == 404


def test_nothing_can_be_done_to_it(signed_in: TestClient, gone: tuple[str, str]) -> None:
    refused = signed_in.patch(f"/api/v1/categories/{gone[0]}", json={"label": "Disk full"})
    assert refused.status_code == 409
    assert "evicted" in refused.json()["detail"]


@pytest.mark.parametrize(("language", "said"), [("en", "was evicted"), ("zh", "已被清退")])
def test_its_page_says_so(signed_in: TestClient, gone: tuple[str, str], language: str, said: str) -> None:
    page = signed_in.get(f"/categories/{gone[0]}", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert f"{gone[0]} {said}" in page.text
    assert "<strong>30</strong>" in page.text
    listed = signed_in.get("/", headers={"Accept-Language": language})
    assert gone[0] not in listed.text


def test_the_backlog_is_told(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    status = signed_in.get("/api/v1/status").json()
    assert status["window_start"] is not None
    expected = {
        "templates": 2,
        "max_templates": 1_000_000,
        "over_limit": 0,
        "pending": 2,
        "oldest_pending_seconds": 0.0,
        "clustering_failure": None,
        "window_by": "processing",
        "watermark": None,
        "delayed": 0,
        "late": 0,
        "window_end": None,
        "window_templates": 2,
    }
    assert status | expected == status
    assert "wait to be grouped" not in signed_in.get("/").text, "a window's worth is no news"


@pytest.mark.parametrize(("language", "said"), [("en", "new templates wait to be grouped"), ("zh", "个新模板等待归组")])
def test_a_storm_is_seen_on_the_page(signed_in: TestClient, knowledge: KnowledgeBase, language: str, said: str) -> None:
    words = [f"{a}{b}{c}" for a in "bcdfghklmn" for b in "aeiou" for c in "bcdfghklmnprstvwxz"]
    early = KnowledgeBase(knowledge.settings, clock=lambda: NOW - timedelta(seconds=40), embedder=knowledge.embedder)
    early.store = knowledge.store
    texts = [f"stage {word} {other} broke" for word in words[:40] for other in words[:30]]
    Pipeline(early, "default").keep([LogRecord("default", "test", n, text, NOW) for n, text in enumerate(texts)])
    page = signed_in.get("/", headers={"Accept-Language": language}).text
    assert said in page
    told = re.search(r"<strong>([\d,]+)</strong>\s*" + said, page)
    assert told
    # The clusterer of the application may have begun meanwhile; it also adds templates with a place left open.
    assert int(told[1].replace(",", "")) > knowledge.settings.window_size
