"""The table of roles: complete, documented, and true of every route for every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.settings import Settings
from knowledge_base.store.projects import ensure_project
from tests.web.conftest import BASE, NOW
from tests.web.roles import WHERE, cookie_of
from tests.web.serving import running
from web.app import create_app
from web.guarding.roles import Entry, Need, entries
from web.guarding.roles_table import ROUTES
from web.identity.session import COOKIE
from web.identity.signin import make_token

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
REFUSED = "that takes the role"


@pytest.fixture
def app(settings: Settings, knowledge: KnowledgeBase) -> FastAPI:
    free = settings.model_copy(update={"sign_ins_per_minute": 0, "questions_per_minute": 0})
    with knowledge.store.write() as db:
        ensure_project(db, "other", NOW)
    return create_app(free, clock=lambda: NOW, knowledge=knowledge)


def test_every_route_is_in_the_table_and_nothing_else(app: FastAPI) -> None:
    there = {each.name for each in entries(app.routes)}
    assert there - set(ROUTES) == set(), (
        "give these routes a least role in web/guarding/roles_table.py and docs/access.md"
    )
    assert set(ROUTES) - there == set(), "these routes are gone; take them out of both tables"


def test_the_page_shows_the_table() -> None:
    shown = dict(re.findall(r"^\| `([A-Z]+ /[^`]*)` \| ([a-z ]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert shown == dict(ROUTES)


def test_what_changes_something_takes_more_than_reading() -> None:
    asking = {"ask", "feedback", "explain", "lookup", "hand-over", "escalate"}
    for name, need in ROUTES.items():
        method, _, path = name.partition(" ")
        if method != "GET" and need == "viewer":
            assert path.rpartition("/")[2] in asking, name


@pytest.fixture
def server(app: FastAPI) -> Iterator[httpx2.Client]:
    """A running server: what streams for ever is left as soon as it has begun."""
    with running(app) as port, httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield client


def _call(server: httpx2.Client, entry: Entry, headers: dict[str, str]) -> tuple[int, str]:
    path = re.sub(r"{\w+}", "999", entry.path)
    with server.stream(entry.method, path, params={"project": "default"}, headers=headers) as answer:
        told = answer.read().decode() if answer.status_code >= 400 else ""
        return answer.status_code, told


def _covers(name: str, need: Need) -> bool:
    if name == "stranger":
        return need in (Need.OPEN, Need.SIGNED_IN)
    return list(Need).index(Need(name)) >= list(Need).index(need)


@pytest.mark.parametrize("name", ["nobody", *WHERE])
def test_each_role_gets_what_it_takes_and_no_more(app: FastAPI, server: httpx2.Client, name: str) -> None:
    wrong: list[str] = []
    for entry in entries(app.routes):
        assert entry.need is not None
        if name == "nobody":
            status, told = _call(server, entry, {})
            right = (status == 401) == (entry.need is not Need.OPEN)
        else:
            # A new session each time: some routes end it.
            status, told = _call(server, entry, {"Cookie": f"{COOKIE}={cookie_of(app, name)}"})
            if _covers(name, entry.need):
                right = status < 500 and status != 401 and REFUSED not in told
            elif name == "stranger" and entry.need is not Need.ADMIN_OF_ALL:
                right = status == 404 and "no project" in told
            else:
                right = status == 403 and REFUSED in told
        if not right:
            wrong.append(f"{entry.name} takes {entry.need}, {name} got {status}: {told[:200]}")
    assert wrong == []


def test_a_route_without_an_entry_is_closed_to_everybody(app: FastAPI) -> None:
    app.router.add_api_route("/forgotten", lambda: "here", methods=["GET"])
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        client.cookies.set(COOKIE, cookie_of(app, "admin of all projects"))
        answer = client.get("/forgotten")
    assert (answer.status_code, "no entry in the table" in answer.text) == (403, True)


def test_a_token_has_its_role_in_its_project(app: FastAPI) -> None:
    store = app.state.parts.knowledge.store
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        for role, expected in ((Role.VIEWER, 403), (Role.ENGINEER, 404), (Role.ADMIN, 404)):
            bearer = {"Authorization": f"Bearer {make_token(store, 'default', role, role=role)}"}
            assert client.get("/api/v1/categories", headers=bearer).status_code == 200
            assert client.patch("/api/v1/categories/KE-99", json={"label": "x"}, headers=bearer).status_code == expected
            assert client.get("/api/v1/categories?project=other", headers=bearer).status_code == 404
            assert client.post("/api/v1/projects", json={"name": "new"}, headers=bearer).status_code == 403
            assert client.get("/api/v1/me", headers=bearer).json()["roles"] == {"default": role}


def test_a_role_that_is_taken_away_is_gone_at_once(app: FastAPI) -> None:
    from knowledge_base.store.accounts import people

    store = app.state.parts.knowledge.store
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        client.cookies.set(COOKIE, cookie_of(app, "viewer"))
        assert client.get("/").status_code == 200
        with store.write() as db:
            found = people.find(db, "viewer")
            assert found is not None
            people.set_role(db, "default", found[0], None)
        answer = client.get("/")
    assert (answer.status_code, "no role in any project" in answer.text) == (403, True)
