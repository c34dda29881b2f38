"""From a signed request at Kea's own address to a note on GitHub, with all that is between."""

from __future__ import annotations

import time
from pathlib import Path

import yaml
from starlette.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.projects import ensure_project
from knowledge_base.types import LogRecord
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, STRANGE
from tests.assistant.tickets import fake_github
from web.app import create_app


def mapping_at(folder: Path, base_url: str) -> Path:
    (folder / "signing").write_bytes(fake_github.SECRET)
    (folder / "token").write_text(fake_github.TOKEN)
    entry = {
        "name": "github", "preset": "github", "project": PROJECT, "note": {"base_url": base_url},
        "signature": {"secret_file": "signing"}, "auth": {"secret_file": "token"},
    }  # fmt: skip
    (folder / "tickets.yaml").write_text(yaml.safe_dump({"webhooks": [entry]}))
    return folder / "tickets.yaml"


def test_an_issue_gets_its_note(tmp_path: Path) -> None:
    api = fake_github.FakeGitHub()
    settings = Settings(home=tmp_path / "home", tickets_file=mapping_at(tmp_path, api.url))
    knowledge = KnowledgeBase(settings, embedder=HashingEmbedder())
    with TestClient(create_app(settings, knowledge=knowledge), base_url="http://127.0.0.1:8080") as client:
        with knowledge.store.write() as db:
            ensure_project(db, PROJECT, knowledge.clock())
        Pipeline(knowledge, PROJECT).keep([LogRecord(PROJECT, "test", 1, SOLVED, knowledge.clock())])
        found = knowledge.lookup(PROJECT, SOLVED).category
        assert found is not None
        curation.attach(knowledge.store, PROJECT, found.id, SOLUTION, actor="Mei")

        def told(title: str, *, number: int, secret: bytes = fake_github.SECRET) -> int:
            event = fake_github.issue_event(number=number, title=title)
            headers, body = fake_github.signed(event, "issues", secret)
            return client.post("/hooks/github", headers=headers, content=body).status_code

        assert told(STRANGE, number=1) == 202
        assert told(SOLVED, number=2) == 202
        assert told(SOLVED, number=2) == 202
        assert told(SOLVED, number=3, secret=b"guessed") == 403
        assert told(SOLVED + "x" * 1_000_000, number=4) == 413
        ends = time.monotonic() + 20
        while not api.notes and time.monotonic() < ends:
            time.sleep(0.02)
    [note] = api.notes
    assert note["issue"] == "2"
    assert SOLUTION.title in note["body"]
    api.close()
