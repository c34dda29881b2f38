"""A change of the masking rules that somebody was shown before they agree: what it is and what it was for, signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from knowledge_base.curation.masking import rule_changes
from knowledge_base.curation.masking.rule_changes import Edit
from knowledge_base.signature.custom.user_rules import UserRule
from knowledge_base.store.rules.rule_documents import document_of, read_document
from web.replaying.signed import Signed

Step = Literal["add", "edit", "remove", "move"]
SIGNED = Signed("kea.what-if-rules")
NOTHING = -1
"""The number of the rules where nobody ever changed any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRules:
    """One change of the rules; ``number`` is that of the change whose rules it was made for, as in the store.

    ``rule`` is the new one of add and edit, ``position`` where move puts it, counted from 1.
    """

    step: Step
    name: str
    number: int
    rule: UserRule | None = None
    position: int = 0

    @property
    def edit(self) -> Edit:
        """The change as ``rule_changes`` takes it."""
        if self.step == "remove":
            return rule_changes.removing(self.name)
        if self.step == "move":
            return rule_changes.moving(self.name, self.position)
        rule = self.rule
        assert rule is not None  # noqa: S101 - both steps are made with one
        return rule_changes.adding(rule) if self.step == "add" else rule_changes.editing(self.name, lambda _: rule)


def write_rules(key: str, project: str, wanted: WantedRules) -> str:
    """Write the id of what was shown."""
    document = None if wanted.rule is None else document_of(wanted.rule)
    return SIGNED.write(key, project, [wanted.step, wanted.name, wanted.number, document, wanted.position])


def read_rules(key: str, project: str, replay: str) -> WantedRules:
    """Read the id of what was shown. Raises StaleVersion where it is too old, of another project or not ours."""
    step, name, number, document, position = SIGNED.read(key, project, replay)
    rule = read_document(document) if isinstance(document, Mapping) else None
    return WantedRules(step=step, name=name, number=number, rule=rule, position=position)
