"""The dashboard: its numbers follow what is labelled, solved, merged, ignored and said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event

from assistant.answering import Assistant
from knowledge_base import curation
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.asking import escalations
from knowledge_base.store.watching import dashboard_hours
from knowledge_base.types import Question, Verdict
from tests.web.conftest import BASE, NOW
from web.app import create_app
from web.running.watch_loop import count_all

DISK_FULL = "No space left on device while writing /data/1717/part-42.parquet"


@pytest.fixture
def client(settings: Settings, knowledge: KnowledgeBase) -> Iterator[TestClient]:
    """A browser of a server that counts nothing by itself."""
    app = create_app(settings, clock=lambda: NOW, knowledge=knowledge, runs_background=False)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


def text_of(client: TestClient, **parameters: str) -> str:
    html = client.get("/dashboard", params=parameters).text
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition("<main")[2]).split())


def test_it_says_so_before_anything_was_counted(signed_in: TestClient) -> None:
    signed_in.post("/api/v1/projects", json={"name": "empty"})
    page = text_of(signed_in, project="empty")
    assert "no lines in this time" in page
    assert "What became of 0 questions" in page


def test_volume_follows_solutions_and_leaves_out_what_is_ignored(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    count_all(knowledge.store, "default")
    assert "42 lines, 71 % of them with a solution" in text_of(signed_in)
    assert "Volume with a solution 71.4 %" in text_of(signed_in)
    assert "Volume with a solution 0.0 %" in text_of(signed_in, service="yarn-rm")
    curation.ignore(knowledge.store, "default", queue_id, ignored=True, actor="Lin Wei")
    count_all(knowledge.store, "default")
    assert "Volume with a solution 100.0 %" in text_of(signed_in)
    curation.ignore(knowledge.store, "default", queue_id, ignored=False, actor="Lin Wei")
    curation.detach(knowledge.store, "default", solved, actor="Lin Wei")
    count_all(knowledge.store, "default")
    assert "Volume with a solution 0.0 %" in text_of(signed_in)
    hourly = text_of(signed_in, period="24h")
    assert "Error lines an hour" in hourly
    assert "12:00 0 2 11:00 0 0" in hourly.partition("As a table")[2]
    assert "Nov 22 11:00 0" in hourly.partition("As a table")[2], "48 hours have each time of day twice"
    assert "Error lines a day" in text_of(signed_in, period="nonsense", service="\x00")


def test_what_became_of_questions_is_told_apart(signed_in: TestClient, knowledge: KnowledgeBase, solved: str) -> None:
    assistant = Assistant(knowledge)
    texts = [DISK_FULL] * 3 + ["frobnication exceeded", "unheard of gizmo"]
    ids = [
        assistant.ask(Question("default", "web", f"P{number}", text)).question_id or ""
        for number, text in enumerate(texts)
    ]
    assistant.give_feedback("default", ids[0], user="P0", verdict=Verdict.HELPFUL)
    assistant.give_feedback("default", ids[1], user="P1", verdict=Verdict.NOT_HELPFUL)
    with knowledge.store.write() as db:
        escalations.hand_over(db, "default", ids[3], by="P3", now=NOW)
    count_all(knowledge.store, "default")
    page = text_of(signed_in)
    assert "What became of 5 questions" in page
    assert "1 confirmed 1 no word 1 not helpful 0 no solution yet 1 unknown 1 escalated" in page
    assert "Questions with a solution 60.0 %" in page
    assert "First seen to solution 2.9 d median, 1 category" in page


def test_hours_are_written_in_portions_and_read_while_others_may_write(
    knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard_hours, "PORTION", 10, raising=False)
    held: list[list[tuple[str, int]]] = [[]]

    def watch(_db: Connection, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if "watch_hour" in statement:
            held[-1].append((statement.split()[0], len(given) if many else 1))

    engine = knowledge.store.engine
    event.listen(engine, "before_cursor_execute", watch)
    event.listen(engine, "begin", lambda _db: held.append([]))
    count_all(knowledge.store, "default")
    event.remove(engine, "before_cursor_execute", watch)
    writing = [each for each in held if any(verb == "INSERT" for verb, _ in each)]
    assert len(writing) > 1
    assert all(verb == "INSERT" and count <= 10 for each in writing for verb, count in each)
