"""One thing done to thousands of categories: in short transactions, told as it goes, and taken back as one.

Each category has an act of its own in its history. What holds them together is one more act, ``many``, which belongs to
no category; it is kept from the first step on, so that what was begun and broken off can be taken back as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from knowledge_base.curation.acts import Act, act
from knowledge_base.curation.assigning import assign_within, owner_of, snooze_within, time_of
from knowledge_base.curation.labels import ignore_within, label_within, name_of
from knowledge_base.curation.seen import IGNORING, NAMING, OWNER, SNOOZE
from knowledge_base.curation.undoing import undo_within
from knowledge_base.errors import Conflict, InputError
from knowledge_base.store import audit, projects
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import queue
from knowledge_base.store.wanted.queue import Wanted

AT_ONCE = 25
ACTION = "many"
ACTS = ("label", "assign", "snooze", "unsnooze", "ignore", "unignore")

KINDS = {
    "label": NAMING,
    "assign": OWNER,
    **dict.fromkeys(SNOOZE, SNOOZE),
    **dict.fromkeys(IGNORING, IGNORING),
}
"""The acts that change what an act changes."""

Tick = Callable[[int, int], None]
"""Told how much is done and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """What is done: ``act`` is one of ``ACTS``, with the label, the owner or the time that it takes."""

    act: str
    text: str = ""
    until: datetime | None = None
    reason: str = ""

    def check(self, now: datetime) -> None:
        """Raise InputError where it could be done to none."""
        if self.act not in ACTS:
            raise InputError(f"there is no act {self.act[:40]!r} for all that match; choose categories one by one")
        if self.act == "label":
            name_of(self.text)
        if self.act == "assign":
            owner_of(self.text)
        if self.act == "snooze" and (self.until is None or self.until <= now):
            raise InputError("name a time that lies ahead, and a year at most")


@dataclass(frozen=True, slots=True)
class DoneMany:
    """How that ended: ``audit_id`` is what ``undo_many`` takes, None where nothing was done.

    ``left`` were left alone, for they are no longer what was asked for, or somebody did the like to them meanwhile.
    """

    audit_id: int | None
    done: int
    left: int


def do_many(
    store: Store, project: str, wanted: Wanted, seen: Sequence[int], many: Many, *, behind: int, actor: str, tick: Tick
) -> DoneMany:
    """Do one thing to the categories that were ``seen``, as far as the filters still let them through.

    What others did to them behind the act ``behind``, the newest one when they were seen, stays as it is. Raises
    NotFound, InputError.
    """
    many.check(store.clock())
    entry: int | None = None
    acts: list[int] = []
    for start in range(0, len(seen), AT_ONCE):
        chunk = tuple(seen[start : start + AT_ONCE])
        with act(store, project, actor) as this:
            # Under the project's lock, so that nothing changes between the look and the act.
            fitting = set(queue.matching(this.db, project, replace(wanted, only=chunk), now=this.now))
            fitting -= audit.acted_since(this.db, project, chunk, KINDS[many.act], behind)
            acts += [_do(this, number, many) for number in chunk if number in fitting]
            if acts:
                entry = _keep(this, entry, acts, many)
        tick(start + len(chunk), len(seen))
    return DoneMany(entry, len(acts), len(seen) - len(acts))


def undo_many(store: Store, project: str, audit_id: int, *, actor: str, tick: Tick) -> DoneMany:
    """Take all of it back, newest first; what was changed again since is left as it is.

    Raises NotFound, and Conflict where it was taken back before or is no such act.
    """
    with store.read() as db:
        projects.require_project(db, project)
        entry = audit.get(db, project, audit_id)
    if entry.action != ACTION or entry.undo is None:
        raise Conflict("this act is about one category; take it back on its page")
    if entry.undone_at is not None:
        raise Conflict("this was taken back before")
    numbers = [number for first, last in reversed(entry.undo["acts"]) for number in range(last, first - 1, -1)]
    done = 0
    for start in range(0, len(numbers), AT_ONCE):
        chunk = numbers[start : start + AT_ONCE]
        with act(store, project, actor) as this:
            for number in chunk:
                this.touched.clear()
                try:
                    undo_within(this, number)
                except Conflict:
                    continue
                done += 1
            if start + len(chunk) == len(numbers):
                audit.mark_undone(this.db, project, audit_id, this.now)
                detail: Mapping[str, object] = {"undone": ACTION, "audit": audit_id, "count": done}
                audit.write(
                    this.db, project, actor=this.actor, action="undo", category=None, detail=detail, undo=None,
                    now=this.now,
                )  # fmt: skip
        tick(start + len(chunk), len(numbers))
    return DoneMany(audit_id, done, len(numbers) - done)


def last_of(db: Connection, project: str) -> audit.Entry | None:
    """Read the newest act of many categories."""
    return next(iter(audit.of_actions(db, project, [ACTION], limit=1)), None)


def _do(this: Act, number: int, many: Many) -> int:
    match many.act:
        case "label":
            return label_within(this, number, name_of(many.text), reason=many.reason).audit_id
        case "assign":
            return assign_within(this, number, owner_of(many.text)).audit_id
        case "snooze":
            return snooze_within(this, number, time_of(this, many.until)).audit_id
        case "unsnooze":
            return snooze_within(this, number, None).audit_id
        case act:
            return ignore_within(this, number, act == "ignore").audit_id


def _keep(this: Act, entry: int | None, acts: Sequence[int], many: Many) -> int:
    """Keep what was done so far as one act."""
    detail = {"act": many.act, "count": len(acts), "text": many.text, "reason": many.reason[:500]}
    undo = {"acts": [list(each) for each in _runs(acts)]}
    if entry is not None:
        audit.go_on(this.db, this.project, entry, detail=detail, undo=undo)
        return entry
    return audit.write(
        this.db, this.project, actor=this.actor, action=ACTION, category=None, detail=detail, undo=undo, now=this.now
    )


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Write ascending numbers as first and last of each run, for nearly all follow each other."""
    first = last = -1
    for each in numbers:
        if last >= 0 and each == last + 1:
            last = each
            continue
        if last >= 0:
            yield first, last
        first = last = each
    if last >= 0:
        yield first, last
