"""Samples of templates and the ring of recent lines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from knowledge_base.store.intake import counts, samples
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.store.store import Store
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import keep_lines, lines_of, make


def sample_texts(store: Store, template: int, project: str = MINE) -> list[str]:
    with store.read() as db:
        return [line.text for line in samples.samples_of(db, project, [template], 1000)]


@pytest.mark.parametrize("batch", [1, 7, 20, 21, 90])
def test_the_first_sample_stays_and_the_newest_follow(store: Store, batch: int) -> None:
    lines = lines_of("a", 90)
    for start in range(0, len(lines), batch):
        with store.write() as db:
            kept = keep_lines(db, lines[start : start + batch])
    template = kept["a"].template
    found = sample_texts(store, template)
    assert len(found) == 20
    assert found[-1] == "a line 0"
    assert set(found[:-1]) == {f"a line {number}" for number in range(71, 90)}
    assert sample_texts(store, template, OTHER) == []
    with store.read() as db:
        assert counts.total(db, MINE) == 90


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_few_samples_are_kept_where_few_are_wanted(store: Store, limit: int) -> None:
    with store.write() as db:
        keep_lines(db, lines_of("a", 4), samples_per_template=limit)
    with store.write() as db:
        kept = keep_lines(db, lines_of("a", 7)[4:], samples_per_template=limit)
    found = sample_texts(store, kept["a"].template)
    assert len(found) == limit
    assert found[-1] == "a line 0"
    assert limit == 1 or found[0] == "a line 6"


def recent(store: Store) -> list[str]:
    with store.read() as db:
        return list(
            db.execute(text("SELECT text FROM recent WHERE project = :p ORDER BY at, slot"), {"p": MINE}).scalars()
        )


@pytest.mark.parametrize("batch", [1, 3, 10, 25])
def test_the_ring_holds_the_newest_lines(store: Store, batch: int) -> None:
    lines = lines_of("a", 25)
    for start in range(0, 25, batch):
        with store.write() as db:
            keep_lines(db, lines[start : start + batch], ring_size=10)
    assert recent(store) == [f"a line {number}" for number in range(15, 25)]
    with store.read() as db:
        assert samples.recent_size(db, MINE) == 10
        assert samples.recent_size(db, OTHER) == 0


def test_without_a_ring_nothing_recent_is_kept(store: Store) -> None:
    with store.write() as db:
        keep_lines(db, lines_of("a", 3), ring_size=0)
    assert recent(store) == []


def test_what_a_database_cannot_hold_is_replaced(store: Store) -> None:
    hostile = StoredLine("a", START, "etl\x00\udc80" * 100, "nul \x00 surrogate \udcfe end")
    with store.write() as db:
        kept = keep_lines(db, [hostile])
    with store.read() as db:
        (line,) = samples.samples_of(db, MINE, [kept["a"].template])
    assert line.text == "nul � surrogate ? end"
    assert line.service.startswith("etl�?")
    assert len(line.service) == 200
    assert recent(store) == [line.text]


def test_a_batch_that_repeats_itself_counts_each_line(store: Store) -> None:
    lines = lines_of("a", 3) + lines_of("b", 2) + lines_of("a", 1)
    with store.write() as db:
        first = keep_lines(db, lines)
    with store.write() as db:
        second = keep_lines(db, lines)
    assert second == first
    with store.read() as db:
        hourly = counts.series(
            db, MINE, [first["a"].template], start=START, end=START + timedelta(hours=1), step=timedelta(hours=1)
        )
    assert hourly == [8]


def test_samples_of_nothing_are_none(store: Store) -> None:
    (ref,) = make(store, "a")
    assert sample_texts(store, ref.template) == []
    with store.read() as db:
        assert samples.samples_of(db, MINE, []) == []
