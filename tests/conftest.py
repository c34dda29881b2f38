"""Fixtures for every test: homes, the model, PostgreSQL, Kafka, Chromium.

Tests that need a program that is not installed are left out with the reason; where ``CI`` is set
they fail instead.
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from knowledge_base.embedding import ensure_model
from knowledge_base.settings import read_settings
from tests.support import compiled_sql
from tests.support.missing import missing
from tests.support.postgresql import find_programs, running_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.kafka import Broker

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure() -> None:
    """Let no example of a property fail because the machine was busy for a fifth of a second."""
    hypothesis.settings.register_profile("kea", hypothesis.settings.default, deadline=None)
    hypothesis.settings.load_profile("kea")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from going through all modules and thousands of tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _away_from_the_users_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep a test that forgets to name a home out of the developer's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KEA_DATABASE_URL", raising=False)
        patch.setenv("KEA_HOME", str(tmp_path_factory.mktemp("unnamed") / "home"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _sql_is_compiled_once() -> Iterator[None]:
    """Let all databases of a run share what SQLAlchemy makes of a statement."""
    compiled_sql.share()
    yield
    compiled_sql.keep_apart()


@pytest.fixture(scope="session", autouse=True)
def _sigint_is_heard() -> None:
    """Undo what a shell does to what it runs in the background, here and in the processes that tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def kea_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that does not exist yet, named to this process and to those that it starts."""
    home = tmp_path / "home"
    monkeypatch.setenv("KEA_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def model_dir() -> Iterator[Path]:
    """The folder of exported models with the default model in it, exported if need be."""
    settings = read_settings()
    ensure_model(settings, print)
    folder = settings.model_dir.expanduser()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEA_MODEL_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a running PostgreSQL server (SQLAlchemy's form), one server a worker."""
    programs = find_programs()
    if programs is None:
        missing("PostgreSQL")
    with running_server(programs) as url:
        yield url


_database_numbers = itertools.count(1)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database, dropped after the test."""
    import sqlalchemy

    name = f"kea_{next(_database_numbers)}"
    engine = sqlalchemy.create_engine(postgres_url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield sqlalchemy.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[Broker]:
    """A running broker of Apache Kafka, one a worker; tests make topics of their own on it."""
    from tests.support.kafka import find_jars, running_broker

    jars = find_jars()
    if jars is None:
        missing("Kafka (its jars, and Java 17)")
    with running_broker(jars) as broker:
        yield broker


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The Chromium to drive: the one that CHROMIUM names, else the one on PATH."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        missing("Chromium")
    return Path(found)


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """A Chromium with a fresh profile.

    It lives no longer than its module: Playwright keeps an event loop in this thread, and
    ``asyncio.run`` fails in whatever test comes while it is there.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: no cookies, English, 1280 by 800."""
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
