"""The store: one database, opened by need, with short read and write transactions.

The functions that ask and change things live in the modules beside this one; each takes the
connection of such a transaction and the project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from knowledge_base.errors import StorageUnavailable
from knowledge_base.store.engine import database_file, explained, open_engine
from knowledge_base.store.schema import ensure_schema

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Tell the time in UTC."""
    return datetime.now(UTC)


class Store:
    """A database of known errors. ``sqlite://`` lives in memory and is the twin used in tests."""

    def __init__(self, url: str, *, clock: Clock = utc_now) -> None:
        self.url = url
        self.clock = clock
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The engine; raises StorageUnavailable before ``open``."""
        if self._engine is None:
            raise StorageUnavailable("the store is not open")
        return self._engine

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file or memory of this machine."""
        return self.engine.dialect.name == "sqlite"

    def open(self) -> Store:
        """Open the database and bring its schema up to date; where it was open, the connections of before are closed.

        Raises StorageUnavailable with what to do where that cannot be done.
        """
        engine = open_engine(self.url)
        file = database_file(engine)
        try:
            with explained(engine):
                if file is not None:
                    _make_private_folder(file.parent)
                ensure_schema(engine)
        except BaseException:
            engine.dispose()
            raise
        self.close()
        self._engine = engine
        return self

    def close(self) -> None:
        """Close all connections."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def __enter__(self) -> Store:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection whose reads see one state of the database."""
        with explained(self.engine), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are kept together or not at all.

        On SQLite the write lock is taken at the start, so that a read followed by a write can
        never fail half-way for another writer's sake.
        """
        with explained(self.engine), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()


def _make_private_folder(folder: Path) -> None:
    try:
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageUnavailable(
            f"the folder {folder} cannot be made: {error.strerror}; set KEA_HOME to one that can be written"
        ) from error
