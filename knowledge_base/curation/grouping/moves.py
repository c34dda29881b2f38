"""Merging and splitting by people; what they said is kept as facts that later clusterings obey."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import insert

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.grouping.merging import merge_categories, move_templates
from knowledge_base.curation.said import bridge, inherit_apart, reasons_of, withdraw_between
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import categories, facts
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow
from knowledge_base.store.text import clip
from knowledge_base.types import FactKind, Why


def merge(
    store: Store,
    project: str,
    into: str,
    others: Sequence[str],
    *,
    actor: str,
    reason: str = "",
    basis: str | None = None,
) -> Done:
    """Put categories into one; their ids stay as its aliases.

    The target keeps its label and solution and takes those of the first other where it has none.
    Raises NotFound, InputError where nothing is left to merge, StaleVersion where they are not as ``basis`` says.
    """
    with act(store, project, actor) as this:
        target, sources = coming_together(this, into, others)
        this.require(basis, [target, *sources])
        return merge_within(this, target, sources, reason=reason)


def coming_together(this: Act, into: str, others: Sequence[str]) -> tuple[int, list[int]]:
    """Give the numbers of a category and of those that shall come to it; raises NotFound, Conflict, InputError."""
    target = this.category(into)
    sources = [number for number in dict.fromkeys(map(this.category, others)) if number != target]
    if not sources:
        raise InputError("name at least one other category to merge")
    return target, sources


def merge_within(this: Act, target: int, sources: Sequence[int], *, reason: str = "") -> Done:
    """Do the same within a running act, by the numbers of categories that differ."""
    db, project = this.db, this.project
    present = categories.living_templates_of(db, project, target)
    anchor = present[0]
    moved = [template for each in sources for template in categories.templates_of(db, project, each)]
    living = [template for each in sources for template in categories.living_templates_of(db, project, each)]
    together = {*living, *present}
    withdrawn = withdraw_between(this, FactKind.CANNOT_LINK, together, together)
    pairs = [(anchor, each) for each in living]
    made = facts.add(db, project, FactKind.MUST_LINK, pairs, actor=this.actor, now=this.now)
    reasons = reasons_of(this, moved)
    why = {"why": Why.PERSON, "actor": this.actor}
    undos = merge_categories(db, project, target, sources, dict.fromkeys(moved, why), now=this.now)
    entry = this.keep(
        "merge",
        target,
        detail={"merged": [public_id(Prefix.CATEGORY, each) for each in sources], "reason": reason[:500]},
        undo={"merges": undos, "facts": made, "withdrawn": withdrawn, "anchor": anchor, "reasons": reasons},
    )
    return this.done(entry, target)


def split(
    store: Store,
    project: str,
    category_id: str,
    template_ids: Sequence[str],
    *,
    actor: str,
    label: str | None = None,
    reason: str = "",
    basis: str | None = None,
) -> Done:
    """Move templates of a category into a new one; the old one keeps its id, label and solution.

    Raises NotFound for a template that is not in the category, InputError where one side is empty, StaleVersion where
    the category is not as ``basis`` says.
    """
    with act(store, project, actor) as this:
        source = this.category(category_id)
        this.require(basis, [source])
        chosen = [number_of(Prefix.TEMPLATE, each) for each in template_ids]
        return split_within(this, source, chosen, label=label, reason=reason)


def split_within(
    this: Act, source: int, templates: Sequence[int], *, label: str | None = None, reason: str = ""
) -> Done:
    """Do the same within a running act, by numbers."""
    db, project = this.db, this.project
    chosen, rest = parting(this, source, templates)
    target = _new_category(this, label)
    withdrawn = withdraw_between(this, FactKind.MUST_LINK, chosen, rest)
    anchor = chosen[0]
    pairs = [(anchor, each) for each in chosen[1:]]
    made = facts.add(db, project, FactKind.MUST_LINK, pairs, actor=this.actor, now=this.now)
    made += bridge(this, withdrawn, rest, chosen)
    made += inherit_apart(this, chosen, rest)
    apart = [(anchor, each) for each in rest]
    made += facts.add(db, project, FactKind.CANNOT_LINK, apart, actor=this.actor, now=this.now)
    reasons = reasons_of(this, chosen)
    why = {"why": Why.PERSON, "actor": this.actor}
    move_templates(db, project, dict.fromkeys(chosen, target), dict.fromkeys(chosen, why), now=this.now)
    entry = this.keep(
        "split",
        target,
        detail={
            "from": public_id(Prefix.CATEGORY, source),
            "templates": [public_id(Prefix.TEMPLATE, each) for each in chosen],
            "reason": reason[:500],
        },
        undo={"source": source, "templates": chosen, "facts": made, "withdrawn": withdrawn, "reasons": reasons},
    )
    return this.done(entry, target)


def parting(this: Act, source: int, templates: Sequence[int]) -> tuple[list[int], list[int]]:
    """Give those that shall leave a category and those that stay; raises InputError where either is empty."""
    inside = categories.living_templates_of(this.db, this.project, source)
    chosen = dict.fromkeys(templates)
    require_parting(chosen, frozenset(inside).intersection(chosen), len(inside))
    return list(chosen), [each for each in inside if each not in chosen]


def require_parting(chosen: Mapping[int, None], inside: Collection[int], total: int) -> None:
    """Go on only where those ``chosen`` are all ``inside`` a category of so many templates, and some stay.

    Raises InputError.
    """
    strangers = [each for each in chosen if each not in inside]
    if strangers:
        raise InputError(f"{public_id(Prefix.TEMPLATE, strangers[0])} is not in this category; reload the page")
    if not chosen or len(chosen) == total:
        raise InputError("choose at least one template to move and leave at least one behind")


def _new_category(this: Act, label: str | None) -> int:
    number = take_numbers(this.db, "category")[0]
    values = {
        "project": this.project,
        "id": number,
        "label": clip(" ".join((label or "").split()), 200) or None,
        "state": "active",
        "keywords": [],
        "ignored": False,
        "created_at": this.now,
    }
    this.db.execute(insert(CategoryRow), [values])
    return number
