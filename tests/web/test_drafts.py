"""Drafts by the API and on a category's page."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from knowledge_base import curation
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.solving.solutions import SolutionText

API = "/api/v1"
WORDS = {"title": "Empty the disk", "cause": "Old files", "body": "1. Delete **old** files"}
LINE = {"text": "No space left on device while writing /data/77/part-9.parquet"}


@pytest.fixture
def drafted(knowledge: KnowledgeBase, disk_id: str) -> str:
    """A draft for the full disk."""
    done = curation.draft(knowledge.store, "default", disk_id, SolutionText(*WORDS.values()), actor="ticket import")
    assert done.solution is not None
    return done.solution.id


def test_a_draft_is_written_read_and_published(signed_in: TestClient, disk_id: str) -> None:
    made = signed_in.post(f"{API}/categories/{disk_id}/drafts", json=WORDS)
    assert made.status_code == 201, made.text
    solution = made.json()["solution"]
    assert (solution["state"], solution["category_ids"]) == ("draft", [disk_id])
    assert made.json()["category"]["solution_id"] is None
    assert signed_in.post(f"{API}/ask", json=LINE).json()["outcome"] == "known_unsolved"
    assert signed_in.get(f"{API}/categories?status=answered").json()["items"] == []
    assert [each["id"] for each in signed_in.get(f"{API}/categories/{disk_id}/drafts").json()] == [solution["id"]]
    for state, found in (("draft", [solution["id"]]), ("published", [])):
        items = signed_in.get(f"{API}/solutions", params={"state": state}).json()["items"]
        assert [each["id"] for each in items] == found
    done = signed_in.post(f"{API}/solutions/{solution['id']}/publish")
    assert done.json()["solution"]["state"] == "published"
    assert signed_in.post(f"{API}/ask", json=LINE).json()["solution"]["title"] == WORDS["title"]
    undone = signed_in.post(f"{API}/undo", json={"audit_id": done.json()["audit_id"]})
    assert undone.json()["category"]["solution_id"] is None


def test_a_draft_is_revised_and_discarded(signed_in: TestClient, disk_id: str, drafted: str) -> None:
    revised = signed_in.put(f"{API}/solutions/{drafted}", json={**WORDS, "title": "Second", "based_on": 1})
    assert (revised.json()["version"], revised.json()["state"]) == (2, "draft")
    assert signed_in.delete(f"{API}/categories/{disk_id}/drafts/{drafted}").status_code == 200
    assert signed_in.get(f"{API}/categories/{disk_id}/drafts").json() == []
    assert signed_in.delete(f"{API}/categories/{disk_id}/drafts/{drafted}").status_code == 404
    assert signed_in.post(f"{API}/solutions/{drafted}/publish").status_code == 409


def test_another_solution_is_replaced_only_where_that_is_asked_for(
    signed_in: TestClient, drafted: str, solved: str
) -> None:
    attached = signed_in.get(f"{API}/categories/{solved}").json()["solution_id"]
    refused = signed_in.post(f"{API}/solutions/{drafted}/publish", json={"replaces": []})
    assert refused.status_code == 409
    assert solved in refused.json()["detail"]
    assert signed_in.post(f"{API}/solutions/{drafted}/publish", json={"replaces": [drafted]}).status_code == 409
    assert signed_in.post(f"{API}/solutions/{drafted}/publish", json={"replaces": [attached]}).status_code == 200
    assert signed_in.get(f"{API}/categories/{solved}").json()["solution_id"] == drafted


def test_a_solution_becomes_a_draft_again(signed_in: TestClient, solved: str) -> None:
    solution = signed_in.get(f"{API}/categories/{solved}").json()["solution_id"]
    done = signed_in.post(f"{API}/solutions/{solution}/unpublish")
    assert (done.json()["category"]["solution_id"], done.json()["solution"]["state"]) == (None, "draft")
    assert signed_in.post(f"{API}/ask", json=LINE).json()["outcome"] == "known_unsolved"
    assert signed_in.post(f"{API}/solutions/{solution}/unpublish").status_code == 409


@pytest.mark.parametrize(
    ("language", "mark"), [("en", "Draft, not sent to anybody"), ("zh-CN,zh", "草稿，尚未发送给任何人")]
)
def test_the_page_marks_a_draft(signed_in: TestClient, disk_id: str, drafted: str, language: str, mark: str) -> None:
    page = signed_in.get(f"/categories/{disk_id}", headers={"Accept-Language": language}).text
    assert mark in page
    assert "Empty the disk" in page
    assert f'action="/categories/{disk_id}/drafts/{drafted}/publish' in page


def test_the_pages_buttons_publish_discard_and_turn_back(signed_in: TestClient, disk_id: str, drafted: str) -> None:
    done = signed_in.post(f"/categories/{disk_id}/drafts/{drafted}/publish")
    assert done.status_code == 303
    page = signed_in.get(done.headers["location"]).text
    assert "Lin Wei</strong> published the solution “Empty the disk”" in page
    assert "Draft, not sent" not in page
    back = signed_in.post(f"/categories/{disk_id}/solution/unpublish")
    assert "Draft, not sent to anybody" in signed_in.get(back.headers["location"]).text
    gone = signed_in.post(f"/categories/{disk_id}/drafts/{drafted}/discard")
    page = signed_in.get(gone.headers["location"]).text
    assert "discarded the draft “Empty the disk”" in page
    assert "Nobody has written one yet" in page
    assert signed_in.post(f"/categories/{disk_id}/solution/unpublish").status_code == 409


def test_the_editor_publishes_a_draft_with_the_words_that_it_holds(
    signed_in: TestClient, disk_id: str, drafted: str
) -> None:
    form = {"title": "Better", "cause": "", "body": "do", "based_on": "1", "draft": drafted}
    assert "Better" in signed_in.post(f"/categories/{disk_id}/solution", data={**form, "based_on": "9"}).text
    # What follows no version is not put aside for the words that are there.
    unread = signed_in.post(f"/categories/{disk_id}/solution", data={**form, "based_on": "x"})
    assert (unread.status_code, "<ins>Better</ins>" in unread.text) == (409, True)
    assert signed_in.get(f"{API}/solutions/{drafted}").json()["state"] == "draft"
    refused = signed_in.post(f"/categories/{disk_id}/solution", data={**form, "title": " "})
    assert refused.status_code == 400
    assert f'name="draft" value="{drafted}"' in refused.text
    assert signed_in.post(f"/categories/{disk_id}/solution", data=form).status_code == 303
    solution = signed_in.get(f"{API}/solutions/{drafted}").json()
    assert (solution["title"], solution["state"], solution["version"]) == ("Better", "published", 2)


def test_a_draft_beside_a_solution_is_shown_and_takes_its_place(
    signed_in: TestClient, solved: str, drafted: str
) -> None:
    page = signed_in.get(f"/categories/{solved}").text
    assert f"Another draft, {drafted}: Empty the disk" in page
    assert "The data disk is full" in page
    attached = signed_in.get(f"{API}/categories/{solved}").json()["solution_id"]
    assert f'name="replaces" value="{attached}"' in page
    signed_in.post(f"/categories/{solved}/drafts/{drafted}/publish", data={"replaces": attached})
    assert signed_in.get(f"{API}/categories/{solved}").json()["solution_id"] == drafted
