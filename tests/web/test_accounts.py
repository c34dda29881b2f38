"""Accounts over HTTP: passwords, the lock after failures, sessions, limits, and what admins may do to whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from knowledge_base.errors import InputError
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.settings import Settings
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Store
from tests.web.conftest import BASE, NOW
from tests.web.test_signin import token_of
from web import accounts
from web.app import create_app
from web.passwords import check_strength, hash_password, matches
from web.session import COOKIE
from web.signin import make_link

PASSWORD = "three words in a row"


def add(store: Store, name: str, role: Role = Role.VIEWER, project: str = "default") -> str:
    person, _ = accounts.add_person(store, by="test", project=project, name=name, role=role, password=PASSWORD)
    return person.id


def come_in(client: TestClient, name: str, password: str = PASSWORD) -> int:
    client.cookies.clear()
    return client.post("/sign-in/password", data={"login": name, "password": password, "next": "/ask"}).status_code


@pytest.fixture
def two(settings: Settings, knowledge: KnowledgeBase) -> Iterator[tuple[TestClient, TestClient]]:
    """Two applications on one database, as two processes of a server."""
    free = settings.model_copy(update={"sign_ins_per_minute": 0})
    first, second = (create_app(free, clock=lambda: NOW, knowledge=knowledge) for _ in range(2))
    with TestClient(first, base_url=BASE, follow_redirects=False) as client:
        yield client, TestClient(second, base_url=BASE, follow_redirects=False)


def test_passwords_are_argon2id_and_checked() -> None:
    hashed = hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(hashed, PASSWORD)
    assert not matches(hashed, PASSWORD + " ")
    assert not matches(None, PASSWORD)
    assert not matches("rubbish", PASSWORD)
    for wrong in ("short", "x" * 201, "aaaaaaaaaaaa", "LIN@example.com"):
        with pytest.raises(InputError):
            check_strength(wrong, "Lin Wei", "lin@example.com")


def test_a_session_is_new_with_each_sign_in_and_ends_on_the_server(
    client: TestClient, knowledge: KnowledgeBase
) -> None:
    add(knowledge.store, "Lin Wei")
    answer = client.post("/sign-in/password", data={"login": "lin wei", "password": PASSWORD, "next": "//evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=lax"} <= set(answer.headers["set-cookie"].split("; "))
    first = client.cookies[COOKIE]
    client.post("/sign-in/password", data={"login": "lin wei", "password": PASSWORD})
    second = client.cookies[COOKIE]
    for cookie, status in ((first, 401), (second, 200)):
        assert client.get("/ask", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == status
    client.post("/sign-out")
    client.cookies.clear()
    assert client.get("/ask", headers={"Cookie": f"{COOKIE}={second}"}).status_code == 401


def test_five_failures_lock_whatever_process_is_asked(
    two: tuple[TestClient, TestClient], knowledge: KnowledgeBase
) -> None:
    one, other = two
    person = add(knowledge.store, "Lin Wei")
    told = set()
    for name in ("Lin Wei", "nobody"):
        for client in (one, other, one, other, one):
            answer = client.post("/sign-in/password", data={"login": name, "password": "wrong"})
            assert answer.status_code == 403
            told.add(answer.text.partition('role="alert">')[2].partition("</p>")[0])
        answer = other.post("/sign-in/password", data={"login": name, "password": PASSWORD})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "900"), name
    assert len(told) == 1, "who does not exist is told the same"
    with knowledge.store.read() as db:
        found = accounts.people.get(db, person)
    accounts.reset_password(knowledge.store, "an admin", found, PASSWORD + "!")
    assert come_in(one, "Lin Wei", PASSWORD + "!") == 303


def test_changing_the_password_ends_the_other_sessions(
    two: tuple[TestClient, TestClient], knowledge: KnowledgeBase
) -> None:
    one, other = two
    add(knowledge.store, "Lin Wei")
    assert [come_in(each, "Lin Wei") for each in two] == [303, 303]
    for former, wanted in (("wrong", PASSWORD + "!"), (PASSWORD, "short"), (PASSWORD, PASSWORD)):
        assert one.post("/account/password", data={"former": former, "wanted": wanted}).status_code == 400
    before = one.cookies[COOKIE]
    assert one.post("/account/password", data={"former": PASSWORD, "wanted": PASSWORD + "!"}).status_code == 303
    assert one.cookies[COOKIE] != before
    assert (one.get("/ask").status_code, other.get("/ask").status_code) == (200, 401)
    assert come_in(other, "Lin Wei") == 403
    assert come_in(other, "Lin Wei", PASSWORD + "!") == 303
    assert one.post("/account/sign-out").status_code == 303
    assert other.get("/ask").status_code == 401


def test_a_link_makes_the_first_admin_and_brings_one_back(
    client: TestClient, settings: Settings, knowledge: KnowledgeBase
) -> None:
    for password in (PASSWORD, PASSWORD + "!"):
        form = {"token": token_of(make_link(settings)), "name": "Zhou Yan", "password": password}
        assert client.post("/sign-in", data={**form, "password": "short"}).status_code == 400
        assert client.post("/sign-in", data=form).status_code == 303
        assert client.get("/api/v1/me").json()["roles"] == {"*": "admin"}
        assert come_in(client, "zhou yan", password) == 303
    assert come_in(client, "zhou yan") == 403


def test_the_api_makes_accounts_and_tokens_shown_once(signed_in: TestClient) -> None:
    api = "/api/v1"
    made = signed_in.post(f"{api}/people", json={"name": "Lin Wei", "role": "engineer", "email": "L@x.org"})
    assert made.status_code == 201
    secret = made.json()["password"]
    assert signed_in.post(f"{api}/people", json={"name": "lin wei"}).status_code == 409
    assert secret not in signed_in.get(f"{api}/people").text
    token = signed_in.post(f"{api}/tokens", json={"name": "a/b", "role": "viewer", "days": 3}).json()
    listed = signed_in.get(f"{api}/tokens").json()
    assert [(each["name"], each["made_by"], each["used_at"]) for each in listed] == [("a/b", "Lin Wei", None)]
    bearer = {"Authorization": f"Bearer {token['token']}"}
    assert signed_in.get(f"{api}/me", headers=bearer).json()["name"] == "a/b"
    assert signed_in.get(f"{api}/tokens").json()[0]["used_at"] is not None
    assert signed_in.delete(f"{api}/tokens/a/b").status_code == 204
    assert signed_in.get(f"{api}/me", headers=bearer).status_code == 401
    assert come_in(signed_in, "l@x.org", secret) == 303


def test_a_token_stops_when_its_time_is_over(client: TestClient, knowledge: KnowledgeBase) -> None:
    from datetime import timedelta

    from web.signin import make_token

    token = make_token(knowledge.store, "default", "ci", life=timedelta(0))
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_admin_of_one_project_cannot_reach_into_another(client: TestClient, knowledge: KnowledgeBase) -> None:
    store, api = knowledge.store, "/api/v1"
    with store.write() as db:
        ensure_project(db, "other", NOW)
    boss, foreign, theirs = (
        add(store, "Boss", Role.ADMIN),
        add(store, "Foreign", Role.ADMIN, "other"),
        add(store, "Lin"),
    )
    root = add(store, "Root", Role.ADMIN, EVERYWHERE)
    assert come_in(client, "Boss") == 303
    assert client.get("/people?project=other").status_code == 404
    assert client.get(f"{api}/people/{foreign}").status_code == 404
    for person in (root, theirs):
        assert client.put(f"{api}/people/{person}/password", json={"password": PASSWORD + "?"}).status_code == 403
        assert client.delete(f"{api}/people/{person}").status_code == 403
        answer = client.put(f"{api}/people/{person}/role", json={"role": "admin", "everywhere": True})
        assert answer.status_code == 403
    assert client.post(f"{api}/people", json={"name": "x", "role": "admin", "everywhere": True}).status_code == 403
    assert client.post("/people", data={"name": "x", "scope": "all"}).status_code == 403
    assert client.put(f"{api}/people/{theirs}/role", json={"role": "engineer"}).json()["roles"] == {
        "default": "engineer"
    }
    answer = client.put(f"{api}/people/{boss}/role", json={"role": "viewer"})
    assert (answer.status_code, "your own account" in answer.text) == (403, True)
    names = [each["name"] for each in client.get(f"{api}/people").json()]
    assert names == ["Boss", "Lin", "Root"]


def test_what_is_done_too_often_is_refused_by_all_processes(settings: Settings, knowledge: KnowledgeBase) -> None:
    few = settings.model_copy(update={"sign_ins_per_minute": 2, "questions_per_minute": 3})
    apps = [create_app(few, clock=lambda: NOW, knowledge=knowledge) for _ in range(2)]
    add(knowledge.store, "Lin")
    add(knowledge.store, "Zhou")
    with TestClient(apps[0], base_url=BASE, follow_redirects=False) as one:
        other = TestClient(apps[1], base_url=BASE, follow_redirects=False)
        assert [come_in(one, "Lin"), come_in(other, "Zhou")] == [303, 303]
        page = one.post("/sign-in/password", data={"login": "Lin", "password": PASSWORD})
        assert (page.status_code, page.headers["retry-after"], "<html" in page.text) == (429, "60", True)
        ask = {"text": "No space left on device"}
        assert [one.post("/api/v1/ask", json=ask).status_code for _ in range(3)] == [200, 200, 200]
        refused = one.post("/api/v1/ask", json=ask)
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:kea:problem:too-often")
        assert refused.headers["content-type"] == "application/problem+json"
        one.cookies, other.cookies = other.cookies, one.cookies
        assert other.post("/ask", data=ask).status_code == 429, "another process, the same person"
        assert one.post("/api/v1/ask", json=ask).status_code == 200, "somebody else may"


def test_the_cookie_is_secure_where_something_before_kea_speaks_https(
    settings: Settings, knowledge: KnowledgeBase
) -> None:
    add(knowledge.store, "Lin")
    app = create_app(settings.model_copy(update={"public_url": "https://kea.example.com"}), knowledge=knowledge)
    with TestClient(app, base_url="http://kea.example.com", follow_redirects=False) as client:
        answer = client.post("/sign-in/password", data={"login": "Lin", "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]


def test_a_foreign_page_signs_nobody_in(client: TestClient, knowledge: KnowledgeBase) -> None:
    add(knowledge.store, "Lin")
    foreign = {"Origin": "https://evil.example"}
    answer = client.post("/sign-in/password", data={"login": "Lin", "password": PASSWORD}, headers=foreign)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
