"""Positions: one reader at a time moves a source on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge_base.errors import LostOwnership
from knowledge_base.store.intake import positions
from knowledge_base.store.intake.positions import Position
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER, START


def take(store: Store, source: str = "app.log", project: str = MINE) -> Position:
    with store.write() as db:
        return positions.take(db, project, source, START)


def advance(store: Store, before: Position, after: Position, project: str = MINE) -> None:
    with store.write() as db:
        positions.advance(db, project, before, after, START)


def test_a_source_starts_at_its_beginning_and_goes_on(store: Store) -> None:
    first = take(store)
    assert (first.offset, first.epoch, dict(first.state), first.finished) == (0, 1, {}, False)
    after = replace(first, offset=120, state={"open": ["line\u4e2d", 3]}, size=500, head="abc", finished=True)
    advance(store, first, after)
    with store.read() as db:
        assert positions.peek(db, MINE, "app.log") == after
    assert take(store) == replace(after, epoch=2)


def test_whoever_read_before_can_commit_no_more(store: Store) -> None:
    first = take(store)
    second = take(store)
    with pytest.raises(LostOwnership, match=r"app\.log"):
        advance(store, first, replace(first, offset=10))
    advance(store, second, replace(second, offset=20))
    with store.read() as db:
        stored = positions.peek(db, MINE, "app.log")
    assert stored is not None
    assert (stored.offset, stored.epoch) == (20, 2)


def test_an_offset_that_moved_meanwhile_is_lost_ownership(store: Store) -> None:
    first = take(store)
    advance(store, first, replace(first, offset=10))
    with pytest.raises(LostOwnership):
        advance(store, first, replace(first, offset=20))
    with store.read() as db:
        stored = positions.peek(db, MINE, "app.log")
    assert stored is not None
    assert stored.offset == 10


def test_restarting_keeps_the_epoch(store: Store) -> None:
    first = take(store)
    done = replace(first, offset=99, finished=True, size=99, head="abc", state={"open": 1})
    advance(store, first, done)
    with store.write() as db:
        again = positions.restart(db, MINE, done, START)
    assert again == Position("app.log", 0, 1, {}, False, 0, "")
    with store.read() as db:
        assert positions.peek(db, MINE, "app.log") == again
    with pytest.raises(LostOwnership), store.write() as db:
        positions.restart(db, MINE, done, START)


def test_another_projects_source_is_another_one(store: Store) -> None:
    first = take(store)
    with store.read() as db:
        assert positions.peek(db, OTHER, "app.log") is None
    with pytest.raises(LostOwnership):
        advance(store, first, replace(first, offset=5), project=OTHER)
    assert take(store, project=OTHER).epoch == 1
    assert take(store).epoch == 2
