"""Thresholds by the API, and on the page of an answer."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from ingest.clustering import ClusterLoop
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.projects import ensure_project
from tests.web.conftest import NOW

URL = "/api/v1/thresholds"
ALIKE = "there is no space left on the device for writing"


def test_they_are_read_changed_reset_and_taken_back(signed_in: TestClient) -> None:
    assert signed_in.get(URL).json() == {"answer": 0.88, "suggest": 0.65, "is_own": False, "audit_id": None}
    own = signed_in.put(URL, json={"answer": 0.95}).json()
    assert (own["answer"], own["suggest"], own["is_own"]) == (0.95, 0.65, True)
    assert signed_in.put(URL, json={"answer": None, "suggest": 0.65}).json()["audit_id"] is None, "nothing changed"
    more = signed_in.put(URL, json={"answer": 0.5, "suggest": 0.5}).json()
    assert signed_in.get(URL).json() == {**more, "audit_id": None}
    gone = signed_in.delete(URL).json()
    assert (gone["answer"], gone["is_own"]) == (0.88, False)
    assert signed_in.delete(URL).json()["audit_id"] is None
    stuck = signed_in.post(f"{URL}/undo", json={"audit_id": own["audit_id"]})
    assert (stuck.status_code, "changed again" in stuck.json()["detail"]) == (409, True)
    for act, expected in ((gone, 0.5), (more, 0.95), (own, 0.88)):
        back = signed_in.post(f"{URL}/undo", json={"audit_id": act["audit_id"]})
        assert back.json()["answer"] == expected, back.text
    assert signed_in.get(URL).json()["is_own"] is False
    again = signed_in.post(f"{URL}/undo", json={"audit_id": own["audit_id"]})
    assert (again.status_code, "taken back before" in again.json()["detail"]) == (409, True)


def test_a_change_that_was_not_seen_is_not_lost(signed_in: TestClient) -> None:
    seen = {"answer": 0.88, "suggest": 0.65}
    assert signed_in.put(URL, json={"answer": 0.95, "seen": seen}).status_code == 200
    late = signed_in.put(URL, json={"answer": 0.7, "seen": seen})
    assert (late.status_code, signed_in.get(URL).json()["answer"]) == (409, 0.95)
    told = (
        "Lin Wei changed the thresholds meanwhile: answers from 0.95 and suggests from 0.65 now, it was 0.88 and 0.65"
    )
    assert told in late.json()["detail"]
    assert signed_in.put(URL, json={"answer": 0.7, "seen": seen | {"answer": 0.95}}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"answer": 0.3}', 400),
        ('{"answer": 1.5}', 422),
        ('{"suggest": -1}', 422),
        ('{"answer": NaN}', 422),
        ('{"answer": "high"}', 422),
        ('{"limit": 0.5}', 422),
    ],
)
def test_what_cannot_be_is_told(signed_in: TestClient, body: str, status: int) -> None:
    answer = signed_in.put(URL, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert signed_in.get(URL).json()["is_own"] is False


def test_projects_are_apart(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        ensure_project(db, "other", NOW)
    own = signed_in.put(URL, json={"answer": 0.7}).json()
    assert signed_in.get(f"{URL}?project=other").json()["is_own"] is False
    assert signed_in.post(f"{URL}/undo?project=other", json={"audit_id": own["audit_id"]}).status_code == 404
    for method in ("get", "delete"):
        assert signed_in.request(method, f"{URL}?project=nobody").status_code == 404


def test_answers_and_their_page_follow_at_once(signed_in: TestClient, knowledge: KnowledgeBase, solved: str) -> None:
    ClusterLoop(knowledge, "default").drain("default")
    sure = signed_in.post("/api/v1/ask", json={"text": ALIKE}).json()["confidence"]
    assert 0 < sure < 1
    below = sure * 0.9  # what is shown is rounded
    outcomes = []
    for answer, suggest in ((below, below), (1, below), (1, 1)):
        assert signed_in.put(URL, json={"answer": answer, "suggest": suggest}).status_code == 200
        outcomes.append(signed_in.post("/api/v1/ask", json={"text": ALIKE}).json()["outcome"])
    assert outcomes == ["answered", "suggested", "unknown"]
    signed_in.put(URL, json={"answer": 0.77, "suggest": 0.01})
    page = signed_in.post("/ask", data={"text": ALIKE}).text
    assert re.search(r"suggests from 1\s?%, answers from 77\s?%", page)
