"""Databases for tests: migrated once, then copied or emptied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import sqlalchemy

from knowledge_base.store import projects
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.numbers import NAMES, sequence_of
from knowledge_base.store.store import Store

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINE, OTHER = "billing", "search"


class SteppingClock:
    """A clock that goes on by one second each time it is read."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def migrated_file(folder: Path) -> Path:
    """Make a SQLite file with the tables in it."""
    path = folder / "empty.db"
    with Store(f"sqlite:///{path}"):
        pass
    return path


@cache
def migrated_database(server: str, name: str) -> str:
    """Make a database with the tables in it on a PostgreSQL server, once; give its URL."""
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    url = sqlalchemy.make_url(server).set(database=name).render_as_string(hide_password=False)
    with Store(url):
        pass
    return url


def copied_file(empty: Path, target: Path) -> str:
    """Copy the migrated file; give the URL of the copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty, target)
    return f"sqlite:///{target}"


def emptied(url: str) -> str:
    """Delete every row of a PostgreSQL database, and let its numbers begin anew."""
    rows = [f'DELETE FROM "{table.name}"' for table in METADATA.sorted_tables]
    statements = "; ".join([*rows, *(f"ALTER SEQUENCE {sequence_of(name)} RESTART" for name in NAMES)])
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(statements)
    return url


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open a store that holds two projects."""
    clock = SteppingClock()
    with Store(url, clock=clock) as store:
        with store.write() as db:
            for name in (MINE, OTHER):
                projects.ensure_project(db, name, START)
        yield store
