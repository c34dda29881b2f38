"""What-if, moving a template and clustering anew by the API."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlmodel import SQLModel

from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import proposals
from knowledge_base.store.grouping.proposal_values import ProposalKind, Proposed
from tests.web.conftest import DISK, NOW, QUEUE

API = "/api/v1"


@pytest.fixture
def disk_template(signed_in: TestClient, disk_id: str) -> str:
    """The template of the full disk."""
    return str(signed_in.get(f"{API}/categories/{disk_id}/templates").json()[0]["id"])


@pytest.fixture
def both(signed_in: TestClient, solved: str, queue_id: str) -> str:
    """The category of the full disk with the queue's template in it, and what was asked of both."""
    signed_in.post(f"{API}/categories/{solved}/merge", json={"others": [queue_id]})
    for text in (DISK, QUEUE):
        signed_in.post(f"{API}/ask", json={"text": text.format(n=7)})
    return solved


def count(knowledge: KnowledgeBase) -> dict[str, int]:
    """Count the rows of each table; the server must not work by itself meanwhile."""
    with knowledge.store.read() as db:
        return {table.name: len(db.execute(table.select()).all()) for table in SQLModel.metadata.sorted_tables}


def test_a_merge_is_foreseen(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str, disk_template: str
) -> None:
    signed_in.post(f"{API}/ask", json={"text": QUEUE.format(n=7)})
    signed_in.app.state.parts.background.stop()  # type: ignore[attr-defined]
    before = count(knowledge)
    wanted = {"act": "merge", "category_id": solved, "others": [queue_id]}
    told = signed_in.post(f"{API}/what-if", json=wanted).json()
    assert count(knowledge) == before
    assert told["lines"]["moved"] == 24, "twelve in the ring and as many samples"
    assert (told["lines"]["templates"], told["lines"]["seen"]) == (1, 12)
    assert {(each["before"], each["after"]) for each in told["lines"]["examples"]} == {(queue_id, solved)}
    (changed,) = told["answers"]["examples"]
    assert (told["answers"]["changed"], told["answers"]["of"], told["answers"]["gained"]) == (1, 1, 1)
    assert (changed["before"]["outcome"], changed["after"]["outcome"]) == ("known_unsolved", "answered")
    assert told["is_complete"] is True
    assert signed_in.post(f"{API}/categories/{solved}/merge", json={"others": [queue_id]}).status_code == 200
    now = signed_in.post(f"{API}/ask", json={"text": QUEUE.format(n=7)}).json()
    assert (now["outcome"], now["category"]["id"]) == (changed["after"]["outcome"], changed["after"]["category_id"])


def test_a_split_and_other_rules_are_foreseen(signed_in: TestClient, both: str) -> None:
    templates = signed_in.get(f"{API}/categories/{both}/templates").json()
    queue = next(each["id"] for each in templates if "Queue" in each["text"])
    wanted = {"act": "split", "category_id": both, "template_ids": [queue]}
    told = signed_in.post(f"{API}/what-if", json=wanted).json()
    assert (told["answers"]["changed"], told["answers"]["of"], told["answers"]["lost"]) == (1, 2, 1)
    assert told["answers"]["examples"][0]["after"]["category_id"] == "new"
    rule = {"name": "device", "pattern": "left on (device)", "kind": "id"}
    rules = signed_in.post(f"{API}/what-if", json={"act": "rules", "rules": [rule]}).json()
    assert (rules["lines"]["moved"], rules["answers"]["changed"]) == (0, 0)
    assert rules["lines"]["of"] == 30 + 12 + 20 + 12


def test_a_template_is_moved_and_moved_back(
    signed_in: TestClient, both: str, knowledge: KnowledgeBase, disk_template: str
) -> None:
    queue = next(
        each["id"] for each in signed_in.get(f"{API}/categories/{both}/templates").json() if each["id"] != disk_template
    )
    split = signed_in.post(f"{API}/categories/{both}/split", json={"template_ids": [queue]}).json()
    other = split["category"]["id"]
    refused = signed_in.post(f"{API}/templates/{queue}/move", json={"category_id": both})
    assert refused.status_code == 400
    assert f"merge {other} into {both}" in refused.json()["detail"]
    signed_in.post(f"{API}/undo", json={"audit_id": split["audit_id"]})
    signed_in.post(f"{API}/logs", json=["Quota of project exceeded for good"])
    quota = signed_in.get(f"{API}/categories", params={"q": "quota"}).json()["items"][0]["id"]
    done = signed_in.post(f"{API}/templates/{queue}/move", json={"category_id": quota, "reason": "it is"}).json()
    assert done["category"]["id"] == quota
    assert signed_in.get(f"{API}/templates/{queue}").json()["category_id"] == quota
    act = signed_in.get(f"{API}/categories/{quota}/history").json()[0]
    assert (act["action"], act["actor"], act["detail"]["reason"]) == ("move", "Lin Wei", "it is")
    page = signed_in.get(f"/categories/{quota}").text
    assert f"moved {queue} here from {both}" in page
    signed_in.post(f"{API}/undo", json={"audit_id": done["audit_id"]})
    assert signed_in.get(f"{API}/templates/{queue}").json()["category_id"] == both


