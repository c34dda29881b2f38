"""The queue's page over HTTP: what it shows, what is done there, and what hostile addresses and forms get."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.store import people
from tests.web.conftest import NOW

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def queue(signed_in: TestClient, knowledge: KnowledgeBase) -> TestClient:
    """A browser that has signed in, and a queue that follows what happened."""
    DemandKeeper(knowledge.store).settle("default")
    return signed_in


def ids(page: str) -> list[str]:
    return re.findall(r'data-row="(KE-\d+)"', page)


def act(client: TestClient, name: str, *chosen: str, **more: str) -> str:
    """Do it as the scripts do; the answer."""
    response = client.post("/queue/acts", data={"act": name, "ids": list(chosen), **more}, headers=PART)
    assert response.status_code == 200, response.text
    return response.text


def undo(client: TestClient, answer: str, back: str = "") -> str:
    acts = re.search(r'name="acts" value="([\d,]+)"', answer)
    assert acts is not None
    response = client.post("/queue/undo", data={"acts": acts[1], "back": back}, headers=PART)
    assert response.status_code == 200, response.text
    return response.text


def test_the_page_lists_what_waits(queue: TestClient, disk_id: str, queue_id: str) -> None:
    page = queue.get("/queue").text
    assert ids(page) == [disk_id, queue_id]
    assert "spark-etl" in page
    assert ids(queue.get("/queue", params={"service": "yarn-rm"}).text) == [queue_id]
    assert ids(queue.get("/queue", params={"q": "space LEFT", "order": "newest"}).text) == [disk_id]
    empty = queue.get("/queue", params={"q": "nothing like it", "seen": "7d"}).text
    assert "No category matches" in empty


def test_the_preview(queue: TestClient, disk_id: str) -> None:
    page = queue.get(f"/queue/preview/{disk_id}").text
    assert "No space left on device" in page
    assert f'name="ids" value="{disk_id}"' in page
    assert "Newest lines" in page
    assert queue.get("/queue/preview/KE-999").status_code == 404
    assert queue.get("/queue/preview/nonsense").status_code == 404


def test_labelling_takes_a_row_off_and_undo_brings_it_back(queue: TestClient, disk_id: str, queue_id: str) -> None:
    answer = act(queue, "label", disk_id, label="Disk full")
    assert f'data-gone="{disk_id}"' in answer
    assert ids(answer) == []
    assert ids(queue.get("/queue").text) == [queue_id]
    assert ids(queue.get("/queue?status=unsolved").text) == [disk_id, queue_id]
    assert ids(undo(queue, answer)) == [disk_id]
    assert ids(queue.get("/queue").text) == [disk_id, queue_id]


def test_an_act_on_many_is_taken_back_as_one(queue: TestClient, disk_id: str, queue_id: str) -> None:
    answer = act(queue, "assign", disk_id, queue_id, owner="Zhou Yan")
    assert ids(answer) == [disk_id, queue_id]
    assert answer.count("Owner: Zhou Yan") == 2
    assert "and 1 more" in answer
    assert ids(queue.get("/queue", params={"owner": "Zhou Yan"}).text) == [disk_id, queue_id]
    assert ids(queue.get("/queue", params={"owner": "-"}).text) == []
    assert "Owner: Zhou Yan" not in undo(queue, answer)
    # What is filtered by the owner leaves the list with the undo.
    again = act(queue, "assign", disk_id, owner="Zhou Yan", back="owner=Zhou+Yan")
    assert ids(again) == [disk_id]
    assert f'data-gone="{disk_id}"' in undo(queue, again, "owner=Zhou+Yan")


def test_whoever_has_a_role_is_chosen_by_name(queue: TestClient, knowledge: KnowledgeBase, disk_id: str) -> None:
    with knowledge.store.write() as db:
        for number, where in enumerate(["default", "*", "other"] + ["default"] * 9):
            person = people.add(db, name=f"Person {number}", now=NOW)
            people.set_role(db, where, person, Role.ENGINEER)
    page = queue.get("/queue").text
    for name, is_offered in (("Person 0", True), ("Person 1", True), ("Person 2", False), ("Person 11", True)):
        assert (f'<option value="{name}"' in page) is is_offered, name
    assert "Owner: Person 11" in act(queue, "assign", disk_id, other=" Person  11 ")
    assert "Owner: Person 1<" in act(queue, "assign", disk_id, owner="Person 1", other="Person 0")
    assert "Owner:" not in act(queue, "assign", disk_id, owner="-", other="Person 0")


def test_what_one_refuses_is_told_and_the_others_are_done(queue: TestClient, disk_id: str) -> None:
    answer = act(queue, "ignore", disk_id, "KE-999")
    assert f'data-gone="{disk_id} KE-999"' in answer
    assert "The others were not changed" in answer
    refused = queue.post("/queue/acts", data={"act": "ignore", "ids": "KE-999"}, headers=PART)
    assert refused.status_code == 404


def test_snoozing(queue: TestClient, disk_id: str) -> None:
    until = (NOW + timedelta(days=1)).isoformat()
    act(queue, "snooze", disk_id, until=until)
    assert disk_id not in ids(queue.get("/queue").text)
    assert "until" in queue.get("/queue?status=snoozed").text
    assert ids(act(queue, "unsnooze", disk_id)) == [disk_id]
    for wrong in ("", "soon", "2020-01-01T00:00", "9999-12-31T23:59:59+00:00", "0001-01-01"):
        answer = queue.post("/queue/acts", data={"act": "snooze", "ids": disk_id, "until": wrong}, headers=PART)
        assert answer.status_code == 400, wrong


def test_merging_and_its_undo(queue: TestClient, disk_id: str, queue_id: str) -> None:
    answer = act(queue, "merge", disk_id, queue_id, into=disk_id, reason="same cause")
    assert ids(answer) == [disk_id]
    assert f'data-gone="{queue_id}"' in answer
    assert sorted(ids(undo(queue, answer))) == sorted([disk_id, queue_id])


def test_without_scripts_acts_lead_back_to_the_list(queue: TestClient, disk_id: str) -> None:
    done = queue.post("/queue/acts", data={"act": "ignore", "ids": disk_id, "back": "status=all&evil=1"})
    assert done.status_code == 303
    assert re.fullmatch(r"/queue\?status=all&done=\d+", done.headers["location"])
    assert "ignored it" in queue.get(done.headers["location"]).text


def test_views_are_saved_shared_and_deleted(queue: TestClient) -> None:
    saved = queue.post("/queue/views", data={"name": "<b>Mine</b>", "address": "order=seen&evil=1", "shared": "true"})
    assert saved.headers["location"] == "/queue?order=seen"
    page = queue.get("/queue?order=seen").text
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page
    view = re.search(r"/queue/views/(\d+)/delete", page)
    assert view is not None
    assert queue.post(f"/queue/views/{view[1]}/delete", data={}).status_code == 303
    assert queue.post(f"/queue/views/{view[1]}/delete", data={}).status_code == 404
    assert queue.post("/queue/views", data={"name": ""}).status_code == 400


def test_the_rows_behind_a_cursor(queue: TestClient, knowledge: KnowledgeBase) -> None:
    page = queue.get("/queue", params={"cursor": "nonsense"}, headers=PART)
    assert page.status_code == 400
    for name, value in (("status", "x"), ("owner", "\x00"), ("q", "%" * 500), ("order", "'"), ("done", "1,x,99999999")):
        assert queue.get("/queue", params={name: value}).status_code == 200, name
    done = curation.label(knowledge.store, "default", "KE-1", "x", actor="Mei")
    assert "labelled it" in queue.get("/queue", params={"done": str(done.audit_id)}).text


def test_unknown_acts_and_empty_ones(queue: TestClient, disk_id: str) -> None:
    for data in ({"act": "explode", "ids": disk_id}, {"act": "ignore"}, {"act": "merge", "ids": disk_id}):
        assert queue.post("/queue/acts", data=data).status_code == 400, data
    assert queue.post("/queue/undo", data={"acts": "999999"}).status_code == 400
    assert queue.post("/queue/acts", data={"act": "ignore", "ids": ["KE-1"] * 201}).status_code == 422
