"""Corrections as a browser makes them: what would change is shown first, and agreed to under what was shown."""

from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.projects import ensure_project
from tests.web.conftest import DISK, NOW, QUEUE, records
from tests.web.roles import cookie_of
from web.identity.session import COOKIE

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def plain(page: str) -> str:
    """Give the words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def replay_of(page: str) -> str:
    """Read the id of what was shown off the page that shows it."""
    found = re.search(r'name="replay" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def homes(client: TestClient, category: str) -> set[str]:
    """Name the templates of a category."""
    return {each["id"] for each in client.get(f"/api/v1/categories/{category}/templates").json()}


@pytest.fixture
def both(signed_in: TestClient, solved: str, queue_id: str) -> tuple[str, str]:
    """The category of the full disk with the queue's template in it, and that template."""
    (template,) = homes(signed_in, queue_id)
    signed_in.post(f"/api/v1/categories/{solved}/merge", json={"others": [queue_id]})
    return solved, template


def test_a_merge_is_shown_then_done_and_undone(signed_in: TestClient, solved: str, queue_id: str) -> None:
    signed_in.post("/api/v1/ask", json={"text": QUEUE.format(n=7)})
    page = signed_in.post("/what-if", data={"act": "merge", "category_id": solved, "ids": queue_id}).text
    told = plain(page)
    assert f"Merge {queue_id} into {solved} . Nothing is applied yet." in told
    assert "12 lines move 1 template moves … questions gain an answer … answers change" in told
    asked = signed_in.post("/what-if/answers", data={"replay": replay_of(page)}, headers=PART)
    assert "12 lines move 1 template moves +1 question gains an answer 0 answers change" in plain(asked.text)
    assert f"{solved} · 42 lines, 1 ask solution v1 for all {queue_id} stays as an alias" in told
    assert f"Merge 1 into {solved}" in told
    assert signed_in.get(f"/categories/{queue_id}").status_code == 200, "nothing was done"
    answer = signed_in.post("/what-if/confirm", data={"replay": replay_of(page), "reason": "one cause"}, headers=PART)
    assert (answer.status_code, answer.headers["hx-redirect"].partition("?")[0]) == (204, f"/categories/{solved}")
    after = signed_in.get(answer.headers["hx-redirect"]).text
    assert f"merged {queue_id} into it, must-link kept “one cause”" in plain(after)
    undo = re.search(r'action="(/undo/\d+)"', after)
    assert undo
    signed_in.post(undo.group(1))
    assert signed_in.get(f"/categories/{queue_id}").status_code == 200


def test_answers_follow_what_moves(signed_in: TestClient, solved: str, queue_id: str) -> None:
    signed_in.post("/api/v1/ask", json={"text": QUEUE.format(n=7)})
    page = signed_in.post("/what-if", data={"act": "merge", "category_id": solved, "others": queue_id}, headers=PART)
    shown = plain(page.text)
    assert "Recent questions are asked again" in shown
    assert "Replayed 74 lines" in shown
    assert 'data-asks="/what-if/answers"' in page.text
    assert 'primary" disabled' in page.text, "nobody agrees to what they have not seen"
    wanted = {"replay": replay_of(page.text), "reason": "one cause"}
    parts = signed_in.post("/what-if/answers", data=wanted, headers=PART).text
    places = ["what-if-replayed", "what-if-numbers", "what-if-count", "what-if-shown", "panel-answers"]
    assert re.findall(r'<\w+[^>]* id="([\w-]+)"', parts) == places
    assert all(f'id="{place}"' in page.text for place in places)
    assert "Replayed 74 lines, 1 question" in plain(parts)
    assert "gains an answer" in plain(parts)
    # Without scripts it is a page of its own, and can be agreed to.
    whole = signed_in.post("/what-if/answers", data=wanted).text
    assert "+1 question gains an answer" in plain(whole)
    assert 'value="one cause"' in whole
    assert "data-asks" not in whole
    assert signed_in.post("/what-if/confirm", data={"replay": replay_of(whole)}).status_code == 303
    late = signed_in.post("/what-if/answers", data=wanted, headers=PART)
    assert late.status_code == 400
    assert "name at least one other category to merge" in plain(late.text)
    for path in ("/what-if/answers", "/rules/what-if/answers", "/rules/keep/what-if/answers"):
        assert signed_in.post(path, data={"replay": "x"}, headers=PART).status_code == 409


def test_a_word_is_worked_out_at_once(signed_in: TestClient, solved: str) -> None:
    page = signed_in.post("/what-if", data={"act": "label", "category_id": solved, "label": "Disk"}, headers=PART).text
    assert "data-asks" not in page
    assert "disabled" not in page


