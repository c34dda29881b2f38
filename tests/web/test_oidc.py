"""Signing in at an OpenID provider: a real one in a process of its own, and each way in which it can lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from knowledge_base.errors import InputError
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.settings import Settings
from knowledge_base.store.accounts import people
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import utc_now
from tests.web.conftest import BASE
from tests.web.openid_provider import CLIENT, SECRET, running_provider
from web.app import create_app
from web.identity.oidc import open_provider
from web.identity.oidc_roles import read_groups, roles_from


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running_provider() as issuer:
        yield issuer


@pytest.fixture(autouse=True)
def honest(provider: str) -> None:
    behave(provider)


def behave(provider: str, **how: object) -> None:
    httpx2.post(f"{provider}/behave", json=how).raise_for_status()


@pytest.fixture
def set_up(settings: Settings, provider: str) -> Settings:
    secret = SecretStr(SECRET)
    told = {"oidc_issuer": provider, "oidc_client_id": CLIENT, "oidc_client_secret": secret, "oidc_name": "Example SSO"}
    return settings.model_copy(update={**told, "sign_ins_per_minute": 0})


@pytest.fixture
def door(set_up: Settings, knowledge: KnowledgeBase) -> Iterator[TestClient]:
    yield from opened(set_up, knowledge)


def opened(settings: Settings, knowledge: KnowledgeBase) -> Iterator[TestClient]:
    with TestClient(create_app(settings, knowledge=knowledge), base_url=BASE, follow_redirects=False) as client:
        yield client


def go(client: TestClient, path: str = "/ask") -> str:
    """Leave for the provider and let it answer; gives the address that the browser is sent back to."""
    left = client.get("/sign-in/oidc", params={"next": path})
    assert left.status_code == 303
    asked = parse_qs(urlsplit(left.headers["location"]).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert SECRET not in left.headers["location"]
    return httpx2.get(left.headers["location"]).headers["location"]


def test_who_the_provider_vouches_for_is_let_in_as_a_viewer(door: TestClient, knowledge: KnowledgeBase) -> None:
    assert "Sign in with Example SSO" in door.get("/sign-in").text
    answer = door.get(go(door))
    assert (answer.status_code, answer.headers["location"]) == (303, "/ask")
    me = door.get("/api/v1/me").json()
    assert me == {"name": "Lin Wei", "project": None, "roles": {"*": "viewer"}}
    assert door.post("/api/v1/undo", json={"audit_id": 1}).status_code == 403
    # The second time it is the same account, and what an admin gave stays.
    with knowledge.store.write() as db:
        [person] = people.list_people(db, "*")
        assert (person.email, person.from_provider, person.has_password) == ("lin@example.com", True, False)
        people.set_role(db, "default", person.number, Role.ENGINEER)
    door.cookies.clear()
    assert door.get(go(door)).status_code == 303
    assert door.get("/api/v1/me").json()["roles"] == {"*": "viewer", "default": "engineer"}


LIES: list[tuple[str, Mapping[str, Any]]] = [
    ("nonce", {"claims": {"nonce": "another"}}),
    ("no nonce", {"claims": {"nonce": None}}),
    ("audience", {"claims": {"aud": "somebody else"}}),
    ("among audiences", {"claims": {"aud": [CLIENT, "x"], "azp": "x"}}),
    ("issuer", {"claims": {"iss": "https://evil.example"}}),
    ("expired", {"claims": {"exp": 1_700_000_000}}),
    ("no expiry", {"claims": {"exp": None}}),
    ("from the future", {"claims": {"iat": 99_999_999_999, "nbf": 99_999_999_999}}),
    ("no subject", {"claims": {"sub": None}}),
    ("key", {"other_key": True}),
    ("no signature", {"unsigned": True}),
    ("state", {"state": "another"}),
    ("mixed up", {"iss": "https://evil.example"}),
    ("refused", {"error": "access_denied"}),
    ("somebody else's userinfo", {"userinfo": {"sub": "u2"}}),
]


@pytest.mark.parametrize(("name", "how"), LIES, ids=[name for name, _ in LIES])
def test_what_does_not_fit_is_refused(
    door: TestClient, provider: str, knowledge: KnowledgeBase, name: str, how: Mapping[str, Any]
) -> None:
    behave(provider, **how)
    answer = door.get(go(door))
    assert answer.status_code == 403, name
    assert "begin again" in answer.text
    assert "kea_session" not in answer.headers.get("set-cookie", "")
    assert door.get("/").status_code == 401
    with knowledge.store.read() as db:
        assert people.list_people(db, "*") == []


def test_an_answer_works_once_and_in_the_browser_that_asked(door: TestClient) -> None:
    back = go(door)
    cookie = door.cookies.get("kea_oidc")
    assert cookie
    other = TestClient(door.app, base_url=BASE, follow_redirects=False)
    assert other.get(back).status_code == 403
    assert door.get(back).status_code == 303
    assert door.cookies.get("kea_oidc") is None
    door.cookies.set("kea_oidc", cookie, path="/sign-in/oidc")
    assert door.get(back).status_code == 403


def test_groups_give_roles_anew_at_each_sign_in(set_up: Settings, knowledge: KnowledgeBase, provider: str) -> None:
    told = {
        "oidc_role_claim": "realm.roles",
        "oidc_roles": "ops=admin@other, dev=engineer",
        "oidc_default_role": "none",
    }
    with knowledge.store.write() as db:
        ensure_project(db, "other", utc_now())
    for door in opened(set_up.model_copy(update=told), knowledge):
        behave(provider, userinfo={"realm": {"roles": ["dev", "ops", "x"]}})
        assert door.get(go(door)).status_code == 303
        assert door.get("/api/v1/me").json()["roles"] == {"*": "engineer", "other": "admin"}
        behave(provider, userinfo={"realm": {"roles": ["x"]}})
        answer = door.get(go(door))
        assert (answer.status_code, "no role in Kea" in answer.text) == (403, True)
        assert door.get("/api/v1/categories").status_code == 403, "the former session has lost its roles too"
        behave(provider, claims={"sub": "u2"}, userinfo={"sub": "u2"})
        assert door.get(go(door)).status_code == 403
        with knowledge.store.read() as db:
            assert len(people.list_people(db, "*")) == 1, "who has no role gets no account"


def test_nobody_takes_over_an_account_by_name_or_email(door: TestClient, knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        mine = people.add(db, name="Lin Wei", email="lin@example.com", password="x", now=utc_now())
        people.set_role(db, "*", mine, Role.ADMIN)
    assert door.get(go(door)).status_code == 303
    assert door.get("/api/v1/me").json() == {"name": "Lin Wei 2", "project": None, "roles": {"*": "viewer"}}


def test_a_provider_that_cannot_be_reached_or_is_another_one(
    set_up: Settings, knowledge: KnowledgeBase, provider: str, settings: Settings
) -> None:
    behave(provider, issuer="https://evil.example")
    for door in opened(set_up, knowledge):
        answer = door.get("/sign-in/oidc")
        assert (answer.status_code, "check KEA_OIDC_ISSUER" in answer.text) == (503, True)
    for door in opened(set_up.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"}), knowledge):
        answer = door.get("/sign-in/oidc")
        assert (answer.status_code, "cannot be reached" in answer.text) == (503, True)
    for door in opened(settings, knowledge):
        assert door.get("/sign-in/oidc").status_code == 404


def test_half_a_set_up_is_named(settings: Settings) -> None:
    for told, named in (
        ({"oidc_issuer": "https://a.example"}, "KEA_OIDC_CLIENT_ID"),
        ({"oidc_issuer": "http://a.example", "oidc_client_id": "x"}, "https://"),
    ):
        with pytest.raises(InputError, match=named):
            open_provider(settings.model_copy(update=told), utc_now)
    with pytest.raises(InputError, match="group=role"):
        read_groups("ops")
    with pytest.raises(InputError, match="is no role"):
        read_groups("ops=boss")
    for claim in (None, 7, {"x": 1}, [7, None], "unknown"):
        assert roles_from({"groups": claim}, settings.model_copy(update={"oidc_role_claim": "groups"})) == {}
