"""The pages and the API on PostgreSQL: the same loop, from line to answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from tests.web.conftest import BASE, DISK, NOW
from tests.web.roles import link_cookie
from web.app import create_app
from web.identity.session import COOKIE

pytestmark = pytest.mark.postgres


def test_the_loop(postgres_database: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", database_url=postgres_database, window_seconds=600)
    knowledge = KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder())
    app = create_app(settings, clock=lambda: NOW, knowledge=knowledge)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        client.cookies.set(COOKIE, link_cookie(app))
        rows = [{"text": DISK.format(n=n), "service": "spark-etl", "at": "2026-11-23T10:00:00Z"} for n in range(20)]
        kept = client.post("/api/v1/logs", json=rows).json()
        category = kept["assignments"][0]["category_id"]
        saved = client.post(f"/categories/{category}/solution", data={"title": "The disk is full", "body": "`df -h`"})
        assert saved.status_code == 303
        for path in ("/", "/?q=disk&status=answered&seen=24h&sort=asked", saved.headers["location"], "/ask"):
            assert client.get(path).status_code == 200, path
        asked = client.post("/ask", data={"text": DISK.format(n=77)}).text
        assert 'data-outcome="answered"' in asked
        assert "The disk is full" in asked
        merged = client.post("/api/v1/logs", json=["another failure of a queue"]).json()["assignments"][0][
            "category_id"
        ]
        done = client.post(f"/api/v1/categories/{category}/merge", json={"others": [merged]}).json()
        assert client.post("/api/v1/undo", json={"audit_id": done["audit_id"]}).status_code == 200
        assert client.get(f"/api/v1/categories/{category}/volume?hours=24").json()["counts"].count(20) == 1
