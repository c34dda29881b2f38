"""Every operation of the API, found in its own description, refuses another project's ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from knowledge_base import curation
from knowledge_base.curation.keeping.keep_changes import change_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.curation.masking.rule_changes import adding, change_rules
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.roles import Role
from knowledge_base.signature.custom.user_rules import UserRule
from knowledge_base.store.accounts import people
from knowledge_base.store.grouping import proposals
from knowledge_base.store.grouping.proposal_values import Proposed
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.solving.solutions import SolutionText
from tests.web.conftest import DISK, NOW, QUEUE, records
from web.identity.signin import make_token

Ids = Mapping[str, object]
# Names of members and parameters that hold ids; one that is not here and looks like an id fails the test below.
ID_NAMES = {
    "category_id": "category",
    "others": "category",
    "category_ids": "category",
    "template_id": "template",
    "template_ids": "template",
    "solution_id": "solution",
    "question_id": "question",
    "audit_id": "audit",
    "delivery_id": "delivery",
    "rule_name": "rule",
    "rule_id": "keep_rule",
    "proposal_id": "proposal",
    "person_id": "person",
    "token_name": "token",
}
SAMPLES = {"verdict": "helpful", "until": (NOW + timedelta(days=1)).isoformat()}
SECRET = "Belongs to the other project"


@pytest.fixture
def two(signed_in: TestClient, knowledge: KnowledgeBase) -> tuple[TestClient, Ids, Ids]:
    """A browser, the ids of the project default, and those of another project."""
    from ingest.pipeline import Pipeline

    with knowledge.store.write() as db:
        ensure_project(db, "other", NOW)
    pipeline = Pipeline(knowledge, "other")
    pipeline.keep(records("other", DISK, count=30, service="other-service"))
    pipeline.keep(records("other", QUEUE, count=5, service="other-service"))
    return signed_in, _fill(signed_in, knowledge, "default"), _fill(signed_in, knowledge, "other")


def _fill(client: TestClient, knowledge: KnowledgeBase, project: str) -> Ids:
    found = client.get(f"/api/v1/categories?project={project}&q=space+left").json()["items"][0]["id"]
    template = client.get(f"/api/v1/categories/{found}/templates?project={project}").json()[0]["id"]
    title = SECRET if project == "other" else "Mine"
    done = curation.attach(knowledge.store, project, found, SolutionText(title, "", ""), actor=title)
    line = {"text": DISK.format(n=7)}
    question = client.post(f"/api/v1/ask?project={project}", json=line).json()["question_id"]
    assert done.solution is not None
    rule = UserRule(name=f"rule-of-{project}", pattern="tenant-x", kind="str")
    change_rules(knowledge.store, project, adding(rule), action="add", subject=rule.name, actor=title)
    kept = KeepRule(code="ENOSPC", category=number_of(Prefix.CATEGORY, found))
    change_keep(knowledge.store, project, KeepChange(step="add", rule=kept), actor=title)
    with knowledge.store.read() as db:
        kept = keep_rules.read(db, project)[0]
    queued = NewDelivery(f"{project}:1", "chat", "reply", "lane", {}, {"headline": title})
    with knowledge.store.write() as db:
        outbox.queue(db, project, queued, NOW)
        numbers = [
            number_of(Prefix.CATEGORY, each["id"])
            for each in client.get(f"/api/v1/categories?project={project}").json()["items"]
        ]
        proposals.put(db, project, [Proposed(*sorted(numbers), 0.7)], NOW)
        proposal = proposals.open_proposals(db, project)[0]
        person = people.add(db, name=f"{title} of {project}", now=NOW)
        people.set_role(db, project, person, Role.VIEWER)
        delivery = outbox.list_deliveries(db, project)[0]
        outbox.move(db, delivery, outbox.DEAD)
    make_token(knowledge.store, project, f"token of {project}")
    return {
        "category": found,
        "template": template,
        "solution": done.solution.id,
        "question": question,
        "audit": done.audit_id,
        "delivery": delivery.public_id,
        "rule": rule.name,
        "keep_rule": kept.public,
        "proposal": proposal.public_id,
        "person": public_id(Prefix.PERSON, person),
        "token": f"token of {project}",
    }


def _operations(client: TestClient) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    document = client.app.openapi()  # type: ignore[attr-defined]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in body:
                body = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
            yield method, path, operation, body


def _body(schema: dict[str, Any], ids: Ids) -> dict[str, object]:
    """Make a body that is valid but for whose ids it names."""
    made: dict[str, object] = {}
    for name, member in schema.get("properties", {}).items():
        if name in ID_NAMES:
            made[name] = [ids[ID_NAMES[name]]] if member.get("type") == "array" else ids[ID_NAMES[name]]
        elif name in schema.get("required", ()):
            made[name] = SAMPLES.get(name) or (1 if member.get("type") == "integer" else "text")
    return made


def _names(path: str, schema: dict[str, Any]) -> set[str]:
    return {*re.findall(r"{(\w+)}", path), *schema.get("properties", {})}


def test_every_name_of_an_id_is_known(two: tuple[TestClient, Ids, Ids]) -> None:
    names = set().union(*(_names(path, body) for _, path, _, body in _operations(two[0])))
    assert {name for name in names if name.endswith(("_id", "_ids"))} <= set(ID_NAMES)


def test_operations_with_ids_refuse_those_of_another_project(two: tuple[TestClient, Ids, Ids]) -> None:
    client, own, foreign = two
    tried = 0
    for method, path, _, schema in _operations(client):
        in_path = re.findall(r"{(\w+)}", path)
        in_body = [name for name in schema.get("properties", {}) if name in ID_NAMES]
        cases = []
        if in_path:
            cases.append((foreign, own))
        if in_body:
            cases.append((own, foreign))
        for path_ids, body_ids in cases:
            url = path
            for name in in_path:
                url = url.replace(f"{{{name}}}", str(path_ids[ID_NAMES[name]]))
            body = _body(schema, body_ids) if schema else None
            if path.endswith("/categories/{category_id}") and method == "patch":
                body = {"label": "x"}
            if path.endswith("/what-if"):
                ids = body_ids
                body = {"act": "move", "category_id": ids["category"], "template_id": ids["template"]}
            if path.endswith("/role") and method == "put":
                body = {"role": "viewer"}
            if path.endswith("/snooze"):
                body = {"until": "2027-01-01T00:00:00Z"}
            answer = client.request(method, url, json=body)
            # A template that is not in the category is refused alike, whatever project it is in.
            expected = 400 if path.endswith("/split") and path_ids is own else 404
            assert answer.status_code == expected, (method, url, body, answer.text)
            assert SECRET not in answer.text
            tried += 1
    assert tried > 18


def test_the_same_operations_take_their_own_ids(two: tuple[TestClient, Ids, Ids]) -> None:
    """The refusals above come from the ids alone: reading with one's own ids works."""
    client, own, _ = two
    for method, path, _, _ in _operations(client):
        if method == "get":
            url = path
            for name in re.findall(r"{(\w+)}", path):
                url = url.replace(f"{{{name}}}", str(own[ID_NAMES[name]]))
            assert client.get(url).status_code == 200, url


