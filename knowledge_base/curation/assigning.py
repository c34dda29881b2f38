"""Giving a category to somebody, and putting one off until later.

A category that is put off comes back by itself: the queue compares the time with its clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.seen import OWNER, SNOOZE, require_seen
from knowledge_base.errors import Conflict, InputError
from knowledge_base.store.grouping import categories
from knowledge_base.store.grouping.assignments import Care, read_care, write_care
from knowledge_base.store.store import Store
from knowledge_base.store.text import storable

NAME_LIMIT = 200
LONGEST_SNOOZE = timedelta(days=366)


def assign(store: Store, project: str, category_id: str, owner: str, *, actor: str, seen: str | None = None) -> Done:
    """Make somebody the owner of a category; an empty name takes the owner away.

    Raises NotFound, InputError, and StaleVersion where the owner is not the one that was ``seen``, empty for none.
    """
    name = owner_of(owner)
    with act(store, project, actor) as this:
        number = this.category(category_id)
        before = _care(this, number)
        require_seen(this, number, seen=seen, present=before.owner, wanted=name, actions=OWNER)
        return assign_within(this, number, name)


def owner_of(text: str) -> str:
    """Give an owner's name as it is kept. Raises InputError where it is too long."""
    name = " ".join(storable(text).split())
    if len(name) > NAME_LIMIT:
        raise InputError(f"the name has {len(name)} characters, {NAME_LIMIT} are allowed")
    return name


def assign_within(this: Act, number: int, name: str) -> Done:
    """Give one to somebody within a running act; the name is as ``owner_of`` gives it."""
    before = _care(this, number)
    write_care(this.db, this.project, number, replace(before, owner=name))
    said = {"owner": name, "before": before.owner}
    return this.done(this.keep("assign", number, detail=said, undo=said), number)


def snooze(
    store: Store, project: str, category_id: str, until: datetime | None, *, actor: str, seen: str | None = None
) -> Done:
    """Put a category off until a time, which lies ahead, a year at most; None brings it back.

    Raises NotFound, InputError, and StaleVersion where it is not put off to the time that was ``seen``, in ISO 8601,
    empty for none.
    """
    with act(store, project, actor) as this:
        until = time_of(this, until)
        number = this.category(category_id)
        before = _care(this, number)
        put_off = before.snoozed_until if before.snoozed_until and before.snoozed_until > this.now else None
        require_seen(
            this, number, seen=seen, present=_written(put_off) or "", wanted=_written(until) or "", actions=SNOOZE
        )
        return snooze_within(this, number, until)


def time_of(this: Act, until: datetime | None) -> datetime | None:
    """Give a time to put something off to as it is kept. Raises InputError where it does not lie ahead."""
    if until is not None and not this.now < until <= this.now + LONGEST_SNOOZE:
        raise InputError("name a time that lies ahead, and a year at most")
    return None if until is None else until.astimezone(UTC)


def snooze_within(this: Act, number: int, until: datetime | None) -> Done:
    """Put one off within a running act; the time is as ``time_of`` gives it."""
    before = _care(this, number)
    write_care(this.db, this.project, number, replace(before, snoozed_until=until))
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
