"""Masking rules of a project's users: read, tried, changed, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from knowledge_base.curation.masking import rule_changes
from knowledge_base.curation.masking.rule_changes import RulesChanged
from knowledge_base.curation.masking.rule_preview import sign_anew
from knowledge_base.signature.custom.user_rules import Action, Example, UserRule
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.rules.rule_sets import StoredRules
from web.api.bases import PATTERN, bound_edit
from web.api.models import Shape
from web.api.paging import Limit
from web.project import PartsOf, ProjectOf, WhoOf

PREVIEWED_TEMPLATES = 1_000
PREVIEWED_LINES = 5_000

router = APIRouter(prefix="/rules", tags=["rules"])

Force = Annotated[bool, Query(description="Keep a rule that masks nearly all of most samples.")]
RulesBasis = Annotated[
    str | None,
    Query(
        pattern=PATTERN,
        description="The `basis` of `POST /what-if`: 409 with `meanwhile` where somebody changed the rules since.",
    ),
]
RuleName = Annotated[str, Field(max_length=40, examples=["tenant"])]


class ExampleShape(Shape):
    """A line and the template that has to come of it."""

    text: str = Field(examples=["tenant acme is over its quota"])
    template: str = Field(examples=["tenant <user> is over its quota"])


class RuleShape(Shape):
    """What a pattern matches, or its first group, is masked as a placeholder or kept as it is."""

    name: RuleName
    pattern: Annotated[
        str, Field(description="RE2 syntax; a rule sees one line at a time.", examples=["tenant (\\w+)"])
    ]
    action: Action = Action.MASK
    kind: Annotated[str | None, Field(description="Placeholder of a mask; `str` unless given.", examples=["user"])] = (
        None
    )
    contains: Annotated[str, Field(description="Try it only on lines that contain this.")] = ""
    enabled: bool = Field(default=True, strict=True)
    examples: Annotated[
        list[ExampleShape], Field(max_length=100, description="Checked at every change.", default_factory=list)
    ]

    @property
    def rule(self) -> UserRule:
        """The rule that is meant."""
        return UserRule(
            name=self.name,
            pattern=self.pattern,
            action=self.action,
            kind=("str" if self.action is Action.MASK else "") if self.kind is None else self.kind,
            contains=self.contains,
            enabled=self.enabled,
            examples=tuple(Example(each.text, each.template) for each in self.examples),
        )


class ConflictOut(Shape):
    """Templates that have one signature now and whose categories stay apart."""

    keeps: str = Field(examples=["T-3"])
    template: str = Field(examples=["T-7"])
    reason: str


class RuleSetOut(Shape):
    """The rules as a change left them, and how far the stored templates follow."""

    number: int
    version: str = Field(description="Of signatures under these rules.")
    action: str
    subject: str
    actor: str
    at: datetime
    is_finished: bool = Field(description="Whether all templates have signatures of this version.")
    joined: int = Field(description="Categories that came together.")
    conflicts: list[ConflictOut]


class RulesOut(Shape):
    """The rules that hold, in their order; ``state`` is null where nobody ever changed them."""

    rules: list[RuleShape]
    state: RuleSetOut | None


class RulesChangedOut(Shape):
    """What a change led to; ``audit_id`` is what ``POST /rules/undo`` takes."""

    audit_id: int
    rules: list[RuleShape]
    state: RuleSetOut


class MoveIn(Shape):
    """Where a rule goes."""

    position: Annotated[int, Field(ge=1, lt=2**31, strict=True, description="1 is tried first.", examples=[1])]


class RulesUndoIn(Shape):
    """The change to take back."""

    audit_id: Annotated[int, Field(ge=1, lt=2**62, strict=True, examples=[7])]


class PreviewIn(Shape):
    """All rules as they would be; null stands for those that hold."""

    rules: Annotated[list[RuleShape] | None, Field(max_length=100)] = None


class ChangedOut(Shape):
    """A template whose lines would read otherwise."""

    template_id: str
    category_id: str
    before: str
    after: str
    example: str
    lines: int


class JoinedOut(Shape):
    """Templates that would have one signature; ``conflict`` tells why their categories would stay apart."""

    template_ids: list[str]
    category_ids: list[str]
    after: str
    conflict: str | None


class SplitOut(Shape):
    """A template whose lines would have several signatures; all that are known stay with it."""

    template_id: str
    category_id: str
    afters: list[str]


class PreviewOut(Shape):
    """What would change. Of each list the first 50 entries are shown; the numbers count all."""

    templates: int
    texts: int
    is_complete: bool = Field(description="Whether all samples and recent lines were looked at.")
    changed_templates: int
    changed_lines: int
    joins: int
    conflicts: int
    splits: int
    changed: list[ChangedOut]
    joined: list[JoinedOut]
    split: list[SplitOut]
    solutions: list[str]


@router.get("", summary="List the rules")
def list_rules(parts: PartsOf, project: ProjectOf) -> RulesOut:
    """List the rules in the order in which they are tried."""
    with parts.knowledge.store.read() as db:
        found = rule_sets.newest(db, project)
    if not found:
        return RulesOut(rules=[], state=None)
    return RulesOut(rules=_shapes(found[0]), state=RuleSetOut.model_validate(found[0]))


@router.get("/history", summary="List the changes of the rules")
def list_changes(parts: PartsOf, project: ProjectOf, limit: Limit = 50) -> list[RuleSetOut]:
    """List the changes, newest first."""
    with parts.knowledge.store.read() as db:
        return [RuleSetOut.model_validate(each) for each in rule_sets.newest(db, project, limit)]


@router.post("/preview", summary="Show what other rules would change")
def preview(parts: PartsOf, project: ProjectOf, wanted: PreviewIn) -> PreviewOut:
    """Compare the signatures of stored samples and recent lines; nothing is kept.

    The oldest 1,000 templates and 5,000 recent lines are looked at; `kea rules preview` looks at all.
    """
    store = parts.knowledge.store
    given = None if wanted.rules is None else [each.rule for each in wanted.rules]
    edit = (lambda present: present) if given is None else rule_changes.setting(given)
    before, behind = rule_changes.changed_rules(store, project, edit, force=True)
    found = sign_anew(store, project, before, behind, most_templates=PREVIEWED_TEMPLATES, most_recent=PREVIEWED_LINES)
    return PreviewOut.model_validate(found.preview)


@router.post("", summary="Add a rule")
def add_rule(
    parts: PartsOf,
    project: ProjectOf,
    who: WhoOf,
    rule: RuleShape,
    force: Force = False,
    basis: RulesBasis = None,
) -> RulesChangedOut:
    """Add a rule behind the others; 409 where its name is taken."""
    edit = bound_edit(parts, project, basis, rule_changes.adding(rule.rule))
    return _change(parts, project, who, edit, "add", rule.name, force=force)


@router.put("/{rule_name}", summary="Change a rule")
def change_rule(
    parts: PartsOf,
    project: ProjectOf,
    who: WhoOf,
    rule_name: str,
    rule: RuleShape,
    force: Force = False,
    basis: RulesBasis = None,
) -> RulesChangedOut:
    """Put another rule in its place; it may have another name."""
    edit = bound_edit(parts, project, basis, rule_changes.editing(rule_name, lambda _present: rule.rule))
    return _change(parts, project, who, edit, "edit", rule_name, force=force)


@router.delete("/{rule_name}", summary="Remove a rule")
def remove_rule(
    parts: PartsOf, project: ProjectOf, who: WhoOf, rule_name: str, basis: RulesBasis = None
) -> RulesChangedOut:
    """Remove a rule."""
    edit = bound_edit(parts, project, basis, rule_changes.removing(rule_name))
    return _change(parts, project, who, edit, "remove", rule_name)


@router.post("/{rule_name}/move", summary="Move a rule")
def move_rule(
    parts: PartsOf, project: ProjectOf, who: WhoOf, rule_name: str, to: MoveIn, basis: RulesBasis = None
) -> RulesChangedOut:
    """Try a rule earlier or later."""
    edit = bound_edit(parts, project, basis, rule_changes.moving(rule_name, to.position))
    return _change(parts, project, who, edit, "move", rule_name)


@router.post("/undo", summary="Take a change of the rules back")
def undo_change(parts: PartsOf, project: ProjectOf, who: WhoOf, undo: RulesUndoIn) -> RulesChangedOut:
    """Put the rules back that held before; 409 where they were changed again."""
    return _shown(rule_changes.undo_rules(parts.knowledge.store, project, undo.audit_id, actor=who.name))


def _change(
    parts: PartsOf,
    project: str,
    who: WhoOf,
    edit: rule_changes.Edit,
    action: str,
    subject: str,
    *,
    force: bool = False,
) -> RulesChangedOut:
    store = parts.knowledge.store
    done = rule_changes.change_rules(store, project, edit, action=action, subject=subject, actor=who.name, force=force)
    parts.background.clusterer.notify()
    return _shown(done)


def _shown(done: RulesChanged) -> RulesChangedOut:
    state = RuleSetOut.model_validate(done.stored)
    return RulesChangedOut(audit_id=done.audit_id, rules=_shapes(done.stored), state=state)


def _shapes(stored: StoredRules) -> list[RuleShape]:
    return [RuleShape.model_validate(rule) for rule in stored.rules.rules]
