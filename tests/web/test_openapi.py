"""The description of the API: complete, true of what the server answers, and with examples that work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import BASE
from tests.web.fuzzing import Sample, sampled, search
from tests.web.roles import cookie_of, link_cookie
from web.api.description import TAGS, operations
from web.identity.session import COOKIE
from web.problems import MEDIA_TYPE

Document = Mapping[str, Any]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with sampled(tmp_path_factory.mktemp("openapi")) as made:
        yield made


@pytest.fixture
def client(sample: Sample) -> TestClient:
    """Somebody who may do everything; nothing goes on beside the requests."""
    client = TestClient(sample.app, base_url=BASE)
    client.cookies.set(COOKIE, link_cookie(sample.app))
    return client


@pytest.fixture(scope="module")
def document(sample: Sample) -> Document:
    return sample.app.openapi()


def test_each_operation_says_what_one_has_to_know(document: Document) -> None:
    lacking = []
    names = set()
    for method, path, operation in operations(dict(document)):
        name = f"{method} {path}"
        names.add(operation["operationId"])
        texts = {"summary", "description", "tags", "operationId"}
        lacking += [(name, each) for each in texts if not operation.get(each)]
        lacking += [(name, each) for each in operation.get("tags", ()) if each not in TAGS]
        if path.startswith("/api/"):
            assert operation["security"] == [{"token": []}, {"session": []}], name
            assert {"400", "401", "403", "404", "503"} <= set(operation["responses"]), name
        lacking += [
            (name, each["name"])
            for each in operation.get("parameters", ())
            if each["in"] == "path" and "example" not in each
        ]
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if "example" not in content:
                lacking.append((name, kind))
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == [MEDIA_TYPE], name
                assert answer["content"][MEDIA_TYPE]["example"]["status"] == int(status), name
    assert lacking == []
    assert len(names) == len(list(operations(dict(document))))


def test_the_examples_have_the_right_shape(client: TestClient, document: Document) -> None:
    """They name what need not be there, so they may be refused, but not for their shape."""
    tried = 0
    for method, path, operation in operations(dict(document)):
        examples = {each["name"]: each.get("example") for each in operation.get("parameters", ())}
        url = re.sub(r"{(\w+)}", lambda found, known=examples: str(known[found[1]]), path)
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            body = content["example"]
            sent = {"content": body, "headers": {"Content-Type": kind}} if isinstance(body, str) else {"json": body}
            answer = client.request(method, url, **sent)
            assert answer.status_code != 422, (method, path, answer.text)
            assert str(answer.status_code) in operation["responses"], (method, path, answer.text)
            tried += 1
    assert tried > 30


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/api/v1/ask", {"content": b"x" * 1_000_001}, 413),
        ("POST", "/api/v1/ask", {"content": b"{"}, 422),
        ("POST", "/api/v1/ask", {"json": {"text": "a"}, "headers": {"Host": "evil.example"}}, 421),
        ("POST", "/api/v1/ask", {"json": {"text": "a"}, "headers": {"Origin": "http://["}}, 403),
        ("GET", "/api/v1/me", {"headers": {"Authorization": "Bearer kea_no"}}, 401),
        ("POST", "/api/v1/projects", {"json": {"name": "new"}}, 403),
        ("GET", "/api/v1/status?project=none", {}, 404),
        ("PUT", "/api/v1/solutions/S-1", {"json": {"title": "a", "based_on": 2**63}}, 422),
    ],
)
def test_what_is_refused_is_described(
    client: TestClient,
    sample: Sample,
    document: Document,
    method: str,
    path: str,
    sent: Mapping[str, Any],
    status: int,
) -> None:
    client.cookies.set(COOKIE, cookie_of(sample.app, "engineer"))
    answer = client.request(method, path, **sent)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    _require_described(document, method, path, answer.status_code, answer.json())


def _require_described(document: Document, method: str, path: str, status: int, told: Document) -> None:
    templates = {re.sub(r"{\w+}", "[^/]+", each): each for each in document["paths"]}
    [found] = [name for pattern, name in templates.items() if re.fullmatch(pattern, path.partition("?")[0])]
    described = document["paths"][found][method.lower()]["responses"][str(status)]["content"][MEDIA_TYPE]["example"]
    assert set(described) == set(told)
    assert described["type"].startswith("urn:kea:problem:")


def test_an_address_names_all_its_methods(client: TestClient) -> None:
    answer = client.put("/api/v1/categories/KE-1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH")


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """A short round, always the same one; ``make fuzz`` searches longer."""
    with sampled(tmp_path / "home") as fresh:
        done = search(
            fresh,
            tmp_path / "search",
            "--phases=examples,coverage,fuzzing,stateful",
            "--max-examples=2",
            "--generation-deterministic",
            "--continue-on-failure",
        )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
