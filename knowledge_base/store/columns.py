"""Column types and helpers that all tables share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

# SQLite gives rowid behaviour to INTEGER alone; PostgreSQL needs BIGINT for the same range.
Big = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC; SQLite would drop the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; raises ValueError for a time without a zone."""
        if value is None:
            return None
        return _in_utc(value)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Write times for SQLite in one step: a batch binds thousands, and the usual way takes five times as long."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back with its zone."""
        if value is None or value.tzinfo is not None:
            return value if value is None else value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _written(value: datetime | None) -> str | None:
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[:26]


def project_key() -> Any:
    """Make the first column of every key."""
    return Field(primary_key=True, max_length=64)


def number_key() -> Any:
    """Make a key column that is filled from ``numbers``, never by the database."""
    return Field(primary_key=True, sa_type=Big, sa_column_kwargs={"autoincrement": False})


def number(default: int | None = None, *, index: bool = False) -> Any:
    """Make a 64-bit column; without a default the column may be null."""
    return Field(default=default, sa_type=Big, index=index, nullable=default is None)


def moment(*, primary_key: bool = False, nullable: bool = False) -> Any:
    """Make a column for an aware time."""
    if nullable:
        return Field(default=None, sa_type=UtcDateTime, nullable=True)
    return Field(sa_type=UtcDateTime, primary_key=primary_key, nullable=False)
