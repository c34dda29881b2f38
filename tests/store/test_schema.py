"""Migrations: from nothing to the newest schema, once, whoever starts first."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE

import pytest
import sqlalchemy
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from knowledge_base.errors import StorageUnavailable
from knowledge_base.store.engine import open_engine
from knowledge_base.store.grouping import proposals
from knowledge_base.store.grouping.proposal_values import Proposed
from knowledge_base.store.messages import outbox
from knowledge_base.store.metadata import METADATA
from knowledge_base.store.schema import HEAD, MIGRATIONS, revision
from knowledge_base.store.store import Store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'home' / 'kea.db'}"
    else:
        yield request.getfixturevalue("postgres_database")


def test_the_migrations_lead_to_the_tables(new_url: str) -> None:
    with Store(new_url) as store, store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert revision(connection) == HEAD


def test_opening_again_changes_nothing(new_url: str) -> None:
    with Store(new_url) as store, store.write() as db:
        db.execute(sqlalchemy.text("INSERT INTO sequence (name, value) VALUES ('kept', 7)"))
    for _ in range(2):
        with Store(new_url) as store, store.read() as db:
            assert db.execute(sqlalchemy.text("SELECT value FROM sequence WHERE name = 'kept'")).scalar_one() == 7


def upgrade_to(connection: sqlalchemy.Connection, wanted: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, wanted)


def test_deliveries_of_an_older_kea_are_kept(new_url: str) -> None:
    engine = open_engine(new_url)
    if new_url.startswith("sqlite"):
        Path(str(engine.url.database)).parent.mkdir()
    with engine.connect() as connection:
        upgrade_to(connection, "0002")
        connection.exec_driver_sql(
            "INSERT INTO outbox VALUES ('default', 7, 'reply:x:1', 'x', 'reply', 'lane', '{}', '{}', NULL, NULL, "
            "'sending', 1, 0, '', '', '2026-03-02 09:30:00', '2026-03-02 09:31:00', NULL)"
        )
        connection.commit()
    engine.dispose()
    with Store(new_url) as store, store.read() as db:
        assert revision(db) == HEAD
        [delivery] = outbox.due(db, "x", datetime(2026, 3, 3, tzinfo=UTC))
    assert (delivery.public_id, delivery.claimed_at, delivery.misses, delivery.stands_for) == ("D-7", None, 0, [])


def test_proposals_of_an_older_kea_get_numbers_and_those_that_are_settled_go(new_url: str) -> None:
    engine = open_engine(new_url)
    if new_url.startswith("sqlite"):
        Path(str(engine.url.database)).parent.mkdir()
    category = (
        "INSERT INTO category (project, id, state, solution, keywords, ignored, created_at)"
        " VALUES ('default', {}, 'active', {}, '[]', '0', '2026-03-02 09:30:00')"
    )
    proposal = (
        'INSERT INTO proposal (project, kind, "left", "right", score, detail, state, at)'
        " VALUES ('default', 'merge', {}, {}, 0.7, '{{}}', '{}', '2026-03-02 09:30:00')"
    )
    with engine.connect() as connection:
        upgrade_to(connection, "0006")
        for number, solution in ((1, "NULL"), (2, 1), (3, 1), (4, "NULL")):
            connection.exec_driver_sql(category.format(number, solution))
        for left, right, state in ((1, 2, "open"), (1, 3, "closed"), (2, 3, "open"), (3, 4, "open")):
            connection.exec_driver_sql(proposal.format(left, right, state))
        connection.commit()
    engine.dispose()
    with Store(new_url) as store, store.write() as db:
        kept = [(each.id, each.left, each.right) for each in proposals.open_proposals(db, "default")]
        assert kept == [(1, 1, 2), (3, 3, 4)], "with one solution there is nothing to merge"
        proposals.put(db, "default", [Proposed(1, 4, 0.5)], datetime(2026, 3, 3, tzinfo=UTC))
        assert proposals.get(db, "default", "P-4").score == 0.5


def test_solutions_of_an_older_kea_get_their_dates(new_url: str) -> None:
    engine = open_engine(new_url)
    if new_url.startswith("sqlite"):
        Path(str(engine.url.database)).parent.mkdir()
    with engine.connect() as connection:
        upgrade_to(connection, "0020")
        for number, state in ((1, "published"), (2, "draft")):
            connection.exec_driver_sql(
                "INSERT INTO solution (project, id, version, state, generation, created_at)"
                f" VALUES ('default', {number}, 2, '{state}', 1, '2026-03-02 09:30:00+00:00')"
            )
            for version, hour in ((1, 9), (2, 11)):
                connection.exec_driver_sql(
                    "INSERT INTO solution_version (project, solution, version, title, cause, body, author, at)"
                    f" VALUES ('default', {number}, {version}, 't', '', '', 'Ana', '2026-03-02 {hour:02}:30:00')"
                )
        connection.commit()
    engine.dispose()
    query = "SELECT first_published_minute, published_minute FROM solution ORDER BY id"
    with Store(new_url) as store, store.read() as db:
        (first, newest), draft = (tuple(row) for row in db.exec_driver_sql(query))
    assert (first, newest - first) == (int(datetime(2026, 3, 2, 9, 30, tzinfo=UTC).timestamp()) // 60, 120)
    assert draft == (None, None)


OPEN = """
import sys
from knowledge_base.store.store import Store
print("ready", flush=True)
sys.stdin.readline()
with Store(sys.argv[1]) as store, store.read() as db:
    print(db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())
