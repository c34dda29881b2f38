"""Thousands of rows at once, handed to the database's driver as they are.

SQLAlchemy takes longer to prepare a row than the database to keep it. The statement is still SQLAlchemy's, so that both
databases get their own; only what it would do for each row is done for each column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import Column
from sqlmodel import SQLModel

from knowledge_base.store.upserts import adding, replacing

Columns = Mapping[str, Iterable[object]]
"""All columns of a table, each with the values of the rows in their order."""

Encoder = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class _Statement:
    """What the driver gets, and what it calls the columns, in the order of their places."""

    text: str
    names: Sequence[str]
    is_positional: bool
    encoders: Mapping[str, Encoder]


def replace_all(db: Connection, table: type[SQLModel], key: tuple[str, ...], columns: Columns) -> None:
    """Insert rows; where the key is there already the new row takes the old one's place."""
    _execute(db, _statement(db.dialect, table, key, ""), columns)


def add_all(db: Connection, table: type[SQLModel], key: tuple[str, ...], column: str, columns: Columns) -> None:
    """Insert rows; where the key is there already the new value of ``column`` is added to the old one."""
    _execute(db, _statement(db.dialect, table, key, column), columns)


def _execute(db: Connection, statement: _Statement, columns: Columns) -> None:
    encoders = statement.encoders
    encoded = [map(encoders[name], columns[name]) if name in encoders else columns[name] for name in statement.names]
    rows: list[Any] = list(zip(*encoded, strict=True))
    if not statement.is_positional:
        rows = [dict(zip(statement.names, row, strict=True)) for row in rows]
    if rows:
        db.exec_driver_sql(statement.text, rows)


@lru_cache(maxsize=64)
def _statement(dialect: Dialect, table: type[SQLModel], key: tuple[str, ...], column: str) -> _Statement:
    columns: Sequence[Column[Any]] = list(table.__table__.columns)  # type: ignore[attr-defined]
    names = [each.name for each in columns]
    insert = adding(dialect, table, key, column) if column else replacing(dialect, table, key, names)
    compiled = insert.compile(dialect=dialect, column_keys=names)
    order = compiled.positiontup or names if compiled.positional else names
    encoders = {each.name: encoder for each in columns if (encoder := _encoder(each, dialect)) is not None}
    return _Statement(str(compiled), order, bool(compiled.positional), encoders)


def _encoder(column: Column[Any], dialect: Dialect) -> Encoder | None:
    encoder: Encoder | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return encoder
