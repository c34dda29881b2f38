"""The API: logs go in, categories come out, a solution is attached, whoever asks gets it."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

API = "/api/v1"


def test_the_loop(signed_in: TestClient, disk_id: str) -> None:
    question = {"text": "hi, No space left on device while writing /data/77/part-9.parquet, help"}
    before = signed_in.post(f"{API}/ask", json=question).json()
    assert before["outcome"] in ("known_unsolved", "unknown")
    words = {"title": "The data disk is full", "cause": "Old files.", "body": "1. `df -h`"}
    done = signed_in.put(f"{API}/categories/{disk_id}/solution", json=words).json()
    assert done["solution"]["version"] == 1
    line = {"text": "No space left on device while writing /data/77/part-9.parquet"}
    answer = signed_in.post(f"{API}/ask", json=line).json()
    assert (answer["outcome"], answer["decision"]) == ("answered", "answer")
    assert answer["category"]["id"] == disk_id
    assert answer["solution"]["title"] == "The data disk is full"
    assert answer["evidence"]["kind"] == "exact"
    said = {"question_id": answer["question_id"], "verdict": "helpful"}
    assert signed_in.post(f"{API}/feedback", json=said).status_code == 204
    assert signed_in.get(f"{API}/questions/{answer['question_id']}").json()["verdict"] == "helpful"
    about = signed_in.get(f"{API}/categories/{disk_id}/questions").json()
    assert about[0]["verdict"] == "helpful"


def test_questions_come_in_pages(signed_in: TestClient) -> None:
    for number in range(5):
        signed_in.post(f"{API}/ask", json={"text": f"what is this {number}"})
    seen, path = [], f"{API}/questions?limit=2"
    while path:
        answer = signed_in.get(path)
        seen += [each["text"] for each in answer.json()["items"]]
        path = answer.headers.get("link", "").partition(">")[0].lstrip("<")
    assert seen == [f"what is this {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps(["disk a is full", {"message": "disk b is full", "service": "s"}])),
        ("application/json", json.dumps({"text": "one row alone"})),
        ("application/x-ndjson", '{"msg": "first"}\n\n{"text": "second", "level": "warn"}\n'),
        ("text/plain; charset=utf-8", "2026-11-23 10:00:00 ERROR one\n2026-11-23 10:00:01 ERROR two\n"),
    ],
)
def test_logs_in_every_form(signed_in: TestClient, kind: str, body: str) -> None:
    answer = signed_in.post(f"{API}/logs", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["kept"] == len(document["assignments"]) >= 1
    assert document["refused"] == 0
    for each in document["assignments"]:
        assert signed_in.get(f"{API}/categories/{each['category_id']}").status_code == 200


def test_plain_lines_are_joined_to_events(signed_in: TestClient) -> None:
    trace = "2026-11-23 10:00:00 ERROR boom\njava.lang.IllegalStateException: x\n\tat a.B.c(B.java:1)\n"
    joined = signed_in.post(f"{API}/logs", content=trace, headers={"Content-Type": "text/plain"}).json()
    assert joined["kept"] == 1
    apart = signed_in.post(f"{API}/logs?multiline=off", content=trace, headers={"Content-Type": "text/plain"}).json()
    assert apart["kept"] == 3


def test_what_can_be_read_is_kept_and_the_rest_is_named(signed_in: TestClient) -> None:
    rows = [{"text": "good"}, {"nothing": 1}, 7, {"text": ""}, None, {"text": "also good"}]
    document = signed_in.post(f"{API}/logs", json=rows).json()
    assert (document["kept"], document["refused"]) == (2, 4)
    assert [each["row"] for each in document["problems"]] == [1, 2, 3, 4]
    assert "no text" in document["problems"][0]["reason"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[[[", b"\xff\xfe", b"[" * 100_000, b'{"text": NaN}', b"7"])
def test_a_body_without_any_event_is_refused_with_the_reason(signed_in: TestClient, body: bytes) -> None:
    answer = signed_in.post(f"{API}/logs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_bytes_that_are_no_text_lose_nothing_else(signed_in: TestClient) -> None:
    body = b"broken \xff\xfe\x00 bytes in a line\nwhole line\n"
    answer = signed_in.post(f"{API}/logs?multiline=off", content=body, headers={"Content-Type": "text/plain"})
    assert answer.json()["kept"] == 2


def test_secrets_do_not_come_back(signed_in: TestClient) -> None:
    row = {"text": "login failed password=hunter2secret for user x"}
    kept = signed_in.post(f"{API}/logs", json=[row]).json()["assignments"][0]
    samples = signed_in.get(f"{API}/categories/{kept['category_id']}/samples").text
    assert "hunter2secret" not in samples
    assert "login failed" in samples


def test_lookup_is_exact(signed_in: TestClient, disk_id: str) -> None:
    known = signed_in.post(
        f"{API}/lookup", json={"text": "No space left on device while writing /data/5/part-6.parquet"}
    )
    assert known.json()["category"]["id"] == disk_id
    unknown = signed_in.post(f"{API}/lookup", json={"text": "never seen before"}).json()
    assert unknown["category"] is None
    assert unknown["signature"]["template"]


def test_categories_are_filtered_sorted_and_paged(signed_in: TestClient, disk_id: str, queue_id: str) -> None:
    first = signed_in.get(f"{API}/categories?limit=1")
    assert first.json()["total"] == 2
    assert [each["id"] for each in first.json()["items"]] == [disk_id]
    link = first.headers["link"]
    assert link.endswith('rel="next"')
    second = signed_in.get(link.partition(">")[0].lstrip("<"))
    assert [each["id"] for each in second.json()["items"]] == [queue_id]
    assert "link" not in second.headers
    service = signed_in.get(f"{API}/categories?service=yarn-rm").json()
    assert [each["id"] for each in service["items"]] == [queue_id]
    assert signed_in.get(f"{API}/categories?status=answered").json()["total"] == 0
    assert signed_in.get(f"{API}/categories?q={disk_id}").json()["total"] == 1


def test_what_belongs_to_a_category(signed_in: TestClient, disk_id: str) -> None:
    templates = signed_in.get(f"{API}/categories/{disk_id}/templates").json()
    assert templates[0]["reason"]["why"] == "first"
    assert len(signed_in.get(f"{API}/categories/{disk_id}/samples?limit=3").json()) == 3
    volume = signed_in.get(f"{API}/categories/{disk_id}/volume?hours=96&step_minutes=60").json()
    assert sum(volume["counts"]) == 30
    assert len(volume["counts"]) == 96
    assert signed_in.get(f"{API}/categories/{disk_id}/volume?hours=8784&step_minutes=1").status_code == 400


def test_acts_are_kept_and_taken_back(signed_in: TestClient, disk_id: str) -> None:
    done = signed_in.patch(f"{API}/categories/{disk_id}", json={"label": "Disk full"}).json()
    assert done["category"]["label"] == "Disk full"
    history = signed_in.get(f"{API}/categories/{disk_id}/history").json()
    assert (history[0]["actor"], history[0]["action"], history[0]["can_be_undone"]) == ("Lin Wei", "label", True)
    back = signed_in.post(f"{API}/undo", json={"audit_id": done["audit_id"]}).json()
    assert back["category"]["label"] is None
    assert signed_in.post(f"{API}/undo", json={"audit_id": done["audit_id"]}).status_code == 409
    assert (
        signed_in.patch(f"{API}/categories/{disk_id}", json={"ignored": True}).json()["category"]["status"] == "ignored"
    )
    assert signed_in.patch(f"{API}/categories/{disk_id}", json={}).status_code == 400
    assert signed_in.patch(f"{API}/categories/{disk_id}", json={"lable": "x"}).status_code == 422


def test_a_merged_id_resolves_and_a_merge_is_taken_back(signed_in: TestClient, disk_id: str, queue_id: str) -> None:
    done = signed_in.post(f"{API}/categories/{disk_id}/merge", json={"others": [queue_id], "reason": "test"}).json()
    assert done["category"]["aliases"] == [queue_id]
    alias = signed_in.get(f"{API}/categories/{queue_id}").json()
    assert alias["id"] == disk_id
    templates = signed_in.get(f"{API}/categories/{queue_id}/templates").json()
    assert len(templates) == 2
    split = {"template_ids": [templates[1]["id"]], "label": "Apart"}
    apart = signed_in.post(f"{API}/categories/{disk_id}/split", json=split).json()
    assert apart["category"]["label"] == "Apart"
    assert signed_in.post(f"{API}/undo", json={"audit_id": apart["audit_id"]}).status_code == 200
    assert signed_in.post(f"{API}/undo", json={"audit_id": done["audit_id"]}).status_code == 200
    assert signed_in.get(f"{API}/categories/{queue_id}").json()["id"] == queue_id


def test_a_stale_solution_is_refused(signed_in: TestClient, solved: str) -> None:
    words = {"title": "Mine", "cause": "", "body": ""}
    path = f"{API}/categories/{solved}/solution"
    for based_on in (None, 7):
        answer = signed_in.put(path, json=words | {"based_on": based_on})
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:kea:problem:stale-version"
    assert signed_in.put(path, json=words | {"based_on": 1}).json()["solution"]["version"] == 2


def test_solutions_by_their_own_ids(signed_in: TestClient, disk_id: str, queue_id: str) -> None:
    words = {"title": "Ask the owner", "body": "call", "category_ids": [disk_id, queue_id]}
    made = signed_in.post(f"{API}/solutions", json=words)
    assert made.status_code == 201
    path = made.headers["location"]
    assert signed_in.get(path).json()["category_ids"] == [disk_id, queue_id]
    revised = signed_in.put(path, json={"title": "Ask the team", "based_on": 1}).json()
    assert revised["version"] == 2
    assert signed_in.put(path, json={"title": "Ask", "based_on": 1}).status_code == 409
    versions = signed_in.get(f"{path}/versions").json()
    assert [each["title"] for each in versions] == ["Ask the team", "Ask the owner"]
    assert [each["id"] for each in signed_in.get(f"{API}/solutions").json()["items"]] == [revised["id"]]
    assert signed_in.get(f"{API}/categories/{disk_id}/history").json()[0]["action"] == "revise"
    detached = signed_in.delete(f"{API}/categories/{queue_id}/solution").json()
    assert detached["category"]["solution_id"] is None
    linked = signed_in.post(f"{API}/categories/{queue_id}/solution", json={"solution_id": revised["id"]}).json()
    assert linked["category"]["solution_id"] == revised["id"]


def test_a_solution_for_an_unknown_category_leaves_nothing(signed_in: TestClient, disk_id: str) -> None:
    words = {"title": "Half done", "category_ids": [disk_id, "KE-999"]}
    assert signed_in.post(f"{API}/solutions", json=words).status_code == 404
    assert signed_in.get(f"{API}/solutions").json()["items"] == []
    assert signed_in.get(f"{API}/categories/{disk_id}").json()["solution_id"] is None


def test_projects(signed_in: TestClient) -> None:
    assert signed_in.post(f"{API}/projects", json={"name": "team-b"}).status_code == 201
    assert signed_in.get(f"{API}/projects").json() == [{"name": "default"}, {"name": "team-b"}]
    assert signed_in.post(f"{API}/projects", json={"name": "No Name!"}).status_code == 400
    assert signed_in.get(f"{API}/categories", headers={"Kea-Project": "team-b"}).json()["total"] == 0


def test_every_operation_is_described_with_an_example(signed_in: TestClient) -> None:
    document = signed_in.get(f"{API}/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            assert operation["description"], path
            assert not operation["summary"].endswith("."), path
            body = operation.get("requestBody")
            if body:
                assert "example" in json.dumps(_resolved(document, body)), (method, path)


def _resolved(document: dict[str, object], part: object) -> object:
    if isinstance(part, dict):
        if "$ref" in part:
            name = str(part["$ref"]).rpartition("/")[2]
            return _resolved(document, document["components"]["schemas"][name])  # type: ignore[index]
        return {key: _resolved(document, value) for key, value in part.items()}
    return [_resolved(document, each) for each in part] if isinstance(part, list) else part
