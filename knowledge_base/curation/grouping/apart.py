"""Keeping two categories apart by hand, for good: no clustering puts them together, and nobody is asked again."""

from __future__ import annotations

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.grouping.proposals import all_pairs
from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import categories, facts
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind


def keep_apart(
    store: Store,
    project: str,
    category_id: str,
    other: str,
    *,
    actor: str,
    reason: str = "",
    basis: str | None = None,
) -> Done:
    """Say that two categories are different errors; what is proposed about merging them is closed.

    Raises NotFound, Conflict where one was evicted, InputError where both are one, StaleVersion where the two are not
    as ``basis`` says.
    """
    with act(store, project, actor) as this:
        left, right = two_apart(this, category_id, other)
        this.require(basis, [left, right])
        templates = [categories.living_templates_of(this.db, project, each) for each in (left, right)]
        pairs = all_pairs(templates[0], templates[1])
        made = facts.add(this.db, project, FactKind.CANNOT_LINK, pairs, actor=this.actor, now=this.now)
        this.touched.add(right)
        entry = this.keep(
            "apart",
            left,
            detail={"other": public_id(Prefix.CATEGORY, right), "reason": reason[:500]},
            undo={"facts": made, "source": right},
        )
        return this.done(entry, left)


def two_apart(this: Act, category_id: str, other: str) -> tuple[int, int]:
    """Give the numbers of two categories that differ; raises NotFound, Conflict, InputError."""
    left, right = this.category(category_id), this.category(other)
    if left == right:
        raise InputError(f"{other} is part of {public_id(Prefix.CATEGORY, left)}; split it off first")
    return left, right
