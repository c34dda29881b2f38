"""Moving one template into another category by hand; kept as facts that later clusterings obey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.grouping.merging import move_templates
from knowledge_base.curation.said import bridge, former_reasons, reasons_of, restore_fitting, withdraw_between
from knowledge_base.errors import Conflict, InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import categories, facts, template_reading
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind, Why


def move(
    store: Store,
    project: str,
    template_id: str,
    into: str,
    *,
    actor: str,
    reason: str = "",
    basis: str | None = None,
) -> Done:
    """Move a template into another category; it is kept there, and apart from those that it left.

    Labels and solutions stay where they are. Raises NotFound, Conflict where the template was evicted, InputError where
    it is there already or is all that its category holds, StaleVersion where the two are not as ``basis`` says.
    """
    with act(store, project, actor) as this:
        target = this.category(into)
        template, source, rest = leaving(this, template_id, target)
        this.require(basis, [source, target])
        present = categories.living_templates_of(this.db, project, target)
        withdrawn = withdraw_between(this, FactKind.CANNOT_LINK, [template], present)
        parted = withdraw_between(this, FactKind.MUST_LINK, [template], rest)
        made = bridge(this, parted, rest, [template])
        made += _left_apart(this, template, rest)
        made += facts.add(
            this.db, project, FactKind.MUST_LINK, [(present[0], template)], actor=this.actor, now=this.now
        )
        pairs = [(template, each) for each in rest]
        made += facts.add(this.db, project, FactKind.CANNOT_LINK, pairs, actor=this.actor, now=this.now)
        reasons = reasons_of(this, [template])
        why = {"why": Why.PERSON, "actor": this.actor}
        move_templates(this.db, project, {template: target}, {template: why}, now=this.now)
        this.touched.add(source)
        entry = this.keep(
            "move",
            target,
            detail={
                "template": public_id(Prefix.TEMPLATE, template),
                "from": public_id(Prefix.CATEGORY, source),
                "reason": reason[:500],
            },
            undo={
                "source": source,
                "template": template,
                "facts": made,
                "withdrawn": [*withdrawn, *parted],
                "reasons": reasons,
            },
        )
        return this.done(entry, target)


def leaving(this: Act, template_id: str, target: int) -> tuple[int, int, list[int]]:
    """Give a template that may leave its category for another one, that category, and who stays behind.

    Raises NotFound, Conflict, InputError.
    """
    found = template_reading.get_template(this.db, this.project, template_id)
    template, source = number_of(Prefix.TEMPLATE, found.id), number_of(Prefix.CATEGORY, found.category_id)
    if found.evicted_at is not None:
        raise Conflict(f"{found.id} made room for newer templates; only its counts are left, so it cannot be moved")
    if source == target:
        raise InputError(f"{found.id} is in {found.category_id} already")
    inside = categories.living_templates_of(this.db, this.project, source)
    rest = [each for each in inside if each != template]
    if not rest:
        into = public_id(Prefix.CATEGORY, target)
        raise InputError(f"{found.id} is all that {found.category_id} holds; merge {found.category_id} into {into}")
    return template, source, rest


def _left_apart(this: Act, template: int, rest: Sequence[int]) -> list[int]:
    """Keep those that stay from what their category was kept from by a fact that names the one that leaves."""
    pairs = [
        (rest[0], fact.right if fact.left == template else fact.left)
        for fact in facts.about(this.db, this.project, [template])
        if fact.kind is FactKind.CANNOT_LINK
    ]
    return facts.add(this.db, this.project, FactKind.CANNOT_LINK, pairs, actor=this.actor, now=this.now)


def put_back(this: Act, category: int, undo: Mapping[str, Any]) -> int:
    """Take a move back; raises Conflict where the template was moved on, or nothing would be left behind."""
    template = undo["template"]
    target = categories.resolve(this.db, this.project, category)
    source = categories.resolve(this.db, this.project, undo["source"])
    present = categories.living_templates_of(this.db, this.project, target)
    rest = [each for each in present if each != template]
    if template not in present or not rest or source == target:
        raise Conflict("the template was moved on, or the categories were merged meanwhile; take that back first")
    facts.withdraw(this.db, this.project, undo["facts"], this.now)
    parted = withdraw_between(this, FactKind.MUST_LINK, [template], rest)
    bridge(this, parted, rest, [template])
    left = categories.living_templates_of(this.db, this.project, source)
    withdraw_between(this, FactKind.CANNOT_LINK, [template], left)
    why = {"why": Why.PERSON, "actor": this.actor}
    reasons = {template: why} | former_reasons(undo)
    move_templates(this.db, this.project, {template: source}, reasons, now=this.now)
    restore_fitting(this, undo["withdrawn"])
    if not undo["facts"]:
        # A rule moved it, for which no fact stood; without one the next window could move it there again.
        pairs = [(rest[0], template)]
        facts.add(this.db, this.project, FactKind.CANNOT_LINK, pairs, actor=this.actor, now=this.now)
    return source
