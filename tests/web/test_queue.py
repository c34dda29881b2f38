"""The queue's page over HTTP: what it shows, what is done there, and what hostile addresses and forms get."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.store.accounts import people
from tests.web.conftest import NOW, records
from tests.web.jobs import let_jobs_end

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


def agree(client: TestClient, wanted: dict[str, str | list[str]], reason: str = "") -> str:
    """Look at what a correction would change, and agree, as the scripts do; the answer."""
    shown = client.post("/what-if", data={**wanted, "back": "/queue"}, headers=PART)
    assert shown.status_code == 200, shown.text
    done = client.post("/what-if/confirm", data={"replay": replay_of(shown.text), "reason": reason}, headers=PART)
    assert done.status_code == 200, done.text
    return done.text


def replay_of(page: str) -> str:
    found = re.search(r'name="replay" value="([^"]+)"', page)
    assert found, page
    return found[1]


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


def test_merging_is_shown_first_and_its_undo(queue: TestClient, disk_id: str, queue_id: str) -> None:
    wanted = {"act": "merge", "category_id": disk_id, "others": [disk_id, queue_id], "address": "status=all"}
    answer = agree(queue, wanted, reason="same cause")
    assert ids(answer) == [disk_id]
    assert f'data-gone="{queue_id}"' in answer
    assert "“same cause”" in answer
    assert sorted(ids(undo(queue, answer))) == sorted([disk_id, queue_id])
    many = {"act": "merge", "category_id": "KE-1", "others": [f"KE-{number}" for number in range(2, 203)]}
    assert queue.post("/what-if", data=many).status_code == 400


def test_a_split_a_name_and_keeping_apart_leave_the_list_where_it_is(
    queue: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    assert "nothing to split off" in queue.get(f"/queue/split/{disk_id}").text
    agree(queue, {"act": "merge", "category_id": disk_id, "others": queue_id})
    choice = queue.get(f"/queue/split/{queue_id}").text
    templates = re.findall(r'name="templates" value="(T-\d+)"', choice)
    assert len(templates) == 2
    assert "most frequent are shown" not in choice
    answer = agree(queue, {"act": "split", "category_id": disk_id, "templates": templates[1], "label": "Queue"})
    assert ids(answer) == [disk_id], "the new one has a name"
    assert len(ids(undo(queue, answer))) == 1
    answer = agree(queue, {"act": "split", "category_id": disk_id, "templates": templates[1]})
    (made,) = set(ids(answer)) - {disk_id}
    apart = agree(queue, {"act": "apart", "category_id": disk_id, "others": made})
    assert f"keeps {made} apart" in apart.replace("<strong>", "").replace("</strong>", "")
    # A first name is given at once; another name is shown first, also for several, one of which has a name.
    act(queue, "label", disk_id, label="Disk full")
    shown = act(queue, "label", disk_id, made, label="No space", back="status=all")
    assert "data-acted" not in shown
    assert "Label <strong>" in shown or "Label 2 categories" in shown
    curation.label(knowledge.store, "default", made, "Queue full", actor="Mei")
    replay = {"replay": replay_of(shown), "reason": "one word for it"}
    stale = queue.post("/what-if/confirm", data=replay, headers=PART)
    assert stale.status_code == 409
    assert "Queue full" in stale.text
    done = queue.post("/what-if/confirm", data={"replay": replay_of(stale.text)}, headers=PART)
    assert ids(done.text) == [disk_id, made]
    assert done.text.count("<strong>No space</strong>") == 2
    assert "and 1 more" in done.text
    back = undo(queue, done.text, "status=all")
    assert "<strong>Disk full</strong>" in back
    assert "<strong>Queue full</strong>" in back


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
    gone = queue.post(f"/queue/views/{view[1]}/delete", data={"address": "order=seen"})
    assert gone.status_code == 303
    told = queue.get(gone.headers["location"]).text
    assert "deleted the view “&lt;b&gt;Mine&lt;/b&gt;”" in told
    undo = re.search(r'action="(/queue/views/undo/\d+)"', told)
    assert undo is not None
    assert queue.post(undo[1]).status_code == 303
    assert queue.post(undo[1]).status_code == 409
    view = re.search(r"/queue/views/(\d+)/delete", queue.get("/queue?order=seen").text)
    assert view is not None
    assert queue.post(f"/queue/views/{view[1]}/delete", data={}).status_code == 303
    assert queue.post(f"/queue/views/{view[1]}/delete", data={}).status_code == 404
    assert queue.post("/queue/views", data={"name": ""}).status_code == 400


def test_a_view_of_the_same_name_is_not_lost(queue: TestClient) -> None:
    for address in ("order=seen", "order=seen"):
        saved = queue.post("/queue/views", data={"name": "Mine", "address": address})
        assert "done" not in saved.headers["location"]
    replaced = queue.post("/queue/views", data={"name": "Mine", "address": "status=all"})
    told = queue.get(replaced.headers["location"]).text
    assert "replaced the view “Mine”; before it was order=seen" in told
    undo = re.search(r'action="(/queue/views/undo/\d+)"', told)
    assert undo is not None
    queue.post("/queue/views", data={"name": "Mine", "address": "growing=1"})
    assert queue.post(undo[1]).status_code == 409, "another one stands there by now"
    queue.post("/queue/views", data={"name": "Mine", "address": "status=all"})
    assert queue.post(undo[1]).headers["location"] == "/queue?order=seen"
    assert queue.get("/queue?order=seen").text.count("/delete") == 1


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


def test_all_that_match_are_shown_changed_followed_and_taken_back(
    queue: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    shown = queue.post("/queue/many", data={"act": "ignore", "address": "q=left"}, headers=PART).text
    assert "Ignore 1 category" in shown
    assert "Search “left”" in shown
    wanted = {"act": "label", "label": "One name", "address": "status=unsolved"}
    shown = queue.post("/queue/many", data=wanted, headers=PART).text
    assert "Label 2 categories" in shown
    assert ids(queue.get("/queue").text) == [disk_id, queue_id], "nothing was done"
    # One comes meanwhile, and one matches no more.
    Pipeline(knowledge, "default").keep(records("default", "Quota {n} exceeded", count=3, service="hdfs"))
    DemandKeeper(knowledge.store).settle("default")
    curation.ignore(knowledge.store, "default", queue_id, actor="Mei")
    begun = queue.post("/queue/many/confirm", data={"replay": replay_of(shown), "reason": "all one"}, headers=PART)
    assert begun.status_code == 200, begun.text
    told = ended(queue)
    for each in (
        "1 category was changed.",
        "1 was changed meanwhile or matches no more, and was left alone.",
        "1 more came meanwhile",
    ):
        assert each in told
    assert "<strong>One name</strong>" in queue.get("/queue?status=all").text
    act = re.search(r'name="audit" value="(\d+)"', told)
    assert act
    assert queue.post("/queue/many/undo", data={"audit": act[1]}).status_code == 303
    assert "1 category is as it was." in ended(queue)
    assert "One name" not in queue.get("/queue?status=all").text
    for wrong in ({"act": "merge"}, {"act": "snooze", "until": "2020-01-01"}, {"act": "ignore", "address": "q=zzz"}):
        assert queue.post("/queue/many", data=wrong, headers=PART).status_code == 400, wrong
    assert queue.post("/queue/many/confirm", data={"replay": "x"}, headers=PART).status_code == 409


def ended(client: TestClient) -> str:
    """Wait until an act on many ended and the next one may begin; what is told of it."""
    let_jobs_end()
    told = client.get("/queue/many", headers=PART).text
    assert 'data-many="running"' not in told
    return told
