"""Users' rules by the API."""

from __future__ import annotations

from fastapi.testclient import TestClient

from knowledge_base.curation.masking.resigning import Resigner
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.signature import SIGNATURE_VERSION
from tests.web.conftest import DISK, QUEUE

RULES = "/api/v1/rules"
DEVICE = {"name": "device", "pattern": "left on (device)", "kind": "id", "contains": "left on"}


def test_a_rule_is_added_read_changed_moved_and_removed(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    assert signed_in.get(RULES).json() == {"rules": [], "state": None}
    added = signed_in.post(RULES, json=DEVICE).json()
    assert added["state"]["version"].startswith(f"{SIGNATURE_VERSION}+")
    assert (added["state"]["actor"], added["state"]["subject"]) == ("Lin Wei", "device")
    assert added["rules"][0]["examples"] == []
    kept = {"name": "queue", "pattern": r"Queue \w+", "action": "keep", "examples": []}
    assert [rule["name"] for rule in signed_in.post(RULES, json=kept).json()["rules"]] == ["device", "queue"]
    moved = signed_in.post(f"{RULES}/queue/move", json={"position": 1}).json()
    assert [rule["name"] for rule in moved["rules"]] == ["queue", "device"]
    changed = signed_in.put(f"{RULES}/device", json={**DEVICE, "enabled": False}).json()
    assert changed["rules"][1]["enabled"] is False
    Resigner(knowledge.store, "default").run()  # only so many changes can be under way
    removed = signed_in.delete(f"{RULES}/queue").json()
    assert [rule["name"] for rule in removed["rules"]] == ["device"]
    assert signed_in.get(RULES).json()["rules"] == removed["rules"]
    actions = [each["action"] for each in signed_in.get(f"{RULES}/history").json()]
    assert actions == ["remove_rule", "edit_rule", "move_rule", "add_rule", "add_rule", "begin"]
    undone = signed_in.post(f"{RULES}/undo", json={"audit_id": removed["audit_id"]}).json()
    assert [rule["name"] for rule in undone["rules"]] == ["queue", "device"]


def test_a_preview_tells_what_would_change_and_keeps_nothing(signed_in: TestClient, solved: str) -> None:
    shown = signed_in.post(f"{RULES}/preview", json={"rules": [DEVICE]}).json()
    assert (shown["changed_templates"], shown["changed_lines"], shown["is_complete"]) == (1, 30, True)
    assert "left on <id> while" in shown["changed"][0]["after"]
    assert shown["changed"][0]["category_id"] == solved
    assert len(shown["solutions"]) == 1
    assert signed_in.get(RULES).json()["rules"] == []
    none = signed_in.post(f"{RULES}/preview", json={}).json()
    assert none["changed_templates"] == 0


def test_lines_and_questions_follow_at_once(signed_in: TestClient, solved: str) -> None:
    line = DISK.format(n=77)
    assert signed_in.post(RULES, json=DEVICE).status_code == 200
    found = signed_in.post("/api/v1/lookup", json={"text": line}).json()
    assert found["signature"]["version"].startswith(f"{SIGNATURE_VERSION}+")
    assert "left on <id> while" in found["signature"]["template"]
    assert found["category"]["id"] == solved
    answer = signed_in.post("/api/v1/ask", json={"text": line}).json()
    assert answer["candidates"][0]["category_id"] == solved
    assert answer["evidence"]["kind"] == "exact"
    kept = signed_in.post("/api/v1/logs", json=[line, QUEUE.format(n=12)]).json()
    assert kept["assignments"][0]["category_id"] == solved
    assert not any(each["is_new"] for each in kept["assignments"])


def test_what_is_wrong_is_told(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    cases = (
        ({**DEVICE, "pattern": "("}, 400, "missing"),
        ({**DEVICE, "pattern": ".+", "contains": ""}, 400, "nearly all"),
        ({**DEVICE, "kind": "nonsense"}, 400, "take one of"),
        ({**DEVICE, "name": "not a name"}, 400, "a name is made of"),
        ({**DEVICE, "examples": [{"text": "a", "template": "b"}]}, 400, "mend the rule or the example"),
        ({**DEVICE, "surprise": 1}, 422, "surprise"),
        ({**DEVICE, "action": "eat"}, 422, "action"),
    )
    for number in range(4):  # enough samples to try rules on
        signed_in.post("/api/v1/logs", json=[f"{'abcd'[number]}x went wrong at gate"])
    for rule, status, detail in cases:
        answer = signed_in.post(RULES, json=rule)
        assert (answer.status_code, detail in answer.json()["detail"]) == (status, True), answer.text
    assert signed_in.post(f"{RULES}?force=true", json={**DEVICE, "pattern": ".+", "contains": ""}).status_code == 200
    assert signed_in.post(f"{RULES}?force=true", json=DEVICE).status_code == 409
    assert signed_in.put(f"{RULES}/nobody", json=DEVICE).status_code == 404
    assert signed_in.post(f"{RULES}/undo", json={"audit_id": 10**9}).status_code == 404
