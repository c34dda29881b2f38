"""Giving a category to somebody, and putting one off until later.

A category that is put off comes back by itself: the queue compares the time with its clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.errors import Conflict, InputError
from knowledge_base.store import categories
from knowledge_base.store.assignments import Care, read_care, write_care
from knowledge_base.store.store import Store
from knowledge_base.store.text import storable

NAME_LIMIT = 200
LONGEST_SNOOZE = timedelta(days=366)


def assign(store: Store, project: str, category_id: str, owner: str, *, actor: str) -> Done:
    """Make somebody the owner of a category; an empty name takes the owner away. Raises NotFound, InputError."""
    name = " ".join(storable(owner).split())
    if len(name) > NAME_LIMIT:
        raise InputError(f"the name has {len(name)} characters, {NAME_LIMIT} are allowed")
    with act(store, project, actor) as this:
        number = this.category(category_id)
        before = _care(this, number)
        write_care(this.db, project, number, replace(before, owner=name))
        entry = this.keep(
            "assign",
            number,
            detail={"owner": name, "before": before.owner},
            undo={"owner": name, "before": before.owner},
        )
        return this.done(entry, number)


def snooze(store: Store, project: str, category_id: str, until: datetime | None, *, actor: str) -> Done:
    """Put a category off until a time; None brings it back. Raises NotFound, InputError.

    The time lies ahead, a year at most.
    """
    with act(store, project, actor) as this:
        if until is not None and not this.now < until <= this.now + LONGEST_SNOOZE:
            raise InputError("name a time that lies ahead, and a year at most")
        until = None if until is None else until.astimezone(UTC)
        number = this.category(category_id)
        before = _care(this, number)
        write_care(this.db, project, number, replace(before, snoozed_until=until))
        times = {"until": _written(until), "before": _written(before.snoozed_until)}
        entry = this.keep("snooze" if until else "unsnooze", number, detail={"until": times["until"]}, undo=times)
        return this.done(entry, number)


def undo_assign(this: Act, category: int, undo: Mapping[str, Any]) -> int:
    """Give a category back to its former owner; raises Conflict where it was given to another one meanwhile."""
    number = categories.resolve(this.db, this.project, category)
    present = _care(this, category)
    if present.owner != undo["owner"]:
        raise Conflict("somebody else became the owner meanwhile; take that back first")
    write_care(this.db, this.project, category, replace(present, owner=undo["before"]))
    return number


def undo_snooze(this: Act, category: int, undo: Mapping[str, Any]) -> int:
    """Give a category its former time back; raises Conflict where it was put off anew meanwhile."""
    number = categories.resolve(this.db, this.project, category)
    present = _care(this, category)
    if _written(present.snoozed_until) != undo["until"]:
        raise Conflict("it was put off to another time meanwhile; take that back first")
    former = undo["before"]
    write_care(
        this.db,
        this.project,
        category,
        replace(present, snoozed_until=None if former is None else datetime.fromisoformat(former)),
    )
    return number


def _care(this: Act, number: int) -> Care:
    return read_care(this.db, this.project, [number]).get(number, Care())


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
