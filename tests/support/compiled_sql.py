"""What one database engine compiled serves every later one of its kind in the process.

SQLAlchemy keeps compiled statements by engine and dialect object. A process of the product has one engine, tests make
thousands, and each would compile the same hundreds of statements anew: a fifth of the time of tests with a database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

STATEMENTS = 5000

_first: dict[tuple[object, ...], tuple[Dialect, LRUCache[Any, Any]]] = {}


def share() -> None:
    """Let engines share what they compile from now on."""
    event.listen(Engine, "engine_connect", _take_part)


def keep_apart() -> None:
    """Leave each new engine to itself again."""
    event.remove(Engine, "engine_connect", _take_part)


def _take_part(connection: Connection) -> None:
    engine, own = connection.engine, connection.dialect
    # The dialect is initialised here: it knows the server behind it.
    kind = (type(own), own.server_version_info, own.default_isolation_level, own._on_connect_isolation_level)
    dialect, compiled = _first.setdefault(kind, (own, LRUCache(STATEMENTS)))
    engine.dialect = connection.dialect = dialect
    engine._compiled_cache = compiled