def test_operations_without_ids_show_nothing_of_another_project(two: tuple[TestClient, Ids, Ids]) -> None:
    client, _, foreign = two
    for method, path, operation, schema in _operations(client):
        if "{" in path or any(name in ID_NAMES for name in schema.get("properties", {})) or "projects" in path:
            continue
        if path.endswith("/forget"):  # names a person, who must be there
            continue
        body: object = _body(schema, foreign) if schema else None
        if path.endswith(("/ask", "/lookup")):
            body = {"text": DISK.format(n=7)}
        elif path.endswith("/logs"):
            body = [DISK.format(n=7)]
        if path.endswith("/data/import"):
            rows = client.get(path.replace("/import", "/export")).content
            answer = client.request(method, path, content=rows)
        else:
            answer = client.request(method, path, json=body)
        assert answer.status_code in (200, 201), (method, path, answer.text)
        for each in (SECRET, "other-service", *(f'"{foreign[kind]}"' for kind in ("category", "template", "solution"))):
            assert each not in answer.text, (method, path)
        assert operation["summary"]


def test_pages_refuse_them_too(two: tuple[TestClient, Ids, Ids]) -> None:
    client, own, foreign = two
    category, audit = foreign["category"], foreign["audit"]
    forms: list[tuple[str, str, dict[str, object]]] = [
        ("GET", f"/categories/{category}", {}),
        ("POST", f"/categories/{category}/label", {"label": "x"}),
        ("POST", f"/categories/{category}/ignore", {"ignored": "true"}),
        ("GET", f"/queue/split/{category}", {}),
        ("POST", f"/categories/{category}/solution", {"title": "x"}),
        ("POST", f"/undo/{audit}", {}),
        ("POST", f"/rules/undo/{audit}", {}),
        ("POST", "/what-if", {"act": "apart", "category_id": own["category"], "others": category}),
        ("POST", "/what-if", {"act": "label", "category_id": own["category"], "others": category, "label": "x"}),
        ("POST", "/what-if", {"act": "adopt", "category_id": own["category"], "others": category}),
        ("POST", "/what-if", {"act": "merge", "category_id": own["category"], "others": category}),
        ("POST", "/what-if", {"act": "split", "category_id": category, "templates": own["template"]}),
        ("POST", "/what-if", {"act": "move", "category_id": own["category"], "templates": foreign["template"]}),
        ("GET", f"/what-if/search?category_id={own['category']}&others={category}", {}),
        ("POST", "/feedback", {"question": foreign["question"], "verdict": "helpful"}),
        ("GET", f"/ask?question={foreign['question']}", {}),
    ]
    for method, path, form in forms:
        answer = client.request(method, path, data=form)
        assert answer.status_code == 404, (method, path, answer.text[:300])
        assert SECRET not in answer.text
    shown = client.get(f"/categories/{own['category']}?done={audit}")
    assert SECRET not in shown.text
    assert client.get(f"/categories/{category}?project=other").status_code == 200
