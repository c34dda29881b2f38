"""Signing in: a link works once, tokens are kept as hashes, cookies cannot be forged."""

from __future__ import annotations

import stat
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from itsdangerous import URLSafeTimedSerializer

from knowledge_base.errors import InputError, NotAllowed, StorageUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.projects import ensure_project
from tests.web.conftest import BASE, NOW
from web.identity.secret import KEY_FILE, signing_key
from web.identity.session import COOKIE, read_session, write_session
from web.identity.signin import check_link, make_link, make_token, use_link


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def test_the_key_is_made_once_and_private(settings: Settings) -> None:
    key = signing_key(settings.home_path)
    assert signing_key(settings.home_path) == key
    assert stat.S_IMODE((settings.home_path / KEY_FILE).stat().st_mode) == 0o600


def test_a_broken_key_is_named(settings: Settings) -> None:
    settings.home_path.mkdir()
    (settings.home_path / KEY_FILE).write_text("short")
    with pytest.raises(StorageUnavailable, match="delete it"):
        signing_key(settings.home_path)


def test_a_link_names_the_address_that_is_listened_on(settings: Settings) -> None:
    assert make_link(settings).startswith("http://127.0.0.1:8080/sign-in?token=")
    assert make_link(settings, host="0.0.0.0", port=9).startswith("http://127.0.0.1:9/")
    assert make_link(settings, host="::1").startswith("http://[::1]:8080/")
    public = settings.model_copy(update={"public_url": "https://kea.example.com/"})
    assert make_link(public).startswith("https://kea.example.com/sign-in?token=")


def test_a_link_signs_in_once(client: TestClient, settings: Settings) -> None:
    link = make_link(settings)
    page = client.get(link)
    assert page.status_code == 200
    assert "Your name" in page.text
    form = {"token": token_of(link), "name": "  Lin  Wei "}
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert 'title="Lin Wei"' in client.get("/").text or "Signed in as Lin Wei" in client.get("/").text
    client.cookies.clear()
    assert client.post("/sign-in", data=form).status_code == 403
    assert client.get(link).status_code == 403
    assert client.get("/").status_code == 401


def test_looking_at_a_link_does_not_use_it(client: TestClient, settings: Settings) -> None:
    link = make_link(settings)
    assert [client.get(link).status_code for _ in range(3)] == [200, 200, 200]


def test_a_name_is_needed(client: TestClient, settings: Settings) -> None:
    token = token_of(make_link(settings))
    assert client.post("/sign-in", data={"token": token, "name": " \x00 "}).status_code == 400
    assert client.post("/sign-in", data={"token": token, "name": "Lin"}).status_code == 303


def test_the_cookie_is_secure_behind_https(settings: Settings, knowledge: KnowledgeBase) -> None:
    from web.app import create_app

    app = create_app(settings, knowledge=knowledge)
    with TestClient(app, base_url=BASE.replace("http", "https"), follow_redirects=False) as client:
        answer = client.post("/sign-in", data={"token": token_of(make_link(settings)), "name": "Lin"})
    assert "Secure" in answer.headers["set-cookie"]


def test_old_and_forged_links_are_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    key = signing_key(settings.home_path)
    token = token_of(make_link(settings))
    for wrong in ("", "x", token + "x", token[:-3], "a" * 10_000):
        with pytest.raises(NotAllowed, match="make a new one"):
            check_link(settings.home_path, key, wrong)
    with pytest.raises(NotAllowed):
        check_link(settings.home_path, "another key, just as long as the first", token)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: __import__("time").monotonic() + 4e9)
    with pytest.raises(NotAllowed):
        use_link(settings.home_path, key, token)


def test_forged_cookies_are_nobody(settings: Settings) -> None:
    key = signing_key(settings.home_path)
    value = write_session(key, "Lin", "secret")
    assert read_session(key, value) is not None
    for wrong in ("", "x", value[:-1], write_session("x" * 40, "Lin", "secret"), value.replace(".", "", 1)):
        assert read_session(key, wrong) is None


def test_a_signed_cookie_without_a_session_is_nobody(client: TestClient) -> None:
    signer = URLSafeTimedSerializer(client.app.state.parts.key, salt="kea.session")  # type: ignore[attr-defined]
    for said in ({"name": "Lin"}, {"name": "Lin", "secret": ""}, {"name": "Lin", "secret": "of no session"}):
        client.cookies.clear()
        client.cookies.set(COOKIE, signer.dumps(said))
        assert client.get("/api/v1/me").status_code == 401, said


def test_signing_out_forgets_the_browser(signed_in: TestClient) -> None:
    answer = signed_in.post("/sign-out")
    assert answer.status_code == 303
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]


def test_who_is_not_signed_in_is_told_how(client: TestClient) -> None:
    page = client.get("/categories/KE-1")
    assert page.status_code == 401
    assert "kea sign-in-link" in page.text
    problem = client.get("/api/v1/categories").json()
    assert problem["type"] == "urn:kea:problem:not-signed-in"


def test_a_token_opens_the_api_for_its_project(client: TestClient, knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        ensure_project(db, "other", NOW)
    token = make_token(knowledge.store, "default", "ci")
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/categories", headers=headers).json()["total"] == 2
    assert client.get("/api/v1/categories?project=other", headers=headers).status_code == 404
    assert client.get("/api/v1/projects", headers=headers).json() == [{"name": "default"}]
    assert client.get("/api/v1/categories", headers={"Authorization": "Bearer kea_wrong"}).status_code == 401
    # A cross-site page cannot send a token, so a request with one needs no origin of ours.
    foreign = headers | {"Origin": "https://evil.example"}
    assert client.post("/api/v1/lookup", json={"text": "x"}, headers=foreign).status_code == 200


def test_only_the_hash_of_a_token_is_kept_and_a_new_one_replaces_it(
    client: TestClient, knowledge: KnowledgeBase, settings: Settings
) -> None:
    first = make_token(knowledge.store, "default", "ci")
    second = make_token(knowledge.store, "default", "ci")
    files = b"".join(each.read_bytes() for each in settings.home_path.glob("kea.db*"))
    assert second.encode() not in files
    assert client.get("/api/v1/categories", headers={"Authorization": f"Bearer {first}"}).status_code == 401
    assert client.get("/api/v1/categories", headers={"Authorization": f"Bearer {second}"}).status_code == 200
    with pytest.raises(InputError):
        make_token(knowledge.store, "default", " ")
