"""Naming a category, and putting one aside that needs no answer."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.seen import IGNORING, require_seen
from knowledge_base.errors import InputError, StaleVersion
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.store import Store
from knowledge_base.store.text import storable

LABEL_LIMIT = 200


def label(
    store: Store,
    project: str,
    category_id: str,
    text: str,
    *,
    actor: str,
    reason: str = "",
    seen: str | None = None,
    basis: str | None = None,
) -> Done:
    """Name a category; an empty text takes the name away.

    Raises NotFound, InputError, and StaleVersion where its name is not ``seen``, which is empty for none, or where it
    is not as ``basis`` says.
    """
    name = name_of(text)
    with act(store, project, actor) as this:
        number = this.category(category_id)
        this.require(basis, [number])
        before = this.state(number).label
        if seen is not None and seen != (before or ""):
            raise StaleVersion(f"it is called {before!r} by now" if before else "its name was taken off meanwhile")
        return label_within(this, number, name, reason=reason)


def label_all(
    store: Store,
    project: str,
    category_ids: Sequence[str],
    text: str,
    *,
    actor: str,
    reason: str = "",
    basis: str | None = None,
) -> list[Done]:
    """Give categories one name, all of them or none; each is an act of its own, to be taken back by itself.

    Raises NotFound, InputError, and StaleVersion where they are not as ``basis`` says.
    """
    name = name_of(text)
    with act(store, project, actor) as this:
        numbers = list(dict.fromkeys(map(this.category, category_ids)))
        this.require(basis, numbers)
        return [label_within(this, number, name, reason=reason) for number in numbers]


def label_within(this: Act, number: int, name: str, *, reason: str = "") -> Done:
    """Name one within a running act; the name is as ``name_of`` gives it."""
    before = this.state(number).label
    categories.set_fields(this.db, this.project, number, label=name or None)
    if name:
        proposals.offer_label(this.db, this.project, number, this.now)
    entry = this.keep(
        "label",
        number,
        detail={"label": name, "before": before, "reason": reason[:500]},
        undo={"label": name or None, "before": before},
    )
    return this.done(entry, number)


def name_of(text: str) -> str:
    """Give a name as it is kept: one line, nothing around it. Raises InputError where it is too long."""
    name = " ".join(storable(text).split())
    if len(name) > LABEL_LIMIT:
        raise InputError(f"the label has {len(name)} characters, {LABEL_LIMIT} are allowed")
    return name


def ignore(
    store: Store, project: str, category_id: str, *, ignored: bool = True, actor: str, seen: str | None = None
) -> Done:
    """Put a category aside as noise, or take it back.

    Raises NotFound, and StaleVersion where that is not as it was ``seen``: ``ignored``, or empty.
    """
    with act(store, project, actor) as this:
        number = this.category(category_id)
        before = this.state(number).ignored
        require_seen(this, number, seen=seen, present=_ignoring(before), wanted=_ignoring(ignored), actions=IGNORING)
        return ignore_within(this, number, ignored)


def ignore_within(this: Act, number: int, ignored: bool) -> Done:
    """Put one aside, or take it back, within a running act."""
    before = this.state(number).ignored
    categories.set_fields(this.db, this.project, number, ignored=ignored)
    entry = this.keep(
        "ignore" if ignored else "unignore", number, detail={}, undo={"present": ignored, "before": before}
    )
    return this.done(entry, number)


def _ignoring(ignored: bool) -> str:
    return "ignored" if ignored else ""
