"""Rules that keep templates in a category, as a browser and as programs change them."""

from __future__ import annotations

import re
import time

import pytest
from fastapi.testclient import TestClient

from ingest.clustering import Clusterer
from knowledge_base import curation
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import templates
from tests.web.test_corrections import PART, homes, plain, replay_of

RULES = "/api/v1/keep-rules"
SNAPSHOT = "copy of table {} gave up: ORA-01555 snapshot too old"
UNLIKE = "export stopped after {} rows, see ORA-01555"


def cluster(knowledge: KnowledgeBase) -> None:
    """Let no template wait any more; the application's own loop may hold the lease for a moment."""
    clusterer = Clusterer(knowledge)
    for _ in range(100):
        clusterer.run_window("default")
        with knowledge.store.read() as db:
            if not templates.pending(db, "default")[0]:
                return
        time.sleep(0.05)
    pytest.fail("the templates still wait")


@pytest.fixture
def snapshot(signed_in: TestClient) -> str:
    """The category of a template with an error code."""
    rows = signed_in.post("/api/v1/logs", json=[SNAPSHOT.format("orders")]).json()
    return str(rows["assignments"][0]["category_id"])


def test_a_rule_is_shown_then_kept_and_undone(signed_in: TestClient, solved: str, snapshot: str) -> None:
    signed_in.post("/api/v1/ask", json={"text": SNAPSHOT.format("orders")})
    empty = signed_in.get("/rules").text
    assert "No category is kept by a rule yet" in plain(empty)
    wanted = {"step": "add", "code": "ora-01555", "category_id": solved, "enabled": "true"}
    page = signed_in.post("/rules/keep/what-if", data=wanted).text
    told = plain(page)
    assert f"Keep the error code ora-01555 in {solved} . Nothing is applied yet." in told
    assert "1 line moves 1 template moves … questions gain an answer" in told
    asked = signed_in.post("/rules/keep/what-if/answers", data={"replay": replay_of(page)}, headers=PART)
    assert "1 line moves 1 template moves +1 question gains an answer" in plain(asked.text)
    assert f"Keep 1 template in {solved}" in told
    assert signed_in.get(RULES).json() == {"rules": []}, "nothing was done"
    done = signed_in.post("/rules/keep/confirm", data={"replay": replay_of(page), "reason": "one cause"}, headers=PART)
    assert (done.status_code, done.headers["hx-redirect"].partition("?")[0]) == (204, "/rules")
    after = plain(signed_in.get(done.headers["hx-redirect"]).text)
    assert "added the rule R-1 · 1 template moved “one cause”" in after
    shown = plain(signed_in.get(f"/categories/{solved}").text)
    assert "kept by rule R-1" in shown
    assert "1 kept here by a rule" in shown
    assert "1 of 43 recent lines" in plain(signed_in.get("/rules/keep/hits").text)
    undo = re.search(r'action="(/rules/keep/undo/\d+)"', signed_in.get(done.headers["hx-redirect"]).text)
    assert undo
    back = signed_in.post(undo.group(1))
    assert "took back an act" in plain(signed_in.get(back.headers["location"]).text)
    assert signed_in.get(f"/categories/{snapshot}").status_code == 200
    assert signed_in.get(RULES).json() == {"rules": []}


