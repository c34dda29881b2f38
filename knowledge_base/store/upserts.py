"""Inserts that say what happens when the key is there already; both databases share the syntax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlmodel import SQLModel

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

Rows = Sequence[Mapping[str, object]]


def insert_or_skip(db: Connection, table: type[SQLModel], rows: Rows) -> None:
    """Insert rows and leave those alone whose key is there already."""
    if rows:
        db.execute(_insert(db.dialect, table).on_conflict_do_nothing(), list(rows))


def insert_new(db: Connection, table: type[SQLModel], row: Mapping[str, object]) -> bool:
    """Insert one row; tell whether it is new, False where its key is there already."""
    key = next(iter(table.__table__.primary_key.columns))  # type: ignore[attr-defined]
    statement = _insert(db.dialect, table).values(dict(row)).on_conflict_do_nothing().returning(key)
    return db.execute(statement).first() is not None


def insert_or_replace(db: Connection, table: type[SQLModel], key: Sequence[str], rows: Rows) -> None:
    """Insert rows; where the key is there already the new row takes the old one's place."""
    if rows:
        db.execute(replacing(db.dialect, table, key, list(rows[0])), list(rows))


def insert_or_add(db: Connection, table: type[SQLModel], key: Sequence[str], column: str, rows: Rows) -> None:
    """Insert rows; where the key is there already the new value of ``column`` is added to the old one."""
    if rows:
        db.execute(adding(db.dialect, table, key, column), list(rows))


def replacing(dialect: Dialect, table: type[SQLModel], key: Sequence[str], names: Sequence[str]) -> Insert:
    """Write the statement of :func:`insert_or_replace` for rows with these columns."""
    statement = _insert(dialect, table)
    changed = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


def adding(dialect: Dialect, table: type[SQLModel], key: Sequence[str], column: str) -> Insert:
    """Write the statement of :func:`insert_or_add`."""
    statement = _insert(dialect, table)
    old = table.__table__.c[column]  # type: ignore[attr-defined]
    added = {column: old + statement.excluded[column]}
    return statement.on_conflict_do_update(index_elements=list(key), set_=added)


def adding_both(dialect: Dialect, table: type[SQLModel], key: Sequence[str], columns: Sequence[str]) -> Insert:
    """Write a statement that does the same with several columns."""
    statement = _insert(dialect, table)
    present = table.__table__.c  # type: ignore[attr-defined]
    added = {name: present[name] + statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=list(key), set_=added)


def _insert(dialect: Dialect, table: type[SQLModel]) -> Insert:
    # Each dialect takes a while to import; a process needs one of them.
    module: Any
    if dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite as module
    else:
        from sqlalchemy.dialects import postgresql as module
    statement: Insert = module.insert(table)
    return statement
