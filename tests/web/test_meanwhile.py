"""Two people at once over HTTP: one of two saves wins, the other gets both versions and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.grouping import categories
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from tests.web.conftest import BASE, DISK, NOW, records
from tests.web.roles import link_cookie
from web.app import create_app
from web.identity.session import COOKIE

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def act(client: TestClient, category: str, seen: str, **fields: str) -> tuple[int, str]:
    data = {"ids": category, "seen": f"={seen}"} | fields
    answer = client.post("/queue/acts", data=data, headers=PART)
    return answer.status_code, answer.text


def named(page: str, name: str) -> str:
    """Read a hidden field of a page."""
    found = re.search(f'name="{name}" value="([^"]*)"', page.partition('id="solution-editor"')[2] or page)
    assert found, name
    return found[1]


def all_the_same(client: TestClient, told: str) -> tuple[int, str]:
    """Send the form of a conflict."""
    data: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', told):
        data.setdefault(name, []).append(unescape(value))
    answer = client.post("/queue/acts", data=data, headers=PART)
    return answer.status_code, answer.text


def test_what_somebody_else_did_in_the_queue_is_not_undone_unseen(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str
) -> None:
    DemandKeeper(knowledge.store).settle("default")
    store = knowledge.store
    row = signed_in.get("/queue").text
    assert f'data-row="{disk_id}"' in row
    assert 'data-owner=""' in row
    curation.assign(store, "default", disk_id, "Cy", actor="Bo")
    status, told = act(signed_in, disk_id, "", act="assign", owner="Lin Wei")
    assert status == 409
    assert "<strong>Bo</strong> gave it to Cy" in told
    assert "give it to <strong>Lin Wei</strong>" in told
    # All the same: the form of the answer does it, unless a third one was there meanwhile.
    curation.assign(store, "default", disk_id, "Di", actor="Ed")
    status, told = all_the_same(signed_in, told)
    assert (status, "<strong>Ed</strong> gave it to Di" in told) == (409, True)
    status, told = all_the_same(signed_in, told)
    assert (status, 'data-owner="Lin Wei"' in told) == (200, True)
    curation.assign(store, "default", disk_id, "Cy", actor="Bo")
    # What is as it shall be already is no conflict, nor is what was seen.
    assert act(signed_in, disk_id, "Cy", act="assign", owner="Lin Wei")[0] == 200
    assert act(signed_in, disk_id, "Lin Wei", act="assign", owner="-")[0] == 200
    curation.ignore(store, "default", disk_id, actor="Bo")
    status, told = act(signed_in, disk_id, "", act="unignore")
    assert (status, "<strong>Bo</strong> ignored it" in told) == (409, True)
    assert all_the_same(signed_in, told)[0] == 200
    until = "2026-11-30T09:00:00+00:00"
    assert act(signed_in, disk_id, "", act="snooze", until=until)[0] == 200
    status, told = act(signed_in, disk_id, "", act="snooze", until="2026-12-01T09:00:00+00:00")
    assert (status, "put it off until" in told) == (409, True)
    assert all_the_same(signed_in, told)[0] == 200
    assert act(signed_in, disk_id, "2026-12-01T09:00:00+00:00", act="unsnooze")[0] == 200


def test_what_was_seen_goes_with_each_category(signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str) -> None:
    curation.assign(knowledge.store, "default", disk_id, "Cy", actor="Bo")
    wanted = {"act": "assign", "owner": "Lin Wei"}
    # One that is named twice is checked all the same; what cannot be paired is refused.
    twice = wanted | {"ids": [disk_id, disk_id], "seen": ["=", "="]}
    assert signed_in.post("/queue/acts", data=twice, headers=PART).status_code == 409
    too_few = wanted | {"ids": [disk_id, "KE-2"], "seen": ["="]}
    assert signed_in.post("/queue/acts", data=too_few, headers=PART).status_code == 400
    assert signed_in.post("/queue/acts", data=wanted | {"ids": [disk_id]}, headers=PART).status_code == 200


def test_what_is_typed_on_a_category_is_kept_and_set_beside_what_others_saved(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str
) -> None:
    page = f"/categories/{disk_id}"
    typed = {"title": "Mine", "cause": "", "body": "1. Mine"}
    assert "Kept for you" in signed_in.post(f"{page}/solution/autosave", data=typed, headers=PART).text
    assert "was brought back" in signed_in.get(page).text
    # Somebody else is faster: both texts are shown, mine in the editor.
    curation.attach(knowledge.store, "default", disk_id, SolutionText("Theirs", "", "1. Theirs"), actor="Bo")
    told = signed_in.post(f"{page}/solution/autosave", data=typed, headers=PART).text
    assert "Changed meanwhile" in told
    shown = signed_in.get(page).text
    assert 'value="Mine"' in shown
    assert all(each in shown for each in ("Both versions", "<del>Theirs</del>", "<ins>Mine</ins>", "Take theirs"))
    refused = signed_in.post(f"{page}/solution", data=typed)
    assert (refused.status_code, "Both versions" in refused.text, 'name="based_on" value="1"' in refused.text) == (
        409,
        True,
        True,
    )
    # Mine on top of theirs; then nothing typed is left.
    seen = {"seen": named(refused.text, "seen")}
    assert signed_in.post(f"{page}/solution", data=typed | seen | {"based_on": "1"}).status_code == 303
    assert "was brought back" not in signed_in.get(page).text
    # Theirs: what was typed is gone.
    signed_in.post(f"{page}/solution/autosave", data=typed | seen | {"title": "Again", "based_on": "2"}, headers=PART)
    assert 'value="Again"' in signed_in.get(page).text
    assert signed_in.post(f"{page}/solution/autosave/discard").status_code == 303
    assert 'value="Again"' not in signed_in.get(page).text


def test_the_editor_of_a_category_leaves_the_rest_of_what_is_typed_alone(
    signed_in: TestClient, solved: str, knowledge: KnowledgeBase
) -> None:
    with knowledge.store.read() as db:
        solution = categories.get(db, "default", number_of(Prefix.CATEGORY, solved)).solution_id
    words = {"title": "The data disk is full", "cause": "Old shuffle files stay.", "body": "1. Look"}
    links = {"link_url": "https://wiki.example/disk", "link_title": "Disks", "language": "en"}
    signed_in.post(f"/solutions/{solution}/autosave", data=words | links | {"based_on": "1"}, headers=PART)
    form = words | {"body": "1. Look twice", "based_on": "1", "seen": str(solution)}
    saved = signed_in.post(f"/categories/{solved}/solution", data=form)
    assert saved.status_code == 303
    editor = signed_in.get(f"/solutions/{solution}/edit").text
    assert "https://wiki.example/disk" in editor
    assert "1. Look twice" in editor


def test_words_for_a_solution_are_not_saved_into_another_one(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    store, page, api = knowledge.store, f"/categories/{disk_id}", f"/api/v1/categories/{disk_id}/solution"
    for category, title in ((disk_id, "Disk"), (queue_id, "Queue")):
        curation.attach(store, "default", category, SolutionText(title, "", "1. Look"), actor="Lin Wei")
    opened = signed_in.get(page).text
    typed = {"title": "Disk", "cause": "", "body": "1. Look twice"}
    form = typed | {name: named(opened, name) for name in ("based_on", "seen")}
    assert (form["based_on"], form["seen"]) == ("1", "S-1")
    curation.link(store, "default", disk_id, "S-2", actor="Zhou")
    # What is typed is kept for the category: the other solution's editor has nothing of it.
    assert "Changed meanwhile" in signed_in.post(f"{page}/solution/autosave", data=form, headers=PART).text
    assert "1. Look twice" not in signed_in.get("/solutions/S-2/edit").text
    assert "Both versions" in signed_in.get(page).text
    refused = signed_in.post(f"{page}/solution", data=form)
    shown = unescape(refused.text)
    assert (refused.status_code, "another solution by now: S-2, v1" in shown, "<ins>Disk</ins>" in shown) == (
        409,
        True,
        True,
    )
    by_program = signed_in.put(api, json=typed | {"based_on": 1, "solution_id": "S-1"})
    assert (by_program.status_code, "has S-2 by now" in by_program.json()["detail"]) == (409, True)
    for status, seen in ((409, "S-1"), (200, "S-2")):
        assert signed_in.post(api, json={"solution_id": "S-1", "seen": seen}).status_code == status
    for status, seen in ((409, "S-2"), (200, "S-1")):
        assert signed_in.delete(api, params={"seen": seen}).status_code == status


def test_a_solution_takes_the_place_of_the_one_that_was_shown_alone(
    signed_in: TestClient, knowledge: KnowledgeBase, disk_id: str, queue_id: str
) -> None:
    store, page = knowledge.store, "/solutions/S-2/categories"
    for category, title in ((disk_id, "Disk"), (queue_id, "Queue")):
        curation.attach(store, "default", category, SolutionText(title, "", "1. Look"), actor="Lin Wei")
    shown = signed_in.get(page, params={"q": "space left"}).text
    assert named(shown, "replaces") == "S-1"
    curation.detach(store, "default", disk_id, actor="Zhou")
    curation.attach(store, "default", disk_id, SolutionText("Third", "", "3"), actor="Zhou")
    refused = signed_in.post(page, data={"category": disk_id, "replaces": "S-1"})
    assert (refused.status_code, "has S-3 by now" in refused.text) == (409, True)
    assert signed_in.post(page, data={"category": disk_id, "replaces": "S-3"}).status_code == 303


def test_an_act_upon_what_was_changed_meanwhile_is_refused(
    signed_in: TestClient, knowledge: KnowledgeBase, solved: str
) -> None:
    page, store = f"/categories/{solved}", knowledge.store
    assert 'name="based_on" value="1"' in signed_in.get(page).text
    curation.attach(store, "default", solved, SolutionText("Newer", "", "x"), based_on=1, actor="Bo")
    refused = signed_in.post(f"{page}/solution/unpublish", data={"based_on": "1"})
    assert (refused.status_code, "Changed meanwhile" in refused.text) == (409, True)
    curation.ignore(store, "default", solved, actor="Bo")
    refused = signed_in.post(f"{page}/ignore", data={"ignored": "false", "seen": "shown"})
    assert (refused.status_code, "Bo changed that meanwhile" in refused.text) == (409, True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[TestClient, str]]:
    """A browser and a category, on each database."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    settings = Settings(home=tmp_path / "home", window_seconds=600)
    settings = settings.model_copy(update={"database_url": url}) if url else settings
    knowledge = KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder())
    app = create_app(settings, clock=lambda: NOW, knowledge=knowledge, runs_background=False)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        with knowledge.store.write() as db:
            ensure_project(db, "default", NOW)
        [kept, *_] = Pipeline(knowledge, "default").keep(records("default", DISK, count=3, service="etl"))
        client.cookies.set(COOKIE, link_cookie(app))
        yield client, kept.category_id


def at_once(*calls: Callable[[], tuple[int, str]]) -> list[tuple[int, str]]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def test_of_two_saves_at_once_one_wins_and_the_other_gets_both(two: tuple[TestClient, str]) -> None:
    client, category = two

    def save(name: str) -> tuple[int, str]:
        answer = client.post(f"/categories/{category}/solution", data={"title": name, "body": name})
        return answer.status_code, answer.text

    answers = at_once(lambda: save("Mine"), lambda: save("Yours"))
    assert sorted(status for status, _ in answers) == [303, 409]
    [told] = [text for status, text in answers if status == 409]
    assert ("Mine" in told, "Yours" in told) == (True, True)

    def assign(owner: str) -> tuple[int, str]:
        return act(client, category, "", act="assign", owner=owner)

    answers = at_once(*(lambda owner=owner: assign(owner) for owner in ("Ann", "Bo", "Cy")))
    assert sorted(status for status, _ in answers) == [200, 409, 409]
