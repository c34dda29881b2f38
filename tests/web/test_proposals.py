"""Proposals over the API and on a category's page."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import categories, facts, proposals
from knowledge_base.store.grouping.proposal_values import Going, Grounds, ProposalKind, Proposed
from tests.web.conftest import NOW, records

THIRD = "Disk quota of user {n} exceeded"


@pytest.fixture
def third_id(signed_in: TestClient, knowledge: KnowledgeBase) -> str:
    """A third category."""
    Pipeline(knowledge, "default").keep(records("default", THIRD, count=4, service="hdfs"))
    return str(signed_in.get("/api/v1/categories", params={"q": "quota"}).json()["items"][0]["id"])


def put(knowledge: KnowledgeBase, *found: Proposed) -> None:
    with knowledge.store.write() as db:
        proposals.put(db, "default", found, NOW)


def number(public: str) -> int:
    return number_of(Prefix.CATEGORY, public)


def merge_of(disk_id: str, queue_id: str, score: float = 0.7) -> Proposed:
    grounds = Grounds(0.5, None, 0.0, ("reached", "space"), ("E-28",), ("no space",), ("disk / queue",), version="m-1")
    return Proposed(number(disk_id), number(queue_id), score, grounds=grounds)


def split_of(knowledge: KnowledgeBase, disk_id: str, queue_id: str) -> tuple[Proposed, list[str]]:
    """Two errors in one category that nobody put together, and the templates that would go."""
    curation.merge(knowledge.store, "default", disk_id, [queue_id], actor="Mei")
    with knowledge.store.write() as db:
        facts.withdraw(db, "default", [each.id for each in facts.standing(db, "default")], NOW)
        _, going = categories.templates_of(db, "default", number(disk_id))
    grounds = Grounds(0.6, inside=0.9, going=(Going(going, 0.12),))
    return Proposed(number(disk_id), number(disk_id), 0.88, ProposalKind.SPLIT, grounds), [f"T-{going}"]


def test_proposals_are_listed_and_read(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str, third_id: str
) -> None:
    curation.label(knowledge.store, "default", queue_id, "Queue full", actor="Mei")
    put(
        knowledge,
        merge_of(disk_id, queue_id),
        merge_of(disk_id, third_id, 0.9),
        Proposed(number(third_id), number(queue_id), 0.6, ProposalKind.LABEL),
    )
    whole = signed_in.get("/api/v1/proposals").json()
    assert [(each["kind"], each["score"]) for each in whole["items"]] == [
        ("merge", 0.9),
        ("merge", 0.7),
        ("label", 0.6),
    ]
    assert whole["cursor"] is None
    merge = whole["items"][1]
    assert (
        merge
        | {
            "state": "open",
            "threshold": 0.5,
            "runner_up": None,
            "words": ["reached", "space"],
            "codes": ["E-28"],
            "concepts": ["no space"],
            "against": ["disk / queue"],
            "templates": [],
            "label": None,
            "version": "m-1",
        }
        == merge
    )
    label = whole["items"][2]
    assert (label["left"], label["right"], label["label"], label["solution_id"]) == (
        third_id,
        queue_id,
        "Queue full",
        None,
    )
    assert signed_in.get(f"/api/v1/proposals/{label['id']}").json() == label
    assert [each["id"] for each in _list(signed_in, kind="label")] == [label["id"]]
    assert [each["id"] for each in _list(signed_in, category=queue_id)] == [merge["id"], label["id"]]
    assert _list(signed_in, state=["dismissed", "accepted"]) == []
    for wrong, status in (
        ({"category": "KE-999"}, 404),
        ({"category": "x"}, 404),
        ({"cursor": "x"}, 400),
        ({"kind": "x"}, 422),
        ({"limit": 0}, 422),
    ):
        assert signed_in.get("/api/v1/proposals", params=wrong).status_code == status, wrong
    assert signed_in.get("/api/v1/proposals/P-99").status_code == 404
    assert signed_in.get("/api/v1/proposals/KE-1").status_code == 404


def _list(client: TestClient, **chosen: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get("/api/v1/proposals", params=chosen).json()["items"]  # type: ignore[arg-type]
    return found


def test_the_list_has_pages(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str, third_id: str
) -> None:
    put(knowledge, merge_of(disk_id, queue_id), merge_of(disk_id, third_id), merge_of(queue_id, third_id, 1 / 3))
    seen: list[object] = []
    url: str | None = "/api/v1/proposals?limit=1&kind=merge"
    while url:
        answer = signed_in.get(url)
        seen += [each["id"] for each in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url")
    assert seen == [each["id"] for each in _list(signed_in)]
    assert len(seen) == 3


def test_a_merge_is_accepted_once_and_undone(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str, third_id: str
) -> None:
    put(knowledge, merge_of(disk_id, queue_id))
    (found,) = _list(signed_in)
    url = f"/api/v1/proposals/{found['id']}"
    assert signed_in.post(f"{url}/accept", json={"into": third_id}).status_code == 400
    assert signed_in.post(f"{url}/accept", json={"into": "KE-999"}).status_code == 404
    assert signed_in.post(f"{url}/accept", json={"onto": queue_id}).status_code == 422
    done = signed_in.post(f"{url}/accept", json={"into": queue_id}).json()
    assert (done["category"]["id"], done["category"]["aliases"]) == (queue_id, [disk_id])
    for act in ("accept", "dismiss"):
        again = signed_in.post(f"{url}/{act}")
        assert again.status_code == 409
        assert "accepted before" in again.json()["detail"]
    assert signed_in.post("/api/v1/undo", json={"audit_id": done["audit_id"]}).status_code == 200
    assert signed_in.get(url).json()["state"] == "closed"


def test_a_dismissal_is_undone(signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str) -> None:
    put(knowledge, merge_of(disk_id, queue_id))
    (found,) = _list(signed_in)
    done = signed_in.post(f"/api/v1/proposals/{found['id']}/dismiss").json()
    assert [each["state"] for each in _list(signed_in, state="dismissed")] == ["dismissed"]
    acts = signed_in.get(f"/api/v1/categories/{disk_id}/history").json()
    assert (acts[0]["action"], acts[0]["actor"], acts[0]["can_be_undone"]) == ("dismiss", "Lin Wei", True)
    signed_in.post("/api/v1/undo", json={"audit_id": done["audit_id"]})
    assert _list(signed_in) == [found]


def test_another_projects_category_cannot_be_kept(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    put(knowledge, merge_of(disk_id, queue_id))
    pipeline = Pipeline(knowledge, "other")
    pipeline.ensure_project()
    pipeline.keep(records("other", THIRD, count=1, service="hdfs"))
    foreign = signed_in.get("/api/v1/categories?project=other").json()["items"][0]["id"]
    (found,) = _list(signed_in)
    assert signed_in.post(f"/api/v1/proposals/{found['id']}/accept", json={"into": foreign}).status_code == 404
    assert signed_in.get("/api/v1/proposals", params={"category": foreign}).status_code == 404
    assert signed_in.get("/api/v1/proposals?project=other").json()["items"] == []


def _post(client: TestClient, page: str, path: str, **form: str) -> str:
    """Press a button of a page; gives the page that it leads to."""
    assert f'action="{path}"' in page, path
    answer = client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["location"]).text


def _agreed(client: TestClient, **form: str) -> str:
    """Agree to what a correction would change; gives the page that it leads to."""
    shown = client.post("/what-if", data=form)
    assert shown.status_code == 200, shown.text
    done = client.post("/what-if/confirm", data={"replay": replay_of(shown.text)})
    assert done.status_code == 303, done.text
    return client.get(done.headers["location"]).text


def replay_of(page: str) -> str:
    """Read the id of what was shown off the page that shows it."""
    found = re.search(r'name="replay" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def test_the_page_shows_a_merge_with_its_grounds(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    put(knowledge, merge_of(disk_id, queue_id))
    page = signed_in.get(f"/categories/{disk_id}").text
    assert f"Merge {queue_id} into this?" in page
    for mark in ("reached", "space", "no space", "E-28"):
        assert f"<mark>{mark}</mark>" in page
    assert '<mark class="against">disk / queue</mark>' in page
    assert f"Merge {disk_id} into this?" in signed_in.get(f"/categories/{queue_id}").text
    after = _agreed(signed_in, act="dismiss", category_id=disk_id, others=queue_id, proposal="P-1")
    assert "dismissed" in after
    assert f"Merge {queue_id} into this?" not in after
    undo = re.search(r'action="(/undo/\d+)"', after)
    assert undo
    back = _post(signed_in, after, undo.group(1))
    assert f"Merge {queue_id} into this?" in back
    wanted = {"act": "merge", "category_id": disk_id, "others": queue_id, "proposal": "P-1"}
    assert '<input type="hidden" name="proposal" value="P-1">' in back
    foreseen = signed_in.post("/what-if", data=wanted).text
    assert foreseen.count("Nothing is applied yet") == 1
    merged = _post(signed_in, foreseen, "/what-if/confirm", replay=replay_of(foreseen), reason="one error")
    assert "as proposed “one error”" in merged
    assert f"merged {queue_id} into it" in merged


def test_the_page_shows_which_templates_a_split_would_take(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    split, going = split_of(knowledge, disk_id, queue_id)
    put(knowledge, split)
    page = signed_in.get(f"/categories/{disk_id}").text
    card = page[page.index("Split this in two?") :]
    assert going[0] in card
    assert "maximum number of applications" in card
    wanted = {"act": "split", "category_id": disk_id, "templates": going[0], "proposal": "P-1"}
    foreseen = signed_in.post("/what-if", data=wanted).text
    after = _post(signed_in, foreseen, "/what-if/confirm", replay=replay_of(foreseen))
    assert "split templates off" in after
    undo = re.search(r'action="(/undo/\d+)"', after)
    assert undo
    back = _post(signed_in, after, undo.group(1))
    assert "Split this in two?" in back
    kept = _agreed(signed_in, act="dismiss", category_id=disk_id, proposal="P-1")
    assert "Split this in two?" not in kept
    assert "must-link kept" in kept


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_the_machines_label_beside_the_human_one(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str, language: str
) -> None:
    signed_in.cookies.set("kea_language", language)
    curation.label(knowledge.store, "default", solved, "Disk full", actor="Mei")
    put(knowledge, Proposed(number(queue_id), number(solved), 0.6, ProposalKind.LABEL))
    page = signed_in.get(f"/categories/{queue_id}").text
    question = "Label it “Disk full”?" if language == "en" else "标为“Disk full”？"
    assert question in page
    assert "The data disk is full" in page
    assert question not in signed_in.get(f"/categories/{solved}").text
    after = _agreed(signed_in, act="adopt", category_id=queue_id, others=solved, proposal="P-1")
    assert "<h1>Disk full</h1>" in after
    assert question not in after
    undo = re.search(r'action="(/undo/\d+)"', after)
    assert undo
    assert question in _post(signed_in, after, undo.group(1))


def test_a_button_of_an_old_page_is_told(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    put(knowledge, merge_of(disk_id, queue_id))
    curation.merge(knowledge.store, "default", disk_id, [queue_id], actor="Mei")
    wanted = {"act": "dismiss", "category_id": disk_id, "proposal": "P-1"}
    answer = signed_in.post("/what-if", data=wanted)
    assert answer.status_code == 409
    assert "reload the page" in answer.text
    assert signed_in.post("/what-if", data={**wanted, "proposal": "P-77"}).status_code == 404
