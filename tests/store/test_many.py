"""One thing done to many categories: in steps, to those alone that were seen and match still, and taken back as one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge_base import curation
from knowledge_base.curation.many import AT_ONCE, Many, do_many, undo_many
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.errors import Conflict, InputError
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.grouping import templates
from knowledge_base.store.store import Store
from knowledge_base.store.wanted import queue
from knowledge_base.store.wanted.queue import QueueState, Wanted
from knowledge_base.store.watching import live
from tests.store.databases import MINE, START
from tests.store.filling import new_template

COUNT = 2 * AT_ONCE + 7
OPEN = Wanted()


@pytest.fixture
def seen(store: Store) -> list[int]:
    """The categories of a queue that takes three steps."""
    fresh = [new_template(f"m{n}", f"error number {n} of <n>") for n in range(COUNT)]
    with store.write() as db:
        templates.create(db, MINE, fresh, START)
    DemandKeeper(store).settle(MINE)
    return matching(store, OPEN)


def matching(store: Store, wanted: Wanted) -> list[int]:
    with store.read() as db:
        return queue.matching(db, MINE, wanted, now=store.clock())


def behind(store: Store) -> int:
    """The newest act of anybody."""
    with store.read() as db:
        return live.seen(db, MINE).act


def labels(store: Store) -> set[str | None]:
    with store.read() as db:
        rows, _ = queue.list_queue(db, MINE, Wanted(state=QueueState.ALL), now=store.clock(), limit=500)
    return {each.label for each in rows}


def test_all_that_match_are_changed_and_come_back_as_one(store: Store, seen: list[int]) -> None:
    assert len(seen) == COUNT
    ticks: list[tuple[int, int]] = []
    many = Many(act="ignore", reason="noise of a test")
    done = do_many(
        store, MINE, OPEN, seen, many, behind=behind(store), actor="Mei", tick=lambda *each: ticks.append(each)
    )
    assert (done.done, done.left) == (COUNT, 0)
    assert ticks == [(AT_ONCE, COUNT), (2 * AT_ONCE, COUNT), (COUNT, COUNT)]
    assert matching(store, OPEN) == []
    assert matching(store, Wanted(state=QueueState.IGNORED)) == seen
    with store.read() as db:
        (entry,) = audit.of_actions(db, MINE, ["many"], limit=5)
        (one,) = audit.of_category(db, MINE, seen[0])
    assert (entry.actor, entry.detail["count"], entry.detail["reason"]) == ("Mei", COUNT, "noise of a test")
    assert (one.action, one.actor) == ("ignore", "Mei")
    back = undo_many(store, MINE, entry.id, actor="Lin", tick=lambda *_: None)
    assert (back.done, back.left) == (COUNT, 0)
    assert matching(store, OPEN) == seen
    with pytest.raises(Conflict, match="taken back before"):
        undo_many(store, MINE, entry.id, actor="Lin", tick=lambda *_: None)


def test_what_was_not_seen_or_matches_no_more_is_left_alone(store: Store, seen: list[int]) -> None:
    late = seen.pop()
    named = public_id(Prefix.CATEGORY, seen[0])
    curation.label(store, MINE, named, "Known", actor="Zhou")
    done = do_many(
        store,
        MINE,
        OPEN,
        seen,
        Many(act="label", text="One name"),
        behind=behind(store),
        actor="Mei",
        tick=lambda *_: None,
    )
    assert (done.done, done.left) == (COUNT - 2, 1)
    assert matching(store, OPEN) == [late]
    # One that was renamed since keeps its newer name.
    curation.label(store, MINE, public_id(Prefix.CATEGORY, seen[1]), "Better name", actor="Zhou")
    assert done.audit_id is not None
    back = undo_many(store, MINE, done.audit_id, actor="Mei", tick=lambda *_: None)
    assert (back.done, back.left) == (COUNT - 3, 1)
    assert labels(store) == {None, "Known", "Better name"}


def test_what_others_did_since_it_was_shown_stays(store: Store, seen: list[int]) -> None:
    shown, everything = behind(store), Wanted(state=QueueState.ALL)
    first, second, third, *_ = (public_id(Prefix.CATEGORY, each) for each in seen)
    curation.label(store, MINE, first, "Known", actor="Zhou")
    curation.assign(store, MINE, second, "Lin", actor="Zhou")
    named = curation.label(store, MINE, third, "Wrong", actor="Zhou")
    curation.undo(store, MINE, named.audit_id, actor="Zhou")

    def again(many: Many) -> tuple[int, int]:
        done = do_many(store, MINE, everything, seen, many, behind=shown, actor="Mei", tick=lambda *_: None)
        return done.done, done.left

    assert again(Many(act="label", text="One name")) == (COUNT - 2, 2), "an owner is no name"
    assert labels(store) == {"Known", "One name", None}
    assert again(Many(act="label", text="Posted twice")) == (0, COUNT)
    assert again(Many(act="assign", text="Mei")) == (COUNT - 1, 1)
    curation.snooze(store, MINE, first, START + timedelta(days=1), actor="Zhou")
    assert again(Many(act="unsnooze")) == (COUNT - 1, 1)
    curation.ignore(store, MINE, first, actor="Zhou")
    assert again(Many(act="unignore")) == (COUNT - 1, 1)


def test_what_was_broken_off_is_taken_back_too(store: Store, seen: list[int]) -> None:
    def stop(done: int, _total: int) -> None:
        if done > AT_ONCE:
            raise RuntimeError("the process ends")

    with pytest.raises(RuntimeError):
        do_many(store, MINE, OPEN, seen, Many(act="assign", text="Zhou"), behind=behind(store), actor="Mei", tick=stop)
    assert len(matching(store, Wanted(owner="Zhou"))) == 2 * AT_ONCE
    with store.read() as db:
        (entry,) = audit.of_actions(db, MINE, ["many"], limit=5)
    undo_many(store, MINE, entry.id, actor="Mei", tick=lambda *_: None)
    assert matching(store, Wanted(owner="Zhou")) == []


@pytest.mark.parametrize(
    "many",
    [Many(act="merge"), Many(act="label", text="x" * 201), Many(act="assign", text="x" * 201), Many(act="snooze")],
)
def test_what_cannot_be_done_is_refused_before_anything_is(sqlite_store: Store, many: Many) -> None:
    with pytest.raises(InputError):
        do_many(sqlite_store, MINE, OPEN, [1], many, behind=0, actor="Mei", tick=lambda *_: None)