def test_an_act_is_refused_once_what_was_looked_at_has_changed(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    merge = signed_in.post(f"{API}/what-if", json={"act": "merge", "category_id": solved, "others": [queue_id]}).json()
    name = signed_in.post(f"{API}/what-if", json={"act": "label", "category_id": queue_id, "label": "Queue"}).json()
    assert (name["lines"]["moved"], name["answers"]["changed"], name["saying"]["questions"]) == (0, 0, 0)
    stale = {"label": "Queue", "basis": name["basis"]}
    curation.label(knowledge.store, "default", queue_id, "Queue is full", actor="Zhou Yan")
    refused = [
        signed_in.patch(f"{API}/categories/{queue_id}", json=stale),
        signed_in.post(f"{API}/categories/{solved}/merge", json={"others": [queue_id], "basis": merge["basis"]}),
    ]
    for answer in refused:
        assert answer.status_code == 409
        meanwhile = answer.json()["meanwhile"][0]
        assert (meanwhile["actor"], meanwhile["action"], meanwhile["category_id"]) == ("Zhou Yan", "label", queue_id)
    apart = {"act": "apart", "category_id": solved, "others": [queue_id]}
    basis = signed_in.post(f"{API}/what-if", json=apart).json()["basis"]
    done = signed_in.post(f"{API}/categories/{solved}/apart", json={"other": queue_id, "basis": basis})
    assert done.status_code == 200
    assert signed_in.get(f"{API}/categories/{solved}/history").json()[0]["action"] == "apart"
    rule = {"name": "device", "pattern": "left on (device)", "kind": "id"}
    basis = signed_in.post(f"{API}/what-if", json={"act": "rules", "rules": [rule]}).json()["basis"]
    assert signed_in.post(f"{API}/rules", json=rule, params={"basis": basis}).status_code == 200
    again = signed_in.delete(f"{API}/rules/device", params={"basis": basis})
    assert again.status_code == 409
    assert again.json()["meanwhile"][0]["action"] == "add_rule"
    assert signed_in.delete(f"{API}/rules/device", params={"basis": "x"}).status_code == 422


def test_proposals_are_foreseen(signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str) -> None:
    signed_in.post(f"{API}/ask", json={"text": QUEUE.format(n=7)})
    left, right = (number_of(Prefix.CATEGORY, each) for each in (queue_id, solved))
    with knowledge.store.write() as db:
        offered = [Proposed(right, left, 0.7), Proposed(left, right, 0.6, ProposalKind.LABEL)]
        proposals.put(db, "default", offered, NOW)
    merge, label = signed_in.get(f"{API}/proposals").json()["items"]
    told = signed_in.post(f"{API}/what-if", json={"act": "accept", "proposal_id": merge["id"]}).json()
    assert (told["lines"]["templates"], told["answers"]["gained"]) == (1, 1)
    told = signed_in.post(f"{API}/what-if", json={"act": "accept", "proposal_id": label["id"]}).json()
    assert (told["lines"]["templates"], told["answers"]["gained"]) == (0, 1)
    wrong = signed_in.post(f"{API}/what-if", json={"act": "dismiss", "proposal_id": merge["id"]}).json()
    assert (wrong["saying"]["kind"], wrong["saying"]["links"]) == ("cannot_link", 1)
    adopted = signed_in.post(f"{API}/proposals/{label['id']}/accept", json={"basis": told["basis"], "reason": "same"})
    assert adopted.json()["solution"]["title"] == "The data disk is full"
    late = signed_in.post(f"{API}/proposals/{merge['id']}/dismiss", json={"basis": wrong["basis"]})
    assert late.status_code == 409
    assert late.json()["meanwhile"][0]["action"] == "adopt"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"act": "merge"}, 400),
        ({"act": "move", "category_id": "KE-1"}, 400),
        ({"act": "rules"}, 400),
        ({"act": "label", "category_id": "KE-1"}, 400),
        ({"act": "apart", "category_id": "KE-1"}, 400),
        ({"act": "accept"}, 400),
        ({"act": "dismiss", "proposal_id": "P-9"}, 404),
        ({"act": "explode"}, 422),
        ({"act": "split", "category_id": "KE-99999", "template_ids": ["T-1"]}, 404),
        ({"act": "rules", "rules": [{"name": "x", "pattern": "("}]}, 400),
        ({"act": "merge", "category_id": "KE-1\x00", "others": ["KE-2"]}, 404),
    ],
)
def test_refusals(signed_in: TestClient, body: dict[str, object], status: int) -> None:
    assert signed_in.post(f"{API}/what-if", json=body).status_code == status


def test_a_project_is_clustered_anew(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    lines = ["broker connection refused by its peer", "broker connection was refused by its peer"]
    signed_in.post(f"{API}/logs", json=lines)
    signed_in.app.state.parts.background.stop()  # type: ignore[attr-defined]
    before = count(knowledge)
    shown = signed_in.post(f"{API}/recluster", json={}).json()
    assert (shown["moved_templates"], shown["merges"], shown["done"]) == (1, 1, None)
    assert shown["moves"][0]["why"]["score"] > 0.8
    assert count(knowledge) == before
    done = signed_in.post(f"{API}/recluster", json={"dry_run": False}).json()["done"]
    assert (done["templates"], done["merged"], done["skipped"]) == (1, 1, [])
    home = signed_in.get(f"{API}/templates/{shown['moves'][0]['template_id']}").json()["category_id"]
    assert home == shown["moves"][0]["to"]
    assert "clustered the project anew" in signed_in.get(f"/categories/{home}").text
    undone = signed_in.post(f"{API}/undo", json={"audit_id": done["audit_id"]})
    assert undone.status_code == 200
    moved = signed_in.get(f"{API}/templates/{shown['moves'][0]['template_id']}").json()
    assert moved["category_id"] == shown["moves"][0]["source"]
