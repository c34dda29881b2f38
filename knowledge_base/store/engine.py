"""Database engines for SQLite and PostgreSQL, and what their errors mean for people."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool, StaticPool

from knowledge_base.errors import InputError, StorageUnavailable

BUSY_TIMEOUT_SECONDS = 10.0
RETRY_SECONDS = 0.01
_JOURNAL = "PRAGMA journal_mode=WAL"
# The log of what was written is copied into the database every 16 MB: a batch writes some of the same pages again.
_PRAGMAS = (
    "PRAGMA synchronous=NORMAL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32000",
    "PRAGMA wal_autocheckpoint=4000",
)


def open_engine(url: str) -> Engine:
    """Make an engine; no connection is opened yet.

    SQLite runs in WAL mode with a busy timeout of 10 s and without the driver's own transaction
    handling, so that writers can say ``BEGIN IMMEDIATE``. ``sqlite://`` is a database in memory.

    Raises StorageUnavailable for an address that is not understood.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise StorageUnavailable(
            "KEA_DATABASE_URL is not understood; write postgresql://user:password@host/name or sqlite:////path/kea.db"
        ) from None
    if address.get_backend_name() == "postgresql":
        return create_engine(
            address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=8, hide_parameters=True
        )
    if address.get_backend_name() != "sqlite":
        raise StorageUnavailable(f"a {address.get_backend_name()} database is not supported; use SQLite or PostgreSQL")
    return _open_sqlite(address)


def _open_sqlite(address: URL) -> Engine:
    arguments: dict[str, Any] = {"connect_args": {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}}
    if not address.database or address.database == ":memory:":
        arguments["poolclass"] = StaticPool
    # What is stored (questions, addresses) does not belong into the messages of errors, which are logged.
    engine = create_engine(address, hide_parameters=True, **arguments)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        _patiently(connection, _JOURNAL)
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    return engine


def _patiently(connection: sqlite3.Connection, statement: str) -> None:
    """Change how a new file keeps its log; SQLite does not wait by itself while another process does the same."""
    give_up = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def database_file(engine: Engine) -> Path | None:
    """Name the file behind a SQLite engine; None for a server or memory."""
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and name != ":memory:" else None


@contextmanager
def beside(db: Connection) -> Iterator[Connection]:
    """Give another connection to a connection's database, which sees its present state; for rare questions.

    It is none of the pool: where all hold one and wait for a second, nobody would get it. A database in memory has a
    single connection, which is given back as it is.
    """
    engine = db.engine
    if engine.dialect.name == "sqlite" and database_file(engine) is None:
        yield db
        return
    other = create_engine(engine.url, poolclass=NullPool, hide_parameters=True)
    try:
        with explained(engine), other.connect() as connection:
            yield connection
    finally:
        other.dispose()


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors into what to do: of the surroundings StorageUnavailable, of a value InputError."""
    try:
        yield
    except (DataError, OverflowError) as error:
        raise InputError("a number is too large, or a text has a character that cannot be kept (NUL)") from error
    except (DBAPIError, OSError) as error:
        message = _explanation(engine, error)
        if message is None:
            raise
        raise StorageUnavailable(message) from error


def _explanation(engine: Engine, error: Exception) -> str | None:
    where = database_file(engine) or engine.url.render_as_string(hide_password=True)
    text = str(getattr(error, "orig", None) or error).lower()
    known = {
        "locked": f"the database {where} is locked by another process; stop that process or try again",
        "disk is full": f"the disk of {where} is full; free some space, then run the command again",
        "no space left": f"the disk of {where} is full; free some space, then run the command again",
        "readonly": f"the database {where} cannot be written; check the owner and mode of the file and its folder",
        "unable to open": f"the database {where} cannot be opened; check that its folder exists and can be written",
        "not a database": f"{where} is not a Kea database; move the file away or set KEA_HOME to another folder",
        "malformed": f"the database {where} is damaged; restore it from a backup or from `kea export`",
    }
    if "deadlock" in text or "could not serialize" in text:
        return "two changes stood in each other's way; nothing was changed, do it again"
    for sign, message in known.items():
        if sign in text:
            return message
    if engine.dialect.name == "postgresql" and isinstance(error, OperationalError):
        return f"PostgreSQL at {where} cannot be reached: {text.splitlines()[0][:200]}; check KEA_DATABASE_URL"
    return None
