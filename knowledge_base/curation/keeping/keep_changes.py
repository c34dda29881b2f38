"""Changing the rules that keep templates: tried first, then done at once, and kept as an act that can be taken back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.basis import basis_of
from knowledge_base.curation.keeping.keep_checks import check_together, checked
from knowledge_base.curation.keeping.keep_edits import Edited, KeepChange, document_of, edited
from knowledge_base.curation.keeping.keep_matching import Matches, find, holds, match
from knowledge_base.curation.keeping.keep_moves import KeptMoves, apply, decide
from knowledge_base.errors import InputError, StaleVersion
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.rules.keep_scan import scanned
from knowledge_base.store.store import Store

MOST_MOVED = 1_000
"""Templates that a change moves at most: all of them go in one transaction, and come back in one."""

ACTIONS = {
    "add": "add_keep_rule",
    "edit": "edit_keep_rule",
    "switch": "switch_keep_rule",
    "remove": "remove_keep_rule",
    "move": "move_keep_rule",
}

_NOBODY = "what-if"
_STALE = "somebody changed the rules or these categories meanwhile; look at what would change now"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPlan:
    """What a change would do: the rules before, those behind it, and what moves.

    ``basis`` sums up what it rests on. ``earlier`` counts the templates that the rule would hold if another one did not
    come first, ``shared`` those that it leaves alone because other services have lines of them too.
    """

    before: tuple[KeepRule, ...]
    edited: Edited
    moves: KeptMoves
    basis: str
    earlier: int
    shared: int


def plan_keep(store: Store, project: str, change: KeepChange) -> KeepPlan:
    """Work out what a change of the rules would do; nothing is written.

    Raises what :func:`change_keep` raises, but for StaleVersion.
    """
    with store.read() as db:
        projects.require_project(db, project)
        before = keep_rules.read(db, project)
        found = _checked(Act(db, project, _NOBODY, store.clock()), before, change)
    matches = find(store, project, found.rules, found.concerned)
    with store.read() as db:
        moves = _decided(db, project, found, matches)
        basis = _basis(db, project, before, change, found, moves)
    about = found.about
    counts = change.step != "remove" and about.enabled
    earlier = (
        sum(each.rule.asks != about.asks and holds(about, each.template) for each in matches.held) if counts else 0
    )
    return KeepPlan(before=before, edited=found, moves=moves, basis=basis, earlier=earlier, shared=matches.shared)


def change_keep(
    store: Store, project: str, change: KeepChange, *, actor: str, reason: str = "", basis: str | None = None
) -> Done:
    """Change the rules, and move what they hold now, as one act.

    Raises NotFound, InputError for what cannot be used, Conflict where a category was evicted or would be left empty
    though another rule keeps it, StaleVersion where things are not as ``basis`` says (see :class:`KeepPlan`).
    """
    planned = plan_keep(store, project, change)
    if basis is not None and planned.basis != basis:
        raise StaleVersion(_STALE)
    with act(store, project, actor) as this:
        before = keep_rules.read(this.db, project)
        found = _checked(this, before, change)
        templates = scanned(this.db, project, sorted(planned.moves.moves))
        now_held = match(this.db, project, found.rules, templates)
        if (
            _basis(this.db, project, before, change, found, _decided(this.db, project, found, now_held))
            != planned.basis
        ):
            raise StaleVersion(_STALE)
        return _keep(this, change, found, now_held, reason)


def digest_of(rules: Sequence[KeepRule]) -> str:
    """Sum up rules and their order, so that a change is taken back only where they are as it left them."""
    told = [[rule.id, *rule.asks] for rule in rules]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def _checked(this: Act, before: Sequence[KeepRule], change: KeepChange) -> Edited:
    if change.rule is not None:
        rule = checked(this, change.rule)
        home = categories.resolve(this.db, this.project, rule.category)
        change = replace(change, rule=replace(rule, category=home))
    found = edited(before, change)
    check_together(found.rules)
    return found


def _decided(db: Connection, project: str, found: Edited, matches: Matches) -> KeptMoves:
    moves = decide(db, project, found.rules, matches)
    if len(moves.moves) > MOST_MOVED:
        raise InputError(
            f"the rule would move {len(moves.moves):,} templates, {MOST_MOVED:,} are allowed at once;"
            " make it narrower, or merge some of their categories first"
        )
    return moves


def _basis(
    db: Connection, project: str, before: Sequence[KeepRule], change: KeepChange, found: Edited, moves: KeptMoves
) -> str:
    """Sum up what a change rests on. What is new to the clusterer makes no difference: it would join anyway."""
    settled = {number: pair for number, pair in moves.moves.items() if number not in moves.new}
    concerned = {found.about.category, *(number for pair in settled.values() for number in pair)}
    told = [digest_of(before), document_of(change), sorted(settled.items()), basis_of(db, project, concerned)]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def _keep(this: Act, change: KeepChange, found: Edited, matches: Matches, reason: str) -> Done:
    """Write rules and moves, and keep the act."""
    db, project = this.db, this.project
    stored = keep_rules.as_made(db, project, found.rules)
    former = keep_rules.as_made(db, project, keep_rules.read(db, project))
    number = change.number or take_numbers(db, "keep_rule")[0]
    said = replace(found.about, id=number, actor=this.actor, at=this.now, reason=reason[:500])
    touched = change.step in ("add", "edit", "switch")
    behind = [
        replace(said, category=each.category) if touched and each.id == found.about.id else each for each in stored
    ]
    keep_rules.write(db, project, behind, now=this.now)
    moves = _decided(db, project, found, matches)
    named = {each: public_id(Prefix.RULE, number) if rule == "R-0" else rule for each, rule in moves.rules.items()}
    done = apply(db, project, replace(moves, rules=named), now=this.now)
    this.touched |= moves.concerned
    entry = this.keep(
        ACTIONS[change.step],
        found.about.category,
        detail={
            "rule": public_id(Prefix.RULE, number),
            "templates": len(moves.moves),
            "enabled": said.enabled,
            "reason": reason[:500],
        },
        undo={
            "rules": keep_rules.documents(former),
            "behind": digest_of(keep_rules.as_made(db, project, keep_rules.read(db, project))),
            "merges": done.merges,
            "moved": done.moved,
        },
    )
    return this.done(entry, found.about.category)
