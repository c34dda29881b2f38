"""Examples for the API's description, put together from those of its members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARAMETERS: Mapping[str, str] = {
    "project": "default",
    "kea-project": "default",
    "category_id": "KE-12",
    "template_id": "T-34",
    "solution_id": "S-3",
    "question_id": "Q-5",
    "proposal_id": "P-7",
    "delivery_id": "D-12",
    "person_id": "U-3",
    "rule_id": "R-3",
    "rule_name": "tenant",
    "token_name": "ci",
}
"""What a parameter of this name looks like, wherever it is."""


def with_example(parameter: dict[str, Any]) -> None:
    """Give a parameter its example, where its name has one and it has none yet."""
    known = PARAMETERS.get(parameter["name"])
    if known is not None and "example" not in parameter and "examples" not in parameter:
        parameter["example"] = known


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Make a value that fits a schema: of an object what is required and what has an example of its own.

    >>> example_of({"type": "object", "properties": {"a": {"examples": [1]}, "b": {"type": "string"}}}, {})
    {'a': 1}
    """
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for choice in ("enum", "anyOf", "oneOf"):
        if schema.get(choice):
            first = schema[choice][0]
            return first if choice == "enum" else example_of(first, schemas)
    if "const" in schema or "default" in schema:
        return schema.get("const", schema.get("default"))
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if schema.get("type") == "object":
        required = schema.get("required", ())
        members = schema.get("properties", {})
        return {
            name: example_of(member, schemas)
            for name, member in members.items()
            if name in required or _is_shown(member)
        }
    return {"integer": 1, "number": 0.5, "boolean": True, "null": None}.get(str(schema.get("type")), "text")


def _is_shown(member: Mapping[str, Any]) -> bool:
    return bool(member.get("examples")) or any(each.get("examples") for each in member.get("anyOf", ()))
