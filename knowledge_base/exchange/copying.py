"""Copies all of a database, whichever of the two kinds it and the other one are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from knowledge_base.store import numbers
from knowledge_base.store.engine import BUSY_TIMEOUT_SECONDS, database_file
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.store import Store
from knowledge_base.store.tables import SequenceRow

CHUNK = 1000

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is."""


def copy_out(store: Store, file: Path, progress: Progress) -> None:
    """Write the present state of an open store into a new SQLite file, while others read and write it.

    PostgreSQL is read in one transaction, table by table. SQLite's pages are copied in one step, which is one read
    transaction; with more steps the copy would begin anew whenever somebody wrote in between, and might never end.
    """
    source = database_file(store.engine)
    if source is not None:
        _copy_pages(source, file, progress)
        return
    with Store(f"sqlite:///{file}") as staged, store.read() as here, staged.write() as there:
        _copy_rows(here, there, progress)


def copy_in(staged: Store, store: Store, progress: Progress) -> None:
    """Put what an open SQLite store holds in place of all that another open one holds, or change nothing at all."""
    source, target = database_file(staged.engine), database_file(store.engine)
    if source is not None and target is not None:
        staged.close()  # all of it is in the file then
        _copy_pages(source, target, progress)
        return
    with staged.read() as here, store.write() as there:
        numbers.begin_raising(there)
        for table in METADATA.sorted_tables:
            there.execute(delete(table))
        _copy_rows(here, there, progress)


def _copy_pages(source: Path, target: Path, progress: Progress) -> None:
    """Copy all pages by one step of SQLite's online backup: one transaction of either file; it blocks no writer."""
    here = sqlite3.connect(source, timeout=BUSY_TIMEOUT_SECONDS)
    there = sqlite3.connect(target, timeout=BUSY_TIMEOUT_SECONDS)
    try:
        here.backup(there, pages=-1, progress=lambda _status, left, total: progress(total - left, total))
    finally:
        there.close()
        here.close()


def _copy_rows(here: Connection, there: Connection, progress: Progress) -> None:
    tables = [each for each in METADATA.sorted_tables if each.name != SequenceRow.__tablename__]
    for place, table in enumerate(tables):
        progress(place, len(tables))
        rows = here.execute(select(table).execution_options(yield_per=CHUNK))
        for batch in rows.mappings().partitions(CHUNK):
            there.execute(insert(table), [dict(row) for row in batch])
    numbers.raise_numbers(there, numbers.last_numbers(here))
    progress(len(tables), len(tables))
