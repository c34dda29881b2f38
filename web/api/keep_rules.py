"""Rules that keep templates in a category: read, tried, changed. ``POST /undo`` takes a change back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from assistant.what_if import Keep, what_if
from knowledge_base.curation.keeping.keep_changes import change_keep, plan_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import projects
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from web.api.models import Shape
from web.api.what_if_shapes import ChangedAnswersOut, MovedLinesOut
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(prefix="/keep-rules", tags=["rules"])

CategoryId = Annotated[str, Field(max_length=40, description="It keeps what matches.", examples=["KE-12"])]
RuleId = Annotated[str, Field(max_length=40, examples=["R-3"])]
Position = Annotated[int, Field(ge=0, lt=2**31, strict=True, description="1 is tried first; 0 is behind all.")]
Basis = Annotated[
    str | None,
    Field(
        pattern=r"^[0-9a-f]{32}$",
        description="The `basis` of `POST /keep-rules/preview`: 409 where somebody changed the same since.",
        examples=["9c1f3a5be2d04c6f8a7b6c5d4e3f2a10"],
    ),
]
Reason = Annotated[str, Field(max_length=500, examples=["one cause, whatever the text"])]


class ConditionsIn(Shape):
    """What all given conditions hold for is meant; at least one is needed."""

    code: Annotated[str, Field(max_length=200, description="An error code.", examples=["ORA-01555"])] = ""
    template_id: Annotated[str | None, Field(max_length=40, description="One template.")] = None
    pattern: Annotated[str, Field(max_length=500, description="Searched in the template's text; RE2 syntax.")] = ""
    service: Annotated[str, Field(max_length=200, description="All its lines came from it.")] = ""
    enabled: bool = Field(default=True, strict=True)

    def rule_for(self, category_id: str) -> KeepRule:
        """Give the rule that is meant. Raises NotFound for what is no id."""
        return KeepRule(
            code=self.code,
            template=number_of(Prefix.TEMPLATE, self.template_id) if self.template_id else 0,
            pattern=self.pattern,
            service=self.service,
            category=number_of(Prefix.CATEGORY, category_id),
            enabled=self.enabled,
        )


class KeepRuleOut(Shape):
    """A rule, with the category that it keeps now, whatever its own was merged into."""

    id: RuleId
    code: str
    template_id: str | None
    pattern: str
    service: str
    category_id: str = Field(examples=["KE-12"])
    enabled: bool
    actor: str = Field(description="Who changed it last.")
    at: datetime
    reason: str


class KeepRulesOut(Shape):
    """The rules in the order in which they are tried: the first that holds decides."""

    rules: list[KeepRuleOut]


class KeepChangedOut(Shape):
    """What a change led to; ``audit_id`` is what ``POST /undo`` takes."""

    audit_id: int
    rules: list[KeepRuleOut]


class EditKeepIn(ConditionsIn):
    """What a rule becomes: what it asks for, and the category that it belongs to."""

    category_id: CategoryId
    reason: Reason = ""
    basis: Basis = None


class AddKeepIn(EditKeepIn):
    """A rule that is added."""

    position: Position = 0


class MoveKeepIn(Shape):
    """Where a rule goes."""

    position: Annotated[int, Field(ge=1, lt=2**31, strict=True, description="1 is tried first.", examples=[1])]
    reason: Reason = ""
    basis: Basis = None


class TryKeepIn(ConditionsIn):
    """A change to try: conditions and category of add and edit, rule_id of all but add, position of add and move."""

    step: Literal["add", "edit", "remove", "move"] = "add"
    category_id: CategoryId | None = None
    rule_id: RuleId | None = None
    position: Position = 0

    def change(self) -> KeepChange:
        """Give the change that is meant. Raises InputError naming what is missing, NotFound for what is no id."""
        number, rule = 0, None
        if self.step != "add":
            if self.rule_id is None:
                raise InputError(f"{self.step} needs rule_id")
            number = number_of(Prefix.RULE, self.rule_id)
        if self.step in ("add", "edit"):
            if self.category_id is None:
                raise InputError(f"{self.step} needs category_id")
            rule = self.rule_for(self.category_id)
        return KeepChange(step=self.step, rule=rule, number=number, position=self.position)


class KeepPlanOut(Shape):
    """What a change would do. Of each list the first 10 are shown; the numbers count all that was looked at."""

    basis: str = Field(description="Give it to the change: it is refused where somebody changed the same meanwhile.")
    lines: MovedLinesOut
    answers: ChangedAnswersOut
    seconds: float
    is_complete: bool = Field(description="Whether all recent questions were looked at.")
    by_hand: int = Field(description="Templates that match and stay where people put them.")
    earlier: int = Field(description="Templates that match and are held by a rule that comes first.")
    shared: int = Field(description="Templates left out because other services have lines of them too.")


@router.get("", summary="List the rules that keep categories")
def list_keep_rules(parts: PartsOf, project: ProjectOf) -> KeepRulesOut:
    """List the rules in the order in which they are tried."""
    return KeepRulesOut(rules=_rules(parts, project))


@router.post("/preview", summary="Show what a change of the rules would move")
def try_keep_rule(parts: PartsOf, project: ProjectOf, wanted: TryKeepIn) -> KeepPlanOut:
    """Replay stored lines and recent questions under a change; nothing is kept.

    Refused with what the change itself would be refused with.
    """
    plan = plan_keep(parts.knowledge.store, project, wanted.change())
    found = what_if(parts.knowledge, project, Keep(plan))
    return KeepPlanOut(
        basis=plan.basis,
        lines=MovedLinesOut.model_validate(found.lines),
        answers=ChangedAnswersOut.model_validate(found.answers),
        seconds=found.seconds,
        is_complete=found.is_complete,
        by_hand=plan.moves.by_hand,
        earlier=plan.earlier,
        shared=plan.shared,
    )


@router.post("", summary="Keep templates in a category by a rule")
def add_keep_rule(parts: PartsOf, project: ProjectOf, who: WhoOf, wanted: AddKeepIn) -> KeepChangedOut:
    """Add a rule; what it holds moves at once, and what comes later joins when it is clustered."""
    change = KeepChange(step="add", rule=wanted.rule_for(wanted.category_id), position=wanted.position)
    return _change(parts, project, who, change, wanted.reason, wanted.basis)


@router.put("/{rule_id}", summary="Change a rule that keeps a category")
def change_keep_rule(
    parts: PartsOf, project: ProjectOf, who: WhoOf, rule_id: str, wanted: EditKeepIn
) -> KeepChangedOut:
    """Put another rule in its place; ``enabled`` turns it on and off."""
    change = KeepChange(step="edit", rule=wanted.rule_for(wanted.category_id), number=number_of(Prefix.RULE, rule_id))
    return _change(parts, project, who, change, wanted.reason, wanted.basis)


@router.delete("/{rule_id}", summary="Remove a rule that keeps a category")
def remove_keep_rule(parts: PartsOf, project: ProjectOf, who: WhoOf, rule_id: str) -> KeepChangedOut:
    """Remove a rule. What it held stays where it is, unless another rule holds it."""
    change = KeepChange(step="remove", number=number_of(Prefix.RULE, rule_id))
    return _change(parts, project, who, change, "", None)


@router.post("/{rule_id}/move", summary="Move a rule that keeps a category")
def move_keep_rule(parts: PartsOf, project: ProjectOf, who: WhoOf, rule_id: str, to: MoveKeepIn) -> KeepChangedOut:
    """Try a rule earlier or later."""
    change = KeepChange(step="move", number=number_of(Prefix.RULE, rule_id), position=to.position)
    return _change(parts, project, who, change, to.reason, to.basis)


def _change(
    parts: PartsOf, project: str, who: WhoOf, change: KeepChange, reason: str, basis: str | None
) -> KeepChangedOut:
    done = change_keep(parts.knowledge.store, project, change, actor=who.name, reason=reason, basis=basis)
    parts.background.clusterer.notify()
    return KeepChangedOut(audit_id=done.audit_id, rules=_rules(parts, project))


def _rules(parts: PartsOf, project: str) -> list[KeepRuleOut]:
    with parts.knowledge.store.read() as db:
        projects.require_project(db, project)
        return [_shown(rule) for rule in keep_rules.read(db, project)]


def _shown(rule: KeepRule) -> KeepRuleOut:
    assert rule.at is not None  # noqa: S101 - what is stored always has a time
    return KeepRuleOut(
        id=rule.public,
        code=rule.code,
        template_id=public_id(Prefix.TEMPLATE, rule.template) if rule.template else None,
        pattern=rule.pattern,
        service=rule.service,
        category_id=public_id(Prefix.CATEGORY, rule.category),
        enabled=rule.enabled,
        actor=rule.actor,
        at=rule.at,
        reason=rule.reason,
    )