def test_whoever_comes_second_is_told_and_loses_nothing(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    wanted = {"act": "merge", "category_id": solved, "others": queue_id}
    replay = replay_of(signed_in.post("/what-if", data=wanted).text)
    curation.label(knowledge.store, "default", queue_id, "Queue is full", actor="Zhou Yan")
    refused = signed_in.post("/what-if/confirm", data={"replay": replay, "reason": "my words"})
    assert refused.status_code == 409
    told = plain(refused.text)
    assert "Changed meanwhile. Nothing was done. This is what would change now." in told
    assert "Zhou Yan labelled it “Queue is full”" in told
    assert 'value="my words"' in refused.text
    assert signed_in.get(f"/categories/{queue_id}").status_code == 200, "nothing was done"
    again = signed_in.post("/what-if/confirm", data={"replay": replay_of(refused.text), "reason": "my words"})
    assert again.status_code == 303
    assert signed_in.get(f"/categories/{queue_id}").status_code == 307


def test_new_lines_do_not_make_it_stale(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    page = signed_in.post("/what-if", data={"act": "merge", "category_id": solved, "others": queue_id}).text
    Pipeline(knowledge, "default").keep(records("default", DISK, count=3, service="hdfs"))
    assert signed_in.post("/what-if/confirm", data={"replay": replay_of(page)}).status_code == 303


def test_templates_are_split_off_and_moved(signed_in: TestClient, both: tuple[str, str]) -> None:
    category, template = both
    wanted = {"act": "split", "category_id": category, "templates": template, "label": "Queue full"}
    page = signed_in.post("/what-if", data=wanted).text
    assert "Split off 1 template" in plain(page)
    gone = signed_in.post("/what-if/confirm", data={"replay": replay_of(page), "reason": "other cause"})
    made = re.search(r"/categories/(KE-\d+)", gone.headers["location"])
    assert made
    after = plain(signed_in.get(gone.headers["location"]).text)
    assert "Queue full" in after
    assert "“other cause”" in after
    refused = signed_in.post("/what-if", data={"act": "move", "category_id": category, "templates": template})
    assert refused.status_code == 400, "it is all that its category holds"
    audit = re.search(r"done=(\d+)", gone.headers["location"])
    assert audit
    signed_in.post(f"/undo/{audit.group(1)}")
    signed_in.post("/api/v1/logs", json=["Quota of project exceeded for good"])
    quota = signed_in.get("/api/v1/categories", params={"q": "quota"}).json()["items"][0]["id"]
    wanted = {"act": "move", "category_id": quota, "templates": template, "back": f"/categories/{category}"}
    page = signed_in.post("/what-if", data=wanted).text
    assert f"Move 1 template to {quota}" in plain(page)
    done = signed_in.post("/what-if/confirm", data={"replay": replay_of(page)})
    assert done.headers["location"].startswith(f"/categories/{category}?done=")
    assert template in homes(signed_in, quota)


def test_what_was_shown_cannot_be_forged_or_carried_elsewhere(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    wanted = {"act": "merge", "category_id": solved, "others": queue_id}
    replay = replay_of(signed_in.post("/what-if", data=wanted).text)
    with knowledge.store.write() as db:
        ensure_project(db, "other", NOW)
    assert signed_in.post("/what-if/confirm?project=other", data={"replay": replay}).status_code == 409
    for forged in ("", "x", replay[:-2], replay + "x"):
        assert signed_in.post("/what-if/confirm", data={"replay": forged}).status_code == 409
        assert signed_in.post("/rules/confirm", data={"replay": forged}).status_code == 409
    assert signed_in.post("/rules/confirm", data={"replay": replay}).status_code == 409
    for back in ("//evil.example", "https://evil.example", "/\\evil", "/a?b=c"):
        assert signed_in.post("/what-if", data={**wanted, "back": back}).status_code == 400
    assert signed_in.post("/what-if", data={"act": "merge", "category_id": "KE-1\x00"}).status_code == 404
    assert signed_in.post("/what-if", data={"act": "move", "category_id": solved}).status_code == 400


def test_categories_are_kept_apart_and_related(signed_in: TestClient, solved: str, queue_id: str) -> None:
    wanted = {"act": "apart", "category_id": solved, "others": queue_id}
    shown = signed_in.post("/what-if", data=wanted).text
    assert "Nothing is applied yet." in plain(shown)
    assert "1 cannot-link is kept" in plain(shown)
    assert "kept apart" not in signed_in.get(f"/categories/{solved}").text, "nothing was done"
    done = signed_in.post("/what-if/confirm", data={"replay": replay_of(shown), "reason": "two causes"})
    page = signed_in.get(done.headers["location"]).text
    assert f"Lin Wei keeps {queue_id} apart, cannot-link kept" in plain(page)
    assert "Related 1" in page
    assert "kept apart" in page
    assert signed_in.post("/what-if", data={**wanted, "others": solved}).status_code == 400
    undo = re.search(r'action="(/undo/\d+)"', page)
    assert undo
    signed_in.post(undo.group(1))
    assert "Related 0" in signed_in.get(f"/categories/{solved}").text


def test_two_names_at_once(signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str) -> None:
    curation.label(knowledge.store, "default", disk_id, "Disk is full", actor="Zhou Yan")
    refused = signed_in.post(f"/categories/{disk_id}/label", data={"label": "No space", "is_seen": "true", "seen": ""})
    assert refused.status_code == 409
    assert "It is called “Disk is full” by now, and was called “unlabelled” when you began." in plain(refused.text)
    assert 'name="label" value="No space"' in refused.text
    form = {"label": "No space", "is_seen": "true", "seen": "Disk is full"}
    shown = signed_in.post(f"/categories/{disk_id}/label", data=form)
    assert f"Rename {disk_id} Disk is full to “ No space ”." in plain(shown.text)
    curation.label(knowledge.store, "default", disk_id, "Full disk", actor="Mei")
    stale = signed_in.post("/what-if/confirm", data={"replay": replay_of(shown.text)})
    assert stale.status_code == 409
    assert "Mei labelled it “Full disk”" in plain(stale.text)
    assert f"Rename {disk_id} Full disk to “ No space ”." in plain(stale.text), "both versions"
    done = signed_in.post("/what-if/confirm", data={"replay": replay_of(stale.text), "reason": "as we call it"})
    assert "<h1>No space</h1>" in signed_in.get(done.headers["location"]).text


def test_a_name_shows_which_answers_are_shown_under_it(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str, queue_id: str
) -> None:
    curation.label(knowledge.store, "default", solved, "Disk is full", actor="Mei")
    signed_in.post("/api/v1/ask", json={"text": DISK.format(n=7)})
    shown = plain(signed_in.post(f"/categories/{solved}/label", data={"label": " No  space "}).text)
    for told in ("0 lines move", "1 category gets the name", "1 question is shown under it", "0 answers change"):
        assert told in shown
    assert "other name" in shown
    assert signed_in.post(f"/categories/{solved}/label", data={"label": "Disk is full"}).status_code == 303
    taken = plain(signed_in.post(f"/categories/{solved}/label", data={"label": ""}).text)
    assert f"Take the label off {solved} Disk is full ." in taken


def test_the_search_keeps_what_is_chosen(signed_in: TestClient, solved: str, queue_id: str) -> None:
    found = signed_in.get("/what-if/search", params={"q": "queue", "category_id": solved}).text
    assert re.findall(r'value="(KE-\d+)"( checked)?', found) == [(queue_id, "")]
    other = signed_in.get("/what-if/search", params={"q": "zzz", "category_id": solved, "others": queue_id}).text
    assert re.findall(r'value="(KE-\d+)"( checked)?', other) == [(queue_id, " checked")]
    assert 'type="radio"' in signed_in.get("/what-if/search", params={"q": "queue", "single": "true"}).text


def test_rules_are_tried_changed_switched_off_and_taken_back(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str
) -> None:
    assert "No rules of your own yet" in signed_in.get("/rules").text
    rule = {"step": "add", "new_name": "device", "pattern": "left on (device)", "kind": "id", "enabled": "true"}
    page = signed_in.post("/rules/what-if", data=rule).text
    assert "Add the rule device. Nothing is applied yet." in plain(page)
    assert "1 template reads otherwise" in plain(page)
    assert '<del class="template">' in page
    asked = plain(signed_in.post("/rules/what-if/answers", data={"replay": replay_of(page)}, headers=PART).text)
    assert "1 template reads otherwise 0 questions gain an answer 0 answers change" in asked
    assert "No rules of your own yet" in signed_in.get("/rules").text, "nothing was done"
    done = signed_in.post("/rules/confirm", data={"replay": replay_of(page), "reason": "ours"})
    shown = plain(signed_in.get(done.headers["location"]).text)
    assert "Lin Wei added the rule device “ours”" in shown
    assert "30 of 42 recent lines" in plain(signed_in.get("/rules/hits").text)
    switch = {"step": "edit", "name": "device", "only_switch": "true", "enabled": "false"}
    page = signed_in.post("/rules/what-if", data=switch).text
    stale = signed_in.post("/rules/what-if", data={"step": "remove", "name": "device"}).text
    done = signed_in.post("/rules/confirm", data={"replay": replay_of(page)})
    assert done.status_code == 303
    refused = signed_in.post("/rules/confirm", data={"replay": replay_of(stale)})
    assert refused.status_code == 409
    assert "Lin Wei changed the rule device" in plain(refused.text)
    undo = re.search(r'action="(/rules/undo/\d+)"', signed_in.get("/rules").text)
    assert undo
    assert signed_in.post(undo.group(1)).status_code == 303
    assert "took a change of the rules back" in signed_in.get("/rules").text
    for broken in ({"pattern": "("}, {"new_name": "A b"}, {"kind": "nothing"}, {"examples": "no arrow"}):
        assert signed_in.post("/rules/what-if", data={**rule, "new_name": "x", **broken}).status_code == 400


def test_a_viewer_is_offered_nothing_that_is_refused(signed_in: TestClient, both: tuple[str, str]) -> None:
    app = signed_in.app
    signed_in.cookies.set(COOKIE, cookie_of(app, "viewer"))  # type: ignore[arg-type]
    for address in (f"/categories/{both[0]}", "/rules"):
        page = signed_in.get(address)
        assert page.status_code == 200
        for mark in ("merge-dialog", "/what-if", "data-moves", "/ignore", "/undo/", "rule-add", "Publish</button>"):
            assert mark not in page.text, (address, mark)
