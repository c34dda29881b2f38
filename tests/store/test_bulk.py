"""Rows in bulk are kept as SQLAlchemy would keep them one by one, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, select
from sqlalchemy.dialects import sqlite
from sqlmodel import col

from knowledge_base.store.bulk import add_all, replace_all
from knowledge_base.store.columns import UtcDateTime
from knowledge_base.store.store import Store
from knowledge_base.store.tables import MinuteCountRow, RecentRow
from knowledge_base.store.upserts import insert_or_replace
from tests.store.databases import MINE, START

KEY = ("project", "slot")
NAIVE, ZONES = START.replace(tzinfo=None), st.just(UTC) | st.timezones()
TEXT = "50 % of 'all' \"rows\": %(text)s ?, :text \\ 磁盘已满 \N{FIRE}"


def recent(at: datetime, *, slot: int, text: str = TEXT, template: int = 1) -> dict[str, object]:
    return {"project": MINE, "slot": slot, "at": at, "template": template, "service": "etl", "text": text}


def columns(*rows: dict[str, object]) -> dict[str, list[object]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def stored(store: Store) -> list[tuple[object, ...]]:
    with store.read() as db:
        query = select(RecentRow).order_by(col(RecentRow.slot))
        return [tuple(row) for row in db.execute(query)]


def test_rows_are_those_that_sqlalchemy_writes(store: Store) -> None:
    abroad, ages_ago = timezone(timedelta(hours=8)), datetime(1, 1, 2, tzinfo=UTC)
    times = [START, START.astimezone(abroad), START + timedelta(microseconds=1), ages_ago]
    rows = [recent(at, slot=slot) for slot, at in enumerate(times)]
    with store.write() as db:
        insert_or_replace(db, RecentRow, KEY, rows)
    expected = stored(store)
    with store.write() as db:
        insert_or_replace(db, RecentRow, KEY, [recent(START, slot=slot, text="other") for slot in range(len(times))])
        replace_all(db, RecentRow, KEY, columns(*rows))
    assert stored(store) == expected
    assert [row[2] for row in expected] == times


def test_a_new_row_takes_the_place_of_the_old_one(store: Store) -> None:
    with store.write() as db:
        replace_all(db, RecentRow, KEY, columns(recent(START, slot=1), recent(START, slot=2, text="first")))
        replace_all(db, RecentRow, KEY, columns(recent(START, slot=2, text="second", template=7)))
    assert [(row[1], row[3], row[5]) for row in stored(store)] == [(1, 1, TEXT), (2, 7, "second")]


def test_numbers_are_added(store: Store) -> None:
    key = ("project", "template", "service", "slot")
    for lines in ([2, 3], [10, 20]):
        with store.write() as db:
            names: dict[str, list[object]] = {"project": [MINE, MINE], "template": [1, 2], "service": ["a", "b"]}
            add_all(db, MinuteCountRow, key, "lines", {**names, "slot": [5, 5], "lines": [*lines]})
    with store.read() as db:
        found = db.execute(select(col(MinuteCountRow.lines)).order_by(col(MinuteCountRow.template))).scalars()
        assert list(found) == [12, 23]


def test_no_rows_write_nothing(store: Store) -> None:
    with store.write() as db:
        replace_all(db, RecentRow, KEY, {name: [] for name in recent(START, slot=1)})
    assert stored(store) == []


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with store.write() as db, pytest.raises(ValueError, match="without a zone"):
        replace_all(db, RecentRow, KEY, columns(recent(START.replace(tzinfo=None), slot=1)))


@given(st.datetimes(NAIVE - timedelta(days=700_000), NAIVE + timedelta(days=2_900_000), timezones=ZONES))
def test_times_are_written_for_sqlite_as_sqlalchemy_writes_them(at: datetime) -> None:
    dialect = sqlite.dialect()
    ours, theirs = (
        kind.dialect_impl(dialect).bind_processor(dialect) for kind in (UtcDateTime(), DateTime(timezone=True))
    )
    assert ours is not None
    assert theirs is not None
    assert ours(at) == theirs(at.astimezone(UTC))
