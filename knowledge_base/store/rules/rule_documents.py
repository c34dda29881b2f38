"""Users' rules as documents: how they are stored, exported and imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge_base.errors import InputError
from knowledge_base.signature.custom.user_rules import Action, Example, UserRule

EXAMPLES_READ = 1_000


class _ExampleShape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    template: str


class _RuleShape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    pattern: str
    action: Action = Action.MASK
    kind: str = ""
    contains: str = ""
    enabled: bool = True
    examples: list[_ExampleShape] = Field(default=[], max_length=EXAMPLES_READ)


def document_of(rule: UserRule) -> dict[str, Any]:
    """Write a rule as a document; :func:`read_document` gives it back."""
    return {
        "name": rule.name,
        "pattern": rule.pattern,
        "action": str(rule.action),
        "kind": rule.kind,
        "contains": rule.contains,
        "enabled": rule.enabled,
        "examples": [{"text": each.text, "template": each.template} for each in rule.examples],
    }


def read_document(values: Mapping[str, object]) -> UserRule:
    """Read a rule; raises InputError naming the member that is wrong. Whether the rule can be used is not checked."""
    try:
        shape = _RuleShape.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the rule"
        raise InputError(f"{where}: {first['msg'].lower()}") from None
    examples = tuple(Example(each.text, each.template) for each in shape.examples)
    return UserRule(
        name=shape.name,
        pattern=shape.pattern,
        action=shape.action,
        kind=shape.kind,
        contains=shape.contains,
        enabled=shape.enabled,
        examples=examples,
    )
