"""Merging and splitting by people; what they said is kept as facts that later clusterings obey."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.merging import merge_categories, move_templates
from knowledge_base.curation.said import inherit_apart, withdraw_between
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store import categories, facts
from knowledge_base.store.projects import take_numbers
from knowledge_base.store.store import Store
from knowledge_base.store.tables import CategoryRow
from knowledge_base.store.text import clip
from knowledge_base.types import FactKind, Why


def merge(store: Store, project: str, into: str, others: Sequence[str], *, actor: str, reason: str = "") -> Done:
    """Put categories into one; their ids stay as its aliases.

    The target keeps its label and solution and takes those of the first other where it has none.
    Raises NotFound, InputError where nothing is left to merge.
    """
    with act(store, project, actor) as this:
        target = this.category(into)
        sources = [number for number in dict.fromkeys(map(this.category, others)) if number != target]
        if not sources:
            raise InputError("name at least one other category to merge")
        anchor = categories.templates_of(this.db, project, target)[0]
        moved = [template for each in sources for template in categories.templates_of(this.db, project, each)]
        together = {*moved, *categories.templates_of(this.db, project, target)}
        withdrawn = withdraw_between(this, FactKind.CANNOT_LINK, together, together)
        made = facts.add(
            this.db, project, FactKind.MUST_LINK, [(anchor, each) for each in moved], actor=this.actor, now=this.now
        )
        why = {"why": Why.PERSON, "actor": this.actor}
        undos = merge_categories(this.db, project, target, sources, dict.fromkeys(moved, why), now=this.now)
        entry = this.keep(
            "merge",
            target,
            detail={"merged": [public_id(Prefix.CATEGORY, each) for each in sources], "reason": reason[:500]},
            undo={"merges": undos, "facts": made, "withdrawn": withdrawn, "anchor": anchor},
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
) -> Done:
    """Move templates of a category into a new one; the old one keeps its id, label and solution.

    Raises NotFound for a template that is not in the category, InputError where one side is empty.
    """
    with act(store, project, actor) as this:
        source = this.category(category_id)
        inside = categories.templates_of(this.db, project, source)
        chosen = list(dict.fromkeys(number_of(Prefix.TEMPLATE, each) for each in template_ids))
        strangers = [each for each in chosen if each not in set(inside)]
        if strangers:
            raise InputError(f"{public_id(Prefix.TEMPLATE, strangers[0])} is not in this category; reload the page")
        rest = [each for each in inside if each not in set(chosen)]
        if not chosen or not rest:
            raise InputError("choose at least one template to move and leave at least one behind")
        target = _new_category(this, label)
        withdrawn = withdraw_between(this, FactKind.MUST_LINK, chosen, rest)
        anchor = chosen[0]
        made = facts.add(
            this.db,
            project,
            FactKind.MUST_LINK,
            [(anchor, each) for each in chosen[1:]],
            actor=this.actor,
            now=this.now,
        )
        made += inherit_apart(this, chosen, rest)
        made += facts.add(
            this.db, project, FactKind.CANNOT_LINK, [(anchor, each) for each in rest], actor=this.actor, now=this.now
        )
        why = {"why": Why.PERSON, "actor": this.actor}
        move_templates(this.db, project, dict.fromkeys(chosen, target), dict.fromkeys(chosen, why), now=this.now)
        entry = this.keep(
            "split",
            target,
            detail={
                "from": public_id(Prefix.CATEGORY, source),
                "templates": [public_id(Prefix.TEMPLATE, each) for each in chosen],
            },
            undo={"source": source, "templates": chosen, "facts": made, "withdrawn": withdrawn},
        )
        return this.done(entry, target)


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
