"""Naming a category, and putting one aside that needs no answer."""

from __future__ import annotations

from knowledge_base.curation.acts import Done, act
from knowledge_base.errors import InputError, StaleVersion
from knowledge_base.store import categories, proposals
from knowledge_base.store.store import Store
from knowledge_base.store.text import storable

LABEL_LIMIT = 200


def label(
    store: Store, project: str, category_id: str, text: str, *, actor: str, reason: str = "", seen: str | None = None
) -> Done:
    """Name a category; an empty text takes the name away.

    Raises NotFound, InputError, and StaleVersion where its name is not ``seen``, which is empty for none.
    """
    name = " ".join(storable(text).split())
    if len(name) > LABEL_LIMIT:
        raise InputError(f"the label has {len(name)} characters, {LABEL_LIMIT} are allowed")
    with act(store, project, actor) as this:
        number = this.category(category_id)
        before = this.state(number).label
        if seen is not None and seen != (before or ""):
            raise StaleVersion(f"it is called {before!r} by now" if before else "its name was taken off meanwhile")
        categories.set_fields(this.db, project, number, label=name or None)
        if name:
            proposals.offer_label(this.db, project, number, this.now)
        entry = this.keep(
            "label",
            number,
            detail={"label": name, "before": before, "reason": reason[:500]},
            undo={"label": name or None, "before": before},
        )
        return this.done(entry, number)


def ignore(store: Store, project: str, category_id: str, *, ignored: bool = True, actor: str) -> Done:
    """Put a category aside as noise, or take it back. Raises NotFound."""
    with act(store, project, actor) as this:
        number = this.category(category_id)
        before = this.state(number).ignored
        categories.set_fields(this.db, project, number, ignored=ignored)
        entry = this.keep("ignore" if ignored else "unignore", number, detail={}, undo={"before": before})
        return this.done(entry, number)
