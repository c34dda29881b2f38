"""Reads the description of the API into what its page shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.api.described_examples import example_of
from web.api.description import operations

Schemas = Mapping[str, Any]
EVERYWHERE = frozenset({"project", "kea-project"})
"""What nearly all operations take; the page says it once."""


@dataclass(frozen=True, slots=True)
class Member:
    """A parameter, or a member of a body; ``place`` is path, query, header or body."""

    name: str
    place: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What may come back."""

    status: str
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``anchor`` names it within the page."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    members: tuple[Member, ...]
    request: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag."""

    name: str
    description: str
    operations: tuple[Operation, ...]


def read_groups(document: Mapping[str, Any]) -> tuple[Group, ...]:
    """Group the operations by their tags, in the order of these."""
    schemas = document["components"]["schemas"]
    found: dict[str, list[Operation]] = {}
    for method, path, operation in operations(dict(document)):
        found.setdefault(operation["tags"][0], []).append(_read(method, path, operation, schemas))
    return tuple(
        Group(each["name"], each["description"], tuple(found[each["name"]]))
        for each in document["tags"]
        if each["name"] in found
    )


def _read(method: str, path: str, operation: Mapping[str, Any], schemas: Schemas) -> Operation:
    body = operation.get("requestBody", {}).get("content", {})
    return Operation(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        (*_parameters(operation.get("parameters", ()), schemas), *_body(body, schemas)),
        _request(method.upper(), path, body),
        tuple(_answers(operation["responses"], schemas)),
    )


def _parameters(parameters: Sequence[Mapping[str, Any]], schemas: Schemas) -> Iterator[Member]:
    for each in parameters:
        if each["name"] in EVERYWHERE:
            continue
        yield Member(
            each["name"],
            each["in"],
            _kind(each["schema"], schemas),
            each.get("required", False),
            each.get("description", ""),
        )


def _body(content: Mapping[str, Any], schemas: Schemas) -> Iterator[Member]:
    schema = _first(content).get("schema", {})
    if "anyOf" in schema:  # a body that may be left out
        schema = next((each for each in schema["anyOf"] if "$ref" in each), schema)
    shape = _followed(schema, schemas)
    for name, member in shape.get("properties", {}).items():
        told = member.get("description", "")
        yield Member(name, "body", _kind(member, schemas), name in shape.get("required", ()), told)


def _first(content: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(iter(content.values()), {})
    return found


def _kind(schema: Mapping[str, Any], schemas: Schemas) -> str:
    """Tell a type in a few words, with its limits."""
    shape = _followed(schema, schemas)
    if "anyOf" in shape:
        kinds = (_kind(each, schemas) for each in shape["anyOf"] if each.get("type") != "null")
        return " | ".join(dict.fromkeys(kinds))
    if "enum" in shape:
        return " | ".join(map(str, shape["enum"]))
    kind = str(shape.get("format") or shape.get("type", "any"))
    if kind == "array":
        kind = f"[{_kind(shape.get('items', {}), schemas)}]"
    low, high = shape.get("minimum"), shape.get("maximum")
    limits = f" {low:g}–{high:g}" if low is not None and high is not None else ""
    return kind + limits


def _followed(schema: Mapping[str, Any], schemas: Schemas) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _request(method: str, path: str, content: Mapping[str, Any]) -> str:
    """Show a request as one types it; the address and the token are for whoever reads it to fill in."""
    lines = [f'curl -X {method} -H "Authorization: Bearer $KEA_TOKEN"']
    for kind, body in list(content.items())[:1]:
        told = body["example"] if isinstance(body["example"], str) else json.dumps(body["example"], ensure_ascii=False)
        quoted = told.rstrip("\n").replace("'", "'\\''")
        lines += [f"  -H 'Content-Type: {kind}'", f"  --data-binary '{quoted}'"]
    return " \\\n".join([*lines, f'  "$KEA_URL{path}"'])


def _answers(responses: Mapping[str, Any], schemas: Schemas) -> Iterator[Answer]:
    for status, answer in sorted(responses.items()):
        content = _first(answer.get("content", {}))
        example, schema = content.get("example"), content.get("schema", {})
        if example is None and ("$ref" in schema or schema.get("type") == "array"):
            example = example_of(schema, schemas)
        shown = "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)
        yield Answer(status, answer["description"], shown)
