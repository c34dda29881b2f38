"""What guards the doors: sign-in on every route, same origin, host names, body sizes, headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from tests.web.conftest import BASE
from web.guarding.access import OPEN_FOLDERS, OPEN_PATHS
from web.guarding.bodies import BODY_LIMIT, LOGS_LIMIT


def operations(client: TestClient) -> list[tuple[str, str]]:
    paths = client.app.openapi()["paths"]  # type: ignore[attr-defined]
    return [(method, path) for path, methods in paths.items() for method in methods]


def test_every_route_of_the_api_needs_a_sign_in(client: TestClient) -> None:
    found = operations(client)
    assert len(found) > 20
    for method, path in found:
        if path not in OPEN_PATHS:
            answer = client.request(method, path.replace("{category_id}", "KE-1"))
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


def test_what_no_dependency_guards_is_known(client: TestClient) -> None:
    """The role is checked by a dependency, which folders and routes of plain functions do not have."""
    routes = iter_route_contexts(client.app.routes)  # type: ignore[attr-defined]
    plain = {each.path for each in routes if not isinstance(each.original_route, APIRoute)}
    assert plain <= {"/static/dist", "/api/v1/openapi.json"}


@pytest.mark.parametrize(
    "path", ["/", "/ask", "/categories/KE-1", "/nowhere", "/api/v1/nowhere", "/api/v1/openapi.json"]
)
def test_every_page_needs_a_sign_in(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401


def test_what_is_open_gives_nothing_away(client: TestClient) -> None:
    doors = {"/sign-in", "/sign-in/password", "/sign-in/oidc", "/sign-in/oidc/callback", "/sign-out"}
    assert {"/healthz", "/readyz", "/preferences"} | doors == OPEN_PATHS
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
    assert client.get(f"{OPEN_FOLDERS[0]}dist/../../app.py").status_code in (401, 404)
    assert client.get(f"{OPEN_FOLDERS[0]}dist/%2e%2e/%2e%2e/app.py").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": BASE}, 303),
        ({"Origin": BASE, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_changes_must_come_from_our_own_pages(
    signed_in: TestClient, disk_id: str, headers: dict[str, str], status: int
) -> None:
    answer = signed_in.post(f"/categories/{disk_id}/label", data={"label": "Disk full"}, headers=headers)
    assert answer.status_code == status


def test_only_a_token_takes_the_place_of_the_origin(signed_in: TestClient, disk_id: str) -> None:
    for sent in ("Basic eDp5", "Bearer", "x"):
        headers = {"Origin": "https://evil.example", "Authorization": sent}
        answer = signed_in.post(f"/categories/{disk_id}/label", data={"label": "Disk full"}, headers=headers)
        assert answer.status_code in (401, 403), sent
        assert answer.status_code == (401 if sent == "Bearer" else 403), sent


def test_other_names_are_refused(signed_in: TestClient) -> None:
    for host in ("evil.example", "evil.example:8080", "127.0.0.1.evil.example", ""):
        assert signed_in.get("/healthz", headers={"Host": host}).status_code == 421, host
    for host in ("localhost:8080", "127.0.0.1", "[::1]:8080", "192.168.1.7:8080"):
        assert signed_in.get("/healthz", headers={"Host": host}).status_code == 200, host


def test_large_bodies_are_refused(signed_in: TestClient) -> None:
    answer = signed_in.post("/api/v1/ask", content=b'{"text": "' + b"x" * BODY_LIMIT + b'"}')
    assert answer.status_code == 413
    assert answer.json()["title"] == "The body is too large"
    assert signed_in.post("/ask", data={"text": "x" * BODY_LIMIT}).status_code == 413


def test_a_large_body_without_a_length_is_refused_while_it_arrives(signed_in: TestClient) -> None:
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(LOGS_LIMIT // 1_000_000 + 50):
            sent += 1_000_000
            yield b"x" * 999_999 + b"\n"

    answer = signed_in.post("/api/v1/logs", content=parts(), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 413


def test_headers_forbid_scripts_and_frames(signed_in: TestClient) -> None:
    for path in ("/", "/ask", "/api/v1/categories", "/healthz", "/nowhere"):
        headers = signed_in.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store, private"


def test_pages_hold_no_inline_script_or_style(signed_in: TestClient, solved: str) -> None:
    for path in ("/", "/ask", f"/categories/{solved}"):
        page = signed_in.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/')
        assert " onclick" not in page
