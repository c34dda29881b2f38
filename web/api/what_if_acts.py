"""Reads which act a program means, and what it is based on."""

from __future__ import annotations

from sqlalchemy import Connection

from assistant.what_if import Act, Adopt, Apart, Dismiss, Label, Merge, Move, Rules, Split
from knowledge_base.curation.foreseeing.foreseeing import looking
from knowledge_base.curation.grouping.proposals import kept_by, require_open
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories, proposals, template_reading
from knowledge_base.store.grouping.proposal_values import ProposalKind
from web.api.bases import write_basis, write_rules_basis
from web.api.what_if_shapes import WhatIfIn
from web.parts import Parts


def foreseen(parts: Parts, db: Connection, project: str, wanted: WhatIfIn) -> tuple[Act, str]:
    """Give the act, and the state of what it is about.

    Raises InputError naming what is missing, NotFound, Conflict where a proposal is not open.
    """
    projects.require_project(db, project)
    now = parts.clock()
    if wanted.act == "rules":
        if wanted.rules is None:
            raise InputError("rules: give all rules as they would be")
        return Rules([each.rule for each in wanted.rules]), write_rules_basis(db, project, now)
    if wanted.act in ("accept", "dismiss"):
        found = proposals.get(db, project, wanted.given("proposal_id"))
        require_open(found)
        basis = write_basis(db, project, {found.left, found.right}, now)
        return (Dismiss(found.public_id) if wanted.act == "dismiss" else _accepted(parts, db, project, wanted)), basis
    target = wanted.given("category_id")
    act = _act(wanted, target)
    concerned = [target, *wanted.others]
    if wanted.act == "move":
        concerned = [target, template_reading.get_template(db, project, wanted.given("template_id")).category_id]
    numbers = [categories.resolve_public(db, project, each) for each in concerned]
    return act, write_basis(db, project, numbers, now)


def _act(wanted: WhatIfIn, target: str) -> Act:
    if wanted.act == "merge":
        return Merge(target, wanted.others)
    if wanted.act == "split":
        return Split(target, wanted.template_ids)
    if wanted.act == "move":
        return Move(wanted.given("template_id"), target)
    if wanted.act == "label":
        return Label((target, *wanted.others), wanted.given("label"))
    if len(wanted.others) != 1:
        raise InputError("apart needs one category in others")
    return Apart(target, wanted.others[0])


def _accepted(parts: Parts, db: Connection, project: str, wanted: WhatIfIn) -> Act:
    """Give the act that accepting a proposal is."""
    found = proposals.get(db, project, wanted.given("proposal_id"))
    left, right = public_id(Prefix.CATEGORY, found.left), public_id(Prefix.CATEGORY, found.right)
    if found.kind is ProposalKind.SPLIT:
        return Split(left, [public_id(Prefix.TEMPLATE, each.template) for each in found.grounds.going])
    if found.kind is ProposalKind.LABEL:
        return Adopt(left, right)
    kept = kept_by(looking(parts.knowledge.store, db, project), found)
    if wanted.category_id is not None:
        kept = categories.resolve_public(db, project, wanted.category_id)
        if kept not in (found.left, found.right):
            raise InputError(f"{wanted.category_id} is not one of the categories that {found.public_id} is about")
    return Merge(left, [right]) if kept == number_of(Prefix.CATEGORY, left) else Merge(right, [left])
