"""The stream of events: who gets what, from where on, and when it ends."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import httpx2
import pytest
from fastapi import FastAPI

from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.errors import TooOften
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.settings import Settings
from knowledge_base.store import projects
from knowledge_base.store.accounts import people, sessions, tokens
from knowledge_base.store.projects import Change, ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.store.watching import live
from knowledge_base.store.watching.live import Counts
from tests.web.conftest import DISK, NOW, records
from tests.web.live import following
from tests.web.roles import cookie_of
from tests.web.serving import SECONDS_TO_STOP, running
from web.app import create_app
from web.identity.session import COOKIE, read_session
from web.identity.signin import make_token
from web.live.channel import KEPT, Channel, Cursor
from web.live.feed import OF_ONE, Connection, LiveFeed, Standing
from web.live.reading import News, Place, read_news


@dataclass(frozen=True, slots=True)
class Served:
    """A running application."""

    app: FastAPI
    base: str
    knowledge: KnowledgeBase

    def cookie(self, name: str) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={cookie_of(self.app, name)}"}

    def category(self) -> str:
        headers = self.cookie("viewer")
        found = httpx2.get(f"{self.base}/api/v1/categories", params={"q": "space left"}, headers=headers).json()
        return str(found["items"][0]["id"])


@pytest.fixture
def served(settings: Settings, knowledge: KnowledgeBase) -> Iterator[Served]:
    with knowledge.store.write() as db:
        ensure_project(db, "other", NOW)
    app = create_app(settings, clock=lambda: NOW, knowledge=knowledge, runs_background=False)
    with running(app) as port:
        yield Served(app, f"http://127.0.0.1:{port}", knowledge)


def test_an_open_page_is_told_what_others_do(served: Served) -> None:
    store, disk = served.knowledge.store, served.category()
    with following(served.base, served.cookie("viewer")) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["x-accel-buffering"] == "no"
        state = stream.next("state").data
        assert (state["queue"], state["unsolved"], state["questions"]) == (2, 2, 0)
        curation.label(store, "default", disk, "Disk full", actor="Ann")
        told = stream.next("changes")
        assert told.data["acts"] == [{"kind": "label", "actor": "Ann", "ids": [disk]}]
        assert disk in told.data["rows"]
        assert told.id == str(told.data["number"])
        while (state := stream.next("state").data)["queue"] != 1:
            pass
        DemandKeeper(store).settle("default")
        while (state := stream.next("state").data)["kept"] < told.data["number"]:
            pass
        done = curation.attach(store, "default", disk, SolutionText("Delete old files", "", ""), actor="Bo")
        [act] = stream.next("changes").data["acts"]
    assert done.solution is not None
    assert (act["actor"], act["ids"]) == ("Bo", sorted([disk, done.solution.id]))


def test_a_stream_goes_on_where_it_broke(served: Served) -> None:
    store, disk = served.knowledge.store, served.category()
    with store.read() as db:
        seen = live.seen(db, "default")
    curation.label(store, "default", disk, "First", actor="Ann")
    with following(served.base, served.cookie("viewer"), f"?since={seen.change}") as stream:
        first = stream.next("changes")
    curation.label(store, "default", disk, "Second", actor="Ann")
    headers = served.cookie("viewer") | {"Last-Event-ID": first.id}
    # The last event counts, not what the page had seen at first.
    with following(served.base, headers, f"?since={seen.change}") as stream:
        again = stream.next("changes")
    assert (len(first.data["acts"]), len(again.data["acts"])) == (1, 1)
    assert int(again.id) == int(first.id) + 1


def test_who_was_away_for_long_is_told_so(served: Served) -> None:
    with served.knowledge.store.write() as db:
        many = [("category_created", {"category": f"KE-{n}"}) for n in range(100_000, 100_000 + KEPT)]
        projects.publish(db, "default", many, NOW)
        last = projects.last_change(db, "default")
    with following(served.base, served.cookie("viewer"), "?since=1") as stream:
        assert stream.next("behind").data == {"number": last}


def test_nothing_of_another_project_is_told(served: Served) -> None:
    store = served.knowledge.store
    from ingest.pipeline import Pipeline

    [kept, *_] = Pipeline(served.knowledge, "other").keep(records("other", DISK, count=1, service="x"))
    with (
        following(served.base, served.cookie("viewer"), "?since=0") as mine,
        following(served.base, served.cookie("stranger"), "?project=other&since=0") as theirs,
    ):
        curation.label(store, "other", kept.category_id, "Theirs", actor="Ann")
        while not (told := theirs.next("changes").data)["acts"]:
            pass
        curation.label(store, "default", served.category(), "Mine", actor="Bo")
        while not (own := mine.next("changes").data)["acts"]:
            pass
    assert told["acts"][0]["ids"] == [kept.category_id]
    assert [each["actor"] for each in own["acts"]] == ["Bo"]
    assert kept.category_id not in own["rows"]
    refused = httpx2.get(f"{served.base}/events?project=other", headers=served.cookie("viewer"))
    assert refused.status_code == 404
    assert httpx2.get(f"{served.base}/events").status_code == 401


def test_it_ends_with_the_session_the_role_and_the_token(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    store = served.knowledge.store
    monkeypatch.setattr("web.live.feed.CHECK_SECONDS", 0.0)
    bearer = {"Authorization": f"Bearer {make_token(store, 'default', 'robot', role=Role.VIEWER)}"}
    headers = served.cookie("viewer")
    cookie = read_session(served.app.state.parts.key, headers["Cookie"].partition("=")[2])
    assert cookie is not None
    with (
        following(served.base, headers) as person,
        following(served.base, bearer) as program,
        following(served.base, served.cookie("engineer")) as engineer,
    ):
        for each in (person, program, engineer):
            each.next("state")
        with store.write() as db:
            sessions.end(db, cookie.secret)
            tokens.revoke(db, "default", "robot")
            found = people.find(db, "engineer")
            assert found is not None
            people.set_role(db, "default", found[0], Role.VIEWER)
        person.next("bye")
        program.next("bye")
        # A browser comes back by itself, with what the new role allows.
        engineer.next("end")


def test_one_person_holds_so_many_and_no_more(knowledge: KnowledgeBase) -> None:
    feed = LiveFeed(knowledge.store)

    def joined(who: str) -> AbstractContextManager[Connection]:
        return feed.joined(Connection(who, "default", lambda: Standing.GOOD))

    with ExitStack() as pages:
        for _ in range(OF_ONE):
            pages.enter_context(joined("person 1"))
        pages.enter_context(joined("person 2"))
        with pytest.raises(TooOften, match="close some"):
            pages.enter_context(joined("person 1"))
    with joined("person 1"):
        pass


def test_a_server_with_open_streams_stops_at_once(settings: Settings, knowledge: KnowledgeBase) -> None:
    app = create_app(settings, clock=lambda: NOW, knowledge=knowledge, runs_background=False)
    opened, ended = threading.Event(), threading.Event()

    def follow(base: str, headers: dict[str, str]) -> None:
        with following(base, headers) as stream:
            stream.next("state")
            opened.set()
            stream.next("end")
            ended.set()

    with running(app) as port:
        headers = {"Cookie": f"{COOKIE}={cookie_of(app, 'viewer')}"}
        threading.Thread(target=follow, args=(f"http://127.0.0.1:{port}", headers), daemon=True).start()
        assert opened.wait(20)
        began = time.monotonic()
    assert ended.wait(20)
    assert time.monotonic() - began < SECONDS_TO_STOP / 2


def test_closing_waits_for_a_read_under_way(knowledge: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on, store = threading.Event(), threading.Event(), knowledge.store

    def read(store: Store, places: dict[str, Place | None]) -> dict[str, News]:
        with store.read():
            began.set()
            assert go_on.wait(20)
        return read_news(store, places)

    async def follow(feed: LiveFeed, connection: Connection) -> int:
        return len([each async for each in feed.follow(connection, None)])

    async def close() -> None:
        feed, connection = LiveFeed(store), Connection("person 1", "default", lambda: Standing.GOOD)
        with feed.joined(connection):
            following = asyncio.create_task(follow(feed, connection))
            assert await asyncio.to_thread(began.wait, 20)
            closing = asyncio.create_task(feed.close())
            await asyncio.wait({closing}, timeout=0.1)
            is_closed = closing.done()
            go_on.set()
            await closing
            assert not is_closed
            assert await following > 0
            # One that joined just before is not followed any more.
            assert await follow(feed, connection) == 0

    monkeypatch.setattr("web.live.feed.read_news", read)
    asyncio.run(close())


def test_a_page_from_before_a_backup_was_put_back_is_told_so() -> None:
    channel = Channel()

    def poll(begin: int, end: int) -> None:
        changes = [Change(n, "label", {"actor": "Ann", "category": "KE-7"}, NOW) for n in range(begin + 1, end + 1)]
        place = channel.place(0.0)
        channel.take(News(begin, tuple(changes), Counts(0, 0, 0), "", 0), place, 0.0)

    def told(cursor: Cursor) -> list[str | None]:
        return [each.event for each in cursor.events()]

    poll(0, 5)
    from_before, just_read = Cursor(channel, 9), Cursor(channel, 6)
    assert (told(from_before), told(just_read)) == (["state"], ["state"])
    # The poll that is under way may be older than the page; none is told of what it showed already.
    poll(5, 5)
    assert (told(from_before), told(just_read)) == ([], [])
    moved = channel.moved
    poll(5, 6)
    assert (moved.is_set(), told(from_before), told(just_read)) == (True, ["behind"], [])
    poll(6, 7)
    assert (told(from_before), told(just_read)) == (["changes"], ["changes"])
    # Those who may be ahead are woken also where nothing happens.
    late = Cursor(channel, 9)
    told(late)
    for expected in ([], ["behind"]):
        moved = channel.moved
        poll(7, 7)
        assert (moved.is_set(), told(late)) == (True, expected)


def test_a_page_says_what_was_done_meanwhile(served: Served) -> None:
    store, disk, headers = served.knowledge.store, served.category(), served.cookie("viewer")
    with store.read() as db:
        seen = live.seen(db, "default")
    page = httpx2.get(f"{served.base}/categories/{disk}", headers=headers).text
    assert f'data-events="/events?since={seen.change}"' in page
    assert f'data-about="{disk}"' in page
    address = f"{served.base}/events/meanwhile"
    about = {"about": disk, "since": seen.act}
    assert "Changed meanwhile" not in httpx2.get(address, params=about, headers=headers).text
    curation.label(store, "default", disk, "<b>Disk</b>", actor="Ann")
    done = curation.attach(store, "default", disk, SolutionText("Delete old files", "", ""), actor="Bo")
    told = httpx2.get(address, params=about, headers=headers).text
    assert "<strong>Ann</strong> labelled it" in told
    assert "<strong>Bo</strong> published the solution" in told
    assert "<b>Disk" not in told
    assert done.solution is not None
    of_solution = httpx2.get(address, params=about | {"about": done.solution.id}, headers=headers).text
    assert ("Bo" in of_solution, "Ann" in of_solution) == (True, False)
    asked = httpx2.get(address, params=about | {"asked": "true"}, headers=headers).text
    assert "There is a solution now." in asked


def test_rows_that_changed_are_those_that_the_filters_let_through(served: Served) -> None:
    store, disk, headers = served.knowledge.store, served.category(), served.cookie("viewer")
    DemandKeeper(store).settle("default")
    rows = f"{served.base}/queue/rows"
    shown = httpx2.get(rows, params={"ids": f"{disk},KE-999,x"}, headers=headers).text
    assert shown.count("data-row=") == 1
    curation.label(store, "default", disk, "Disk full", actor="Ann")
    shown = httpx2.get(rows, params={"ids": disk}, headers=headers).text
    assert "data-row=" not in shown
    assert '<b data-count-of="unlabelled">1</b>' in shown
    assert "Disk full" in httpx2.get(rows, params={"ids": disk, "status": "unsolved"}, headers=headers).text


def test_a_label_given_on_its_page_takes_the_row_off_an_open_queue(served: Served) -> None:
    disk, headers = served.category(), served.cookie("viewer")
    DemandKeeper(served.knowledge.store).settle("default")
    page = httpx2.get(f"{served.base}/queue", headers=headers).text
    [address] = re.findall(r'data-events="/events([^"]*)"', page)
    assert f'data-row="{disk}"' in page
    with following(served.base, headers, address.replace("&amp;", "&")) as stream:
        wanted = {"label": "Disk full", "is_seen": "true", "seen": ""}
        engineer = served.cookie("engineer") | {"Origin": served.base}
        done = httpx2.post(f"{served.base}/categories/{disk}/label", data=wanted, headers=engineer)
        assert done.status_code == 303
        while not (told := stream.next("changes").data)["acts"]:
            pass
        [act] = told["acts"]
        rows = httpx2.get(f"{served.base}/queue/rows", params={"ids": ",".join(told["rows"])}, headers=headers).text
    assert (act["kind"], act["actor"], act["ids"]) == ("label", "engineer", [disk])
    assert disk in told["rows"]
    assert "data-row=" not in rows
