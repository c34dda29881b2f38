"""Masking rules of a project's users: what a rule is, and the version that a set of them makes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from xxhash import xxh3_64_hexdigest

from knowledge_base.signature.limits import SIGNATURE_VERSION

MOST_RULES = 50
"""Rules of a project."""

MOST_PATTERN = 500
"""Characters of a pattern."""


class Action(StrEnum):
    """What becomes of the text that a rule matches."""

    MASK = "mask"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Example:
    """A text and the template that the rules have to make of it."""

    text: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRule:
    """What ``pattern`` (RE2) matches in a line, or else its first group, is masked as ``kind`` or stays as it is.

    ``contains``: the rule is tried only on lines in which this stands. ``kind`` is the name of one of
    :data:`knowledge_base.signature.kinds.KINDS`, and empty for what is kept.
    """

    name: str
    pattern: str
    action: Action = Action.MASK
    kind: str = ""
    contains: str = ""
    enabled: bool = True
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class RuleSet:
    """The rules of a project in their order."""

    rules: tuple[UserRule, ...] = ()

    @cached_property
    def active(self) -> tuple[UserRule, ...]:
        """The rules that are enabled."""
        return tuple(rule for rule in self.rules if rule.enabled)

    @cached_property
    def version(self) -> str:
        """The version of signatures under these rules: that of Kea's own rules, and a hash where there are others.

        Names, examples and disabled rules make no difference.

        >>> RuleSet().version == SIGNATURE_VERSION
        True
        """
        if not self.active:
            return SIGNATURE_VERSION
        told = [[rule.action, rule.kind, rule.contains, rule.pattern] for rule in self.active]
        digest = xxh3_64_hexdigest(json.dumps(told).encode())
        return f"{SIGNATURE_VERSION}+{digest[:12]}"

    def place_of(self, name: str) -> int | None:
        """Tell where the rule of a name is; None where there is none."""
        return next((place for place, rule in enumerate(self.rules) if rule.name == name), None)
