"""Whatever rows a project holds, they come back: random ones of every table, on both databases."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Column, Float, delete, insert

from knowledge_base.exchange.contents import KEPT, Kept
from knowledge_base.exchange.lines import columns_of
from knowledge_base.exchange.loading import import_export
from knowledge_base.exchange.reading import Export
from knowledge_base.exchange.writing import export_lines
from knowledge_base.scrub import scrub
from knowledge_base.store.columns import UtcDateTime
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.store import Store
from tests.store.databases import MINE, copied_file, opened

Row = dict[str, Any]
MOST = 2
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
HASHES = st.integers(-(2**62), 2**62)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
TIMES = st.integers(0, 2**52).map(lambda micros: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
DETAILS = st.just({}) | st.fixed_dictionaries(
    {"links": st.lists(st.fixed_dictionaries({"url": st.just("https://kea.example"), "title": WORDS}), max_size=2)}
)
JSONS: dict[str, st.SearchStrategy[Any]] = {
    "keywords": st.lists(WORDS, max_size=3),
    "codes": st.lists(WORDS, max_size=3),
    "rules": st.lists(st.fixed_dictionaries({"name": WORDS, "pattern": WORDS}), max_size=2),
    "conflicts": st.lists(st.fixed_dictionaries({"keeps": WORDS, "template": WORDS, "reason": WORDS}), max_size=2),
    "details": DETAILS,
    "terms": st.dictionaries(WORDS, st.integers(0, 9) | st.tuples(st.integers(0, 9), WORDS).map(list), max_size=2),
    "solution_review.words": st.fixed_dictionaries({"title": WORDS, "cause": WORDS, "body": WORDS, "details": DETAILS}),
    "solution_autosave.words": st.fixed_dictionaries(
        {"fields": st.lists(st.tuples(WORDS, WORDS).map(list), max_size=2)}
    ),
}
ONE_OF_A_KIND = ("name", "external")


@st.composite
def projects(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Rows of every table that hang together."""
    made: dict[str, list[Row]] = {}
    for kept in KEPT:
        count = draw(st.integers(0, MOST))
        if kept.name == "solution_version":
            count = len(made["solution"])
        if any(
            not made[target]
            for column, target in kept.points.items()
            if target != kept.name and _is_needed(kept, column)
        ):
            count = 0
        if len(kept.table.primary_key.columns) == 1:  # one row for the project
            count = min(count, 1)
        for column, target in kept.points.items():
            if kept.table.c[column].primary_key:  # there is one row for each at most
                count = min(count, len(made[target]))
        made[kept.name] = [_row(draw, kept, place, made) for place in range(1, count + 1)]
    return made


def _is_needed(kept: Kept, column: str) -> bool:
    return not kept.table.c[column].nullable


def _row(draw: st.DrawFn, kept: Kept, place: int, made: dict[str, list[Row]]) -> Row:
    columns = [kept.table.c[name] for name in columns_of(kept)]
    row: Row = {column.name: _value(draw, kept, column, place, made) for column in columns}
    if kept.name == "category":
        row["merged_into"] = None if place == 1 else draw(st.sampled_from([None, 1]))
        row["solution"] = None  # no solution is there yet
    if kept.name == "solution":
        row["version"] = 1
    if kept.name == "solution_version":
        row |= {"solution": place, "version": 1}
    return row | dict(kept.derived) | {"project": MINE}


def _value(draw: st.DrawFn, kept: Kept, column: Column[Any], place: int, made: dict[str, list[Row]]) -> Any:
    if column.name in kept.choices:
        return str(draw(st.sampled_from(kept.choices[column.name])))
    if column.name == "id":
        return place
    length = getattr(column.type, "length", None)
    if column.primary_key or column.name in ONE_OF_A_KIND:
        target = kept.points.get(column.name)
        if target is not None:
            return made[target][(place - 1) % len(made[target])]["id"]
        return f"{place}{draw(WORDS)}"[: length or 20] if column.type.python_type is str else place
    if column.nullable and draw(st.booleans()):
        return None
    if column.name in kept.points:
        return draw(st.sampled_from([each["id"] for each in made.get(kept.points[column.name], ())] or [0]))
    if column.name == "vector":
        return draw(st.binary(min_size=8, max_size=8))
    if isinstance(column.type, JSON):
        any_of_both = JSONS.get(column.name, st.dictionaries(WORDS, VALUES, max_size=2))
        return draw(JSONS.get(f"{kept.name}.{column.name}", any_of_both))
    if column.name in kept.scrubbed:
        return scrub(draw(WORDS))
    if column.name in kept.hashes:
        return draw(HASHES)
    return draw(_of_type(column, length))


def _of_type(column: Column[Any], length: int | None) -> st.SearchStrategy[Any]:
    if isinstance(column.type, UtcDateTime):
        return TIMES
    if isinstance(column.type, Boolean):
        return st.booleans()
    if isinstance(column.type, Float):
        return st.floats(allow_nan=False, allow_infinity=False, width=64)
    if column.type.python_type is int:
        return NUMBERS
    return WORDS.map(lambda text: text[: length or 20])


@pytest.fixture
def emptied_other(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    with opened(copied_file(empty_file, tmp_path / "other.db")) as other:
        yield other


def _empty(store: Store) -> None:
    with store.write() as db:
        for table in METADATA.sorted_tables:
            if table.name != "project":
                db.execute(delete(table))


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rows=projects())
def test_every_project_comes_back(store: Store, emptied_other: Store, rows: dict[str, list[Row]]) -> None:
    _empty(store)
    _empty(emptied_other)
    with store.write() as db:
        for kept in KEPT:
            if rows[kept.name]:
                db.execute(insert(kept.table), rows[kept.name])
    there = _carried(store, emptied_other)
    _empty(store)
    assert _carried(emptied_other, store) == there


def _carried(source: Store, target: Store) -> list[str]:
    lines = list(export_lines(source, [MINE]))
    export = Export(io.BytesIO("".join(lines).encode()), "k.jsonl")
    (done,) = import_export(target, export, project=MINE, actor="Mei", tick=lambda _size: None)
    assert done.merged is None
    assert list(export_lines(target, [MINE])) == lines
    return lines
