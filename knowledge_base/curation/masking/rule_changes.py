"""Changing the rules of a project.

Each change is a version of its own: checked, tried on samples, and kept with who made it, so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge_base.curation.acts import Act, act
from knowledge_base.curation.masking.resigning import ensure_current
from knowledge_base.curation.masking.rule_trial import try_rules
from knowledge_base.errors import Conflict, InputError, NotFound, StaleVersion
from knowledge_base.signature.custom.rule_checks import check_rules
from knowledge_base.signature.custom.user_rules import RuleSet, UserRule
from knowledge_base.signing import MOST_UNDER_WAY
from knowledge_base.store import audit, projects
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.rules.rule_sets import StoredRules
from knowledge_base.store.store import Store

Edit = Callable[[RuleSet], RuleSet]
UNDONE = "undo_rules"
ACTIONS = {"add": "add_rule", "edit": "edit_rule", "remove": "remove_rule", "move": "move_rule", "import": "set_rules"}


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """What a change led to; ``audit_id`` is what :func:`undo_rules` takes."""

    audit_id: int
    stored: StoredRules


def adding(rule: UserRule, *, position: int | None = None) -> Edit:
    """Put a rule behind the others, or at a position counted from 1.

    The edit raises Conflict where the name is taken, InputError where there is no such position.
    """

    def edit(rules: RuleSet) -> RuleSet:
        if rules.place_of(rule.name) is not None:
            raise Conflict(f"there is a rule {rule.name!r} already; edit that one or take another name")
        return _inserted(rules.rules, rule, len(rules.rules) + 1 if position is None else position)

    return edit


def editing(name: str, changed: Callable[[UserRule], UserRule]) -> Edit:
    """Change a rule in its place. The edit raises NotFound where there is none of the name."""

    def edit(rules: RuleSet) -> RuleSet:
        place = _place(rules, name)
        return RuleSet((*rules.rules[:place], changed(rules.rules[place]), *rules.rules[place + 1 :]))

    return edit


def removing(name: str) -> Edit:
    """Take a rule away. The edit raises NotFound where there is none of the name."""

    def edit(rules: RuleSet) -> RuleSet:
        place = _place(rules, name)
        return RuleSet((*rules.rules[:place], *rules.rules[place + 1 :]))

    return edit


def moving(name: str, position: int) -> Edit:
    """Put a rule at a position counted from 1. The edit raises NotFound where there is none of the name."""

    def edit(rules: RuleSet) -> RuleSet:
        place = _place(rules, name)
        return _inserted((*rules.rules[:place], *rules.rules[place + 1 :]), rules.rules[place], position)

    return edit


def setting(rules: Sequence[UserRule]) -> Edit:
    """Put these rules in place of all that are there."""
    return lambda _present: RuleSet(tuple(rules))


def changed_rules(store: Store, project: str, edit: Edit, *, force: bool = False) -> tuple[RuleSet, RuleSet]:
    """Give the rules before and behind an edit, checked and tried on the project's samples; nothing is kept.

    Raises NotFound, InputError, Conflict; ``force`` lets rules pass that leave nearly nothing of most samples.
    """
    with store.read() as db:
        projects.require_project(db, project)
        before = rule_sets.present(db, project)
    behind = edit(before)
    check_rules(behind)
    if not force:
        try_rules(store, project, before, behind)
    return before, behind


def change_rules(
    store: Store,
    project: str,
    edit: Edit,
    *,
    action: str,
    subject: str,
    actor: str,
    force: bool = False,
    reason: str = "",
) -> RulesChanged:
    """Keep an edit of the rules as a change of its own; ``action`` is one of add, edit, remove, move and import.

    Raises NotFound, InputError, Conflict, and StaleVersion where somebody changed them meanwhile.
    """
    before, behind = changed_rules(store, project, edit, force=force)
    if before == behind:
        raise InputError("that changes nothing; the rules are as they were")
    with act(store, project, actor) as this:
        return keep_rules(this, before, behind, action=ACTIONS[action], subject=subject, reason=reason)


def undo_rules(store: Store, project: str, audit_id: int, *, actor: str) -> RulesChanged:
    """Put the rules back that held before a change, by the number of its audit entry.

    Raises NotFound, and Conflict where it was taken back before or the rules were changed again meanwhile.
    """
    with store.read() as db:
        projects.require_project(db, project)
        entry = audit.get(db, project, audit_id)
        if entry.undone_at is not None:
            raise Conflict("this was taken back before")
        if entry.undo is None or entry.action not in ACTIONS.values():
            raise Conflict("this act is no change of rules; take it back on its category's page")
        made = rule_sets.numbered(db, project, entry.undo["number"])
        former = rule_sets.numbered(db, project, entry.undo["before"])
        present = rule_sets.present(db, project)
    if made is None or former is None or present != made.rules:
        raise Conflict("the rules were changed again meanwhile; take that back first")
    with act(store, project, actor) as this:
        return keep_rules(this, present, former.rules, action=UNDONE, subject=entry.action, undone=audit_id)


def keep_rules(
    this: Act,
    before: RuleSet,
    behind: RuleSet,
    *,
    action: str,
    subject: str,
    undone: int | None = None,
    reason: str = "",
) -> RulesChanged:
    """Keep checked rules within an act; ``undone`` is the audit entry of a change that this takes back.

    Raises StaleVersion where ``before`` does not hold any more, Conflict where too many changes are under way.
    """
    db, project = this.db, this.project
    ensure_current(db, project, this.now)
    last = rule_sets.newest(db, project)[0]
    if last.rules != before:
        raise StaleVersion("somebody changed the rules meanwhile; look at them and try again")
    marks = rule_sets.marks(db, project, MOST_UNDER_WAY)
    if len(marks) == MOST_UNDER_WAY and not any(is_finished for _, _, is_finished in marks):
        raise Conflict(
            "the templates do not follow the last changes yet; wait, or run `kea rules migrate`, and try again"
        )
    # Where no signature changes, how far the templates follow stays true.
    same = behind.version == last.version
    number = rule_sets.add(
        db,
        project,
        behind,
        version=behind.version,
        action=action,
        subject=subject,
        actor=this.actor,
        now=this.now,
        cursor=last.cursor if same else 0,
        finished_at=last.finished_at if same else None,
    )
    detail = {"rule": subject, "number": number, "version": behind.version, "reason": reason[:500]}
    projects.publish(db, project, [("rules_changed", {"actor": this.actor, **detail})], this.now)
    if undone is not None:
        audit.mark_undone(db, project, undone, this.now)
    entry = audit.write(
        db,
        project,
        actor=this.actor,
        action=action,
        category=None,
        detail=detail,
        undo=None if undone is not None else {"number": number, "before": last.number},
        now=this.now,
    )
    return RulesChanged(entry, rule_sets.newest(db, project)[0])


def _place(rules: RuleSet, name: str) -> int:
    place = rules.place_of(name)
    if place is None:
        raise NotFound(f"there is no rule {name[:40]!r}; `kea rules list` names those that there are")
    return place


def _inserted(others: Sequence[UserRule], rule: UserRule, position: int) -> RuleSet:
    if not 1 <= position <= len(others) + 1:
        raise InputError(f"there is no position {position}; the first is 1, the last {len(others) + 1}")
    return RuleSet((*others[: position - 1], rule, *others[position - 1 :]))
