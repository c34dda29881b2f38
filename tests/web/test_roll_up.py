"""Old counts are put together while the server runs, step by step and for every project."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select
from sqlmodel import col

from knowledge_base.errors import StorageUnavailable
from knowledge_base.store.intake import counts
from knowledge_base.store.intake.counts import HOURS, MINUTES, CountKey, minute_of
from knowledge_base.store.store import Store
from tests.store.conftest import database_url, empty_file, postgres_store_url, store
from tests.store.databases import MINE, OTHER, START
from web.running.roll_up_loop import AT_ONCE, RollUpLoop

__all__ = ["database_url", "empty_file", "postgres_store_url", "store"]
OLD = START - counts.MINUTES_KEPT - timedelta(days=1)


def rows(store: Store, project: str) -> tuple[int, int]:
    """Count the minutes and the hours of a project."""
    with store.read() as db:
        minutes, hours = (
            db.execute(select(func.count()).where(col(level.table.project) == project)).scalar_one()
            for level in (MINUTES, HOURS)
        )
    return minutes, hours


def test_a_round_moves_what_is_old_and_leaves_the_rest(store: Store) -> None:
    far = 10 * AT_ONCE
    with store.write() as db:
        for project in (MINE, OTHER):
            for template in (1, 2, far):
                old = {CountKey(template, "etl", minute_of(OLD) + n): 1 for n in range(5)}
                counts.add(db, project, old | {CountKey(template, "etl", minute_of(START)): 1})
    loop = RollUpLoop(store)
    steps = 1
    while loop.step():
        steps += 1
    assert steps == 2 * 3, "two steps with templates and one that finds no more, of each project"
    for project in (MINE, OTHER):
        minutes, hours = rows(store, project)
        assert minutes == 3
        assert 3 <= hours <= 6, "five minutes lie in one hour or two"
        with store.read() as db:
            assert counts.total(db, project) == 18


def test_a_project_that_fails_keeps_no_other_from_its_turn(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.write() as db:
        for project in (MINE, OTHER):
            counts.add(db, project, {CountKey(1, "etl", minute_of(OLD)): 1})
    first, other = sorted((MINE, OTHER))
    roll_up = counts.roll_up

    def fail(db: Connection, project: str, now: datetime, *, templates: range) -> None:
        if project == first:
            raise StorageUnavailable("no")
        roll_up(db, project, now, templates=templates)

    monkeypatch.setattr(counts, "roll_up", fail)
    loop = RollUpLoop(store)
    with pytest.raises(StorageUnavailable):
        loop.step()
    while loop.step():
        pass
    assert (rows(store, first), rows(store, other)) == ((1, 0), (0, 1))
