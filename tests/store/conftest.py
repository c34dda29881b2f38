"""A store on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_base.store.store import Store
from tests.store.databases import copied_file, emptied, migrated_database, migrated_file, opened


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds the tables and nothing else."""
    return migrated_file(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def postgres_store_url(postgres_url: str) -> str:
    """The URL of a PostgreSQL database that holds the tables."""
    return migrated_database(postgres_url, "kea_store")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with empty tables."""
    if request.param == "sqlite":
        return copied_file(request.getfixturevalue("empty_file"), tmp_path / "home" / "kea.db")
    return emptied(request.getfixturevalue("postgres_store_url"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store with the projects ``billing`` and ``search``."""
    with opened(database_url) as store:
        yield store


@pytest.fixture
def sqlite_store(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    """The same, on SQLite alone, where the database makes no difference."""
    with opened(copied_file(empty_file, tmp_path / "home" / "kea.db")) as store:
        yield store
