"""The fixtures themselves: each hands out what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from playwright.sync_api import Page

from knowledge_base.settings import read_settings
from tests.support.missing import missing


@pytest.mark.postgres
def test_a_database_is_empty_and_can_be_written(postgres_database: str) -> None:
    engine = sqlalchemy.create_engine(postgres_database)
    with engine.begin() as connection:
        assert connection.dialect.driver == "psycopg"
        tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        assert connection.execute(sqlalchemy.text(tables)).scalar_one() == 0
        connection.execute(sqlalchemy.text("CREATE TABLE t (name text)"))
        connection.execute(sqlalchemy.text("INSERT INTO t VALUES ('磁盘')"))
        assert connection.execute(sqlalchemy.text("SELECT name FROM t")).scalar_one() == "磁盘"
    engine.dispose()


@pytest.fixture
def left_open() -> Iterator[list[psycopg.Connection]]:
    """Connections that are closed only after the fixtures named behind this one are gone."""
    connections: list[psycopg.Connection] = []
    yield connections
    for connection in connections:
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()


@pytest.mark.postgres
def test_a_database_is_dropped_while_a_connection_is_open(
    left_open: list[psycopg.Connection], postgres_database: str
) -> None:
    url = sqlalchemy.make_url(postgres_database).set(drivername="postgresql")
    connection = psycopg.connect(url.render_as_string(hide_password=False))
    left_open.append(connection)
    assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.browser
def test_a_page_runs_scripts(page: Page) -> None:
    page.set_content("<button onclick=\"this.textContent='知道了'\">ok</button>")
    page.get_by_role("button").click()
    assert page.get_by_role("button").inner_text() == "知道了"


def test_a_home_is_named_to_every_process(kea_home: Path) -> None:
    assert read_settings().home == kea_home
    assert os.environ["KEA_HOME"] == str(kea_home)
    assert not kea_home.exists()


def test_without_a_home_the_users_own_is_left_alone() -> None:
    assert read_settings().home_path != Path("~/.kea").expanduser()


def test_what_is_missing_is_left_out_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Chromium is not installed"):
        missing("Chromium")


def test_in_ci_what_is_missing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Chromium is not installed"):
        missing("Chromium")