def test_whoever_comes_second_is_told(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    wanted = {"step": "add", "service": "yarn-rm", "pattern": "rejected", "q": solved, "enabled": "true"}
    cluster(knowledge)
    page = signed_in.post("/rules/keep/what-if", data=wanted).text
    assert "Keep a text like rejected , the service yarn-rm" in plain(page)
    curation.label(knowledge.store, "default", queue_id, "Queue is full", actor="Zhou Yan")
    refused = signed_in.post("/rules/keep/confirm", data={"replay": replay_of(page), "reason": "my words"})
    assert refused.status_code == 409
    told = plain(refused.text)
    assert "Changed meanwhile. Nothing was done. This is what would change now." in told
    assert "Zhou Yan labelled it “Queue is full”" in told
    assert 'value="my words"' in refused.text
    again = signed_in.post("/rules/keep/confirm", data={"replay": replay_of(refused.text)})
    assert again.status_code == 303
    assert signed_in.get(f"/categories/{queue_id}").status_code == 307
    forged = signed_in.post("/rules/keep/confirm", data={"replay": replay_of(page) + "x"})
    assert forged.status_code == 409


def test_what_is_wrong_is_told_in_the_dialog(signed_in: TestClient, solved: str) -> None:
    cases = (
        ({"code": "ORA-1"}, 400, "choose the category first"),
        ({"category_id": solved}, 400, "a rule for everything keeps nothing"),
        ({"category_id": solved, "pattern": "("}, 400, "the pattern cannot be used"),
        ({"category_id": "KE-999", "code": "A"}, 404, "KE-999"),
        ({"category_id": solved, "template": "T-999"}, 404, "T-999"),
    )
    for fields, status, told in cases:
        answer = signed_in.post("/rules/keep/what-if", data={"step": "add", **fields}, headers=PART)
        assert (answer.status_code, told in plain(answer.text)) == (status, True), answer.text
    assert signed_in.post("/rules/keep/what-if", data={"step": "remove", "rule": "R-7"}).status_code == 404


def test_the_form_begins_with_what_a_category_has(signed_in: TestClient, snapshot: str) -> None:
    (template,) = homes(signed_in, snapshot)
    page = signed_in.get(f"/categories/{snapshot}").text
    assert f'href="/rules?keep={snapshot}&amp;template={template}#keep-add"' in page
    form = signed_in.get("/rules", params={"keep": snapshot, "template": template}).text
    assert 'name="code" value="ORA-01555"' in form
    assert f'name="category_id" value="{snapshot}" checked' in form
    assert signed_in.get("/rules", params={"keep": "KE-999"}).status_code == 200


def test_programs_change_the_rules(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str, snapshot: str
) -> None:
    rule = {"code": "ORA-01555", "category_id": solved}
    tried = signed_in.post(f"{RULES}/preview", json=rule).json()
    assert (tried["lines"]["templates"], tried["lines"]["seen"], tried["earlier"]) == (1, 1, 0)
    added = signed_in.post(RULES, json={**rule, "reason": "one cause", "basis": tried["basis"]}).json()
    assert [(each["id"], each["category_id"], each["actor"]) for each in added["rules"]] == [("R-1", solved, "Lin Wei")]
    assert homes(signed_in, solved) >= homes(signed_in, snapshot)
    signed_in.post("/api/v1/logs", json=[UNLIKE.format(7)])
    cluster(knowledge)
    (joined,) = [
        each for each in signed_in.get(f"/api/v1/categories/{solved}/templates").json() if "export" in each["text"]
    ]
    assert (joined["reason"]["why"], joined["reason"]["rule"]) == ("rule", "R-1")
    other = {"pattern": "export", "category_id": queue_id}
    assert signed_in.post(RULES, json={**other, "basis": tried["basis"]}).status_code == 409
    moved = signed_in.post(RULES, json={**other, "position": 1}).json()
    assert [each["id"] for each in moved["rules"]] == ["R-2", "R-1"]
    assert any("export" in each["text"] for each in signed_in.get(f"/api/v1/categories/{queue_id}/templates").json())
    back = signed_in.post(f"{RULES}/R-2/move", json={"position": 2}).json()
    assert [each["id"] for each in back["rules"]] == ["R-1", "R-2"]
    off = signed_in.put(f"{RULES}/R-1", json={**rule, "enabled": False}).json()
    assert off["rules"][0]["enabled"] is False
    assert [each["id"] for each in signed_in.delete(f"{RULES}/R-1").json()["rules"]] == ["R-2"]
    assert signed_in.post("/api/v1/undo", json={"audit_id": off["audit_id"]}).status_code == 409
    assert signed_in.post(RULES, json={"category_id": solved}).status_code == 400
    assert signed_in.post(RULES, json={**rule, "pattern": "x" * 501}).status_code == 422
    assert signed_in.delete(f"{RULES}/R-9").status_code == 404
