"""Brings a database to the schema of this version; Alembic is imported only when there is work."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from knowledge_base.errors import StorageUnavailable

HEAD = "0029"
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_NUMBER = 0x6B6561


def revision(connection: Connection) -> str | None:
    """Tell the schema's revision; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def ensure_schema(engine: Engine) -> None:
    """Create or upgrade the tables, once, however many processes start together.

    Raises StorageUnavailable where the database was written by a newer Kea.
    """
    with engine.connect() as connection:
        if revision(connection) == HEAD:
            return
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK_NUMBER})
        found = revision(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise StorageUnavailable(
                f"the database has schema {found}, this Kea knows {HEAD}: install the newer Kea that wrote it"
            )
        _upgrade(connection)
        connection.commit()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
