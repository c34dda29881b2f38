"""Errors are told as problem documents, and give nothing of the inside away."""

from __future__ import annotations

import inspect

import pytest
from fastapi.testclient import TestClient

from knowledge_base import errors
from knowledge_base.knowledge import KnowledgeBase
from web.problems import KINDS, MEDIA_TYPE, problem_of


def test_every_error_of_the_tree_has_a_kind() -> None:
    tree = {each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.KeaError)}
    assert set(KINDS) == tree


@pytest.mark.parametrize("kind", sorted(KINDS, key=lambda each: each.__name__))
def test_a_kind_tells_the_message(kind: type[errors.KeaError]) -> None:
    document = problem_of(kind("do this instead")).document("/here")
    assert document["detail"] == "do this instead"
    assert set(document) == {"type", "title", "status", "detail", "instance"}


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/api/v1/nowhere", 404, "not-found"),
        ("GET", "/api/v1/categories/KE-999", 404, "not-found"),
        ("GET", "/api/v1/categories/rubbish", 404, "not-found"),
        ("GET", "/api/v1/categories/KE-" + "9" * 400, 404, "not-found"),
        ("DELETE", "/api/v1/categories", 405, "method-not-allowed"),
        ("GET", "/api/v1/categories?limit=0", 422, "invalid"),
        ("GET", "/api/v1/categories?cursor=rubbish", 400, "input"),
        ("GET", "/api/v1/categories?project=none", 404, "not-found"),
        ("POST", "/api/v1/ask", 422, "invalid"),
        ("GET", "/api/v1/questions?cursor=%00", 400, "input"),
        ("GET", "/api/v1/solutions?cursor=S-", 400, "input"),
    ],
)
def test_wrong_requests_get_problem_documents(
    signed_in: TestClient, method: str, path: str, status: int, slug: str
) -> None:
    answer = signed_in.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    document = answer.json()
    assert document["type"] == f"urn:kea:problem:{slug}"
    assert document["status"] == status
    assert document["instance"] == path.partition("?")[0]
    assert document["detail"]


def test_validation_names_the_place(signed_in: TestClient) -> None:
    document = signed_in.post("/api/v1/feedback", json={"question_id": "Q-1", "verdict": "great"}).json()
    assert document["errors"][0]["pointer"] == "/body/verdict"


def test_the_unexpected_gives_nothing_away(
    signed_in: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(KnowledgeBase, "lookup", fail)
    monkeypatch.setattr("web.pages.browsing.categories._load", fail)
    answer = signed_in.post("/api/v1/lookup", json={"text": "hunter2"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "the inside" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = signed_in.get("/")
    assert page.status_code == 500
    assert "the inside" not in page.text
    logged = "".join(capsys.readouterr())
    assert "the inside" in logged
    assert "hunter2" not in logged


def test_a_database_that_is_gone_is_503(signed_in: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise errors.StorageUnavailable("the database is locked; try again")

    monkeypatch.setattr("web.health.list_projects", fail)
    answer = signed_in.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["detail"] == "the database is locked; try again"


def test_people_get_a_page(signed_in: TestClient) -> None:
    page = signed_in.get("/categories/KE-999")
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert "KE-999" in page.text
    part = signed_in.get("/categories/KE-999", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.text.startswith('<div class="note bad" role="alert">')