"""


def test_processes_that_start_together_make_the_tables_once(new_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, new_url], stdin=PIPE, stdout=PIPE, text=True) for _ in range(2)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0].strip() for process in started] == [HEAD, HEAD]
    assert [process.returncode for process in started] == [0, 0]


def test_the_database_of_a_newer_kea_is_left_alone(new_url: str) -> None:
    with Store(new_url) as store, store.write() as db:
        db.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageUnavailable, match="install the newer Kea"):
        Store(new_url).open()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "kea.db").write_bytes(b"\x00not a database at all" * 100)
    with pytest.raises(StorageUnavailable, match=r"kea\.db is not a Kea database"):
        Store(f"sqlite:///{tmp_path / 'kea.db'}").open()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnavailable, match="set KEA_HOME to one that can be written"):
        Store(f"sqlite:///{tmp_path / 'file' / 'home' / 'kea.db'}").open()


def test_the_data_folder_is_private(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'home' / 'kea.db'}"):
        assert (tmp_path / "home").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("no url", "KEA_DATABASE_URL is not understood"),
        ("mysql://host/kea", "not supported; use SQLite or PostgreSQL"),
    ],
)
def test_addresses_that_are_none_are_explained(url: str, message: str) -> None:
    with pytest.raises(StorageUnavailable, match=message):
        Store(url).open()


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="cannot be reached") as caught:
        Store(f"postgresql://kea:tops3cret@/kea?host={tmp_path}").open()
    assert "tops3cret" not in str(caught.value)


def test_a_locked_database_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kea.db"
    monkeypatch.setattr("knowledge_base.store.engine.BUSY_TIMEOUT_SECONDS", 0.1)
    with Store(f"sqlite:///{path}") as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(StorageUnavailable, match="locked by another process"), store.write():
                pass
        finally:
            other.execute("ROLLBACK")
            other.close()


def test_a_failed_change_leaves_nothing(new_url: str) -> None:
    def fail_half_way(store: Store) -> None:
        with store.write() as db:
            db.execute(sqlalchemy.text("INSERT INTO sequence (name, value) VALUES ('gone', 1)"))
            raise RuntimeError("in the middle")

    with Store(new_url) as store:
        with pytest.raises(RuntimeError):
            fail_half_way(store)
        with store.read() as db:
            assert db.execute(sqlalchemy.text("SELECT count(*) FROM sequence")).scalar_one() == 0


def test_a_store_that_is_not_open_says_so() -> None:
    with pytest.raises(StorageUnavailable, match="not open"), Store("sqlite://").read():
        pass


def test_errors_of_the_database_do_not_show_what_is_stored(new_url: str) -> None:
    with Store(new_url) as store, pytest.raises(sqlalchemy.exc.DBAPIError) as caught, store.write() as db:
        db.execute(sqlalchemy.text("INSERT INTO nowhere VALUES (:address)"), {"address": "https://host/secret"})
    assert "secret" not in str(caught.value)
