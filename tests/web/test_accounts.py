"""Accounts over HTTP: passwords, the lock after failures, sessions, limits, and what admins may do to whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from knowledge_base.errors import InputError
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.settings import Settings
from knowledge_base.store.accounts import people
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Store
from tests.web.conftest import BASE, NOW
from tests.web.test_signin import token_of
from web.app import create_app
from web.identity import accounts
from web.identity.passwords import check_strength, hash_password, matches
from web.identity.session import COOKIE
from web.identity.signin import make_link

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

    from web.identity.signin import make_token

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


def test_a_link_gives_nobody_the_account_of_somebody_else(
    client: TestClient, settings: Settings, knowledge: KnowledgeBase
) -> None:
    with knowledge.store.write() as db:
        outer = people.add(db, name="Lin Wei", subject="at the provider", now=NOW)
        mine = people.add(db, name="Zhou Yan", email="zhou@example.com", now=NOW)
    form = {"token": token_of(make_link(settings)), "password": PASSWORD}
    for name, told in (("lin  wei", "comes by the OpenID provider"), ("Zhou@example.com", "already")):
        answer = client.post("/sign-in", data={**form, "name": name})
        assert (answer.status_code, told in answer.text) == (409, True), name
    assert client.post("/sign-in", data={**form, "name": "Chen Jie"}).status_code == 303, "the link is still good"
    client.post("/sign-in", data={"token": token_of(make_link(settings)), "name": "Lin Wei"})
    answer = client.post("/account/password", data={"wanted": PASSWORD})
    assert (answer.status_code, "comes by the OpenID provider" in answer.text) == (400, True)
    with knowledge.store.read() as db:
        for person in (outer, mine):
            assert (people.roles_of(db, person), people.password_of(db, person)) == ({}, None)


def test_two_admins_at_once_are_told_of_each_other(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    person = add(knowledge.store, "Mei")
    page = signed_in.get("/people").text
    assert page.count('name="seen" value="viewer"') == 1
    assert '<span class="avatar" aria-hidden="true">M</span>' in page
    with knowledge.store.read() as db:
        mei = people.get(db, person)
    accounts.set_role(knowledge.store, "Ravi", "default", mei, Role.ADMIN)
    late = signed_in.post(f"/people/{person}/role", data={"role": "engineer", "seen": "viewer"})
    assert late.status_code == 409
    assert "Ravi gave Mei the role admin meanwhile, it was viewer; you wanted engineer" in late.text
    assert 'name="seen" value="admin"' in late.text
    with knowledge.store.read() as db:
        assert people.get(db, person).roles == {"default": Role.ADMIN}
    again = signed_in.post(f"/people/{person}/role", data={"role": "engineer", "seen": "admin"})
    assert again.status_code == 303
    for wanted, seen in (("admin", "viewer"), ("", "engineer")):
        everywhere = signed_in.post(f"/people/{person}/role", data={"role": wanted, "seen": seen, "scope": "all"})
        assert everywhere.status_code == 409 if wanted else 303
    with knowledge.store.read() as db:
        assert people.get(db, person).roles == {"default": Role.ENGINEER}


def test_programs_are_told_of_each_other(signed_in: TestClient, knowledge: KnowledgeBase) -> None:
    api = f"/api/v1/people/{add(knowledge.store, 'Mei')}/role"
    assert signed_in.put(api, json={"role": "admin", "seen": "viewer"}).status_code == 200
    late = signed_in.put(api, json={"role": "engineer", "seen": "viewer"})
    assert late.status_code == 409
    assert "gave Mei the role admin meanwhile, it was viewer; you wanted engineer" in late.json()["detail"]
    assert signed_in.delete(api, params={"seen": "viewer"}).status_code == 409
    assert signed_in.put(api, json={"role": "engineer", "seen": "none", "everywhere": True}).status_code == 200
    assert signed_in.put(api, json={"role": "viewer", "seen": "none", "everywhere": True}).status_code == 409
    assert signed_in.delete(api, params={"seen": "admin"}).status_code == 204
    assert signed_in.put(api, json={"role": "engineer", "seen": "nobody"}).status_code == 422


def test_leaving_for_the_provider_does_not_count_as_a_password(settings: Settings, knowledge: KnowledgeBase) -> None:
    add(knowledge.store, "Lin")
    few = settings.model_copy(update={"sign_ins_per_minute": 2})
    with TestClient(create_app(few, clock=lambda: NOW, knowledge=knowledge), base_url=BASE) as client:
        client.follow_redirects = False
        assert [client.get("/sign-in/oidc").status_code for _ in range(3)] == [404, 404, 429]
        assert client.get("/sign-in/oidc/callback").status_code == 404
        assert come_in(client, "Lin") == 303
        assert client.get("/sign-in/oidc").status_code == 429, "it counts for the address, whoever is signed in"


def test_who_lost_the_last_role_is_seen_by_admins_of_all_projects(client: TestClient, knowledge: KnowledgeBase) -> None:
    add(knowledge.store, "Root", Role.ADMIN, EVERYWHERE)
    add(knowledge.store, "Boss", Role.ADMIN)
    lost = add(knowledge.store, "Lin Wei")
    api = f"/api/v1/people/{lost}"
    come_in(client, "Root")
    assert client.delete(f"{api}/role").status_code == 204
    assert [each["name"] for each in client.get("/api/v1/people").json()] == ["Boss", "Lin Wei", "Root"]
    assert client.get(api).json()["roles"] == {}
    page = client.get("/people").text
    assert f"/people/{lost}/role" in page
    come_in(client, "Boss")
    assert [each["name"] for each in client.get("/api/v1/people").json()] == ["Boss", "Root"]
    assert (client.get(api).status_code, "Lin Wei" in client.get("/people").text) == (404, False)
    assert client.post(f"/people/{lost}/role", data={"role": "admin"}).status_code == 404
    come_in(client, "Root")
    assert client.post(f"/people/{lost}/role", data={"role": "viewer"}).status_code == 303
    assert client.get(api).json()["roles"] == {"default": "viewer"}
