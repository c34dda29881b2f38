"""One sample, put back into a database of each kind; one server on each; one Chromium for all walks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy
from fastapi import FastAPI

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.exchange import backups
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.store import Store
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.web.roles import cookie_of, link_cookie
from tests.web.serving import require_pages, running
from tests.web.walks import scene
from web.app import create_app
from web.identity.session import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PICTURES = os.environ.get("KEA_TEST_PICTURES", "")
"""The folder that the pictures of the docs are written to; empty for a passing one."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A backup of the filled database, and what is in it."""

    file: Path
    scene: scene.Scene


@dataclass(frozen=True, slots=True)
class Place:
    """A running server, and how people come in."""

    kind: str
    base: str
    app: FastAPI
    settings: Settings
    scene: scene.Scene
    sample: Sample

    def cookie(self, role: str = "") -> str:
        """Give the cookie of somebody who signed in: Lin Wei by a link, who may do everything, or one of a role."""
        return cookie_of(self.app, role) if role else link_cookie(self.app)


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Sample:
    """The sample and the scene, made once: with the real model where pictures are asked for."""
    require_pages()
    folder = tmp_path_factory.mktemp("sample")
    if PICTURES:
        request.getfixturevalue("model_dir")
    settings = Settings(home=folder / "home")
    with KnowledgeBase(settings, embedder=None if PICTURES else HashingEmbedder()) as knowledge:
        found = scene.fill(knowledge, lines=20_000 if PICTURES else 500)
        backups.back_up(knowledge.store, settings, folder / "sample.kea", knowledge.clock(), lambda *_: None)
    return Sample(folder / "sample.kea", found)


@pytest.fixture(scope="package", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(sample: Sample, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Place]:
    """A server on a database of each kind, with the sample in it; whoever walks finds errors of its own to change."""
    home = tmp_path_factory.mktemp(request.param) / "home"
    with database(request.param, request) as url:
        settings = Settings(home=home, database_url=url, sign_ins_per_minute=0)
        with Store(settings.url) as store:
            backups.restore(store, sample.file, lambda *_: None, force=False)
        knowledge = KnowledgeBase(settings, embedder=None if PICTURES else HashingEmbedder())
        app = create_app(settings, knowledge=knowledge)
        with running(app) as port:
            own = settings.model_copy(update={"port": port})
            yield Place(request.param, f"http://127.0.0.1:{port}", app, own, sample.scene, sample)


@contextmanager
def database(kind: str, request: pytest.FixtureRequest, name: str = "kea_walks") -> Iterator[str]:
    """A new database of a kind: its URL, empty for a file in the home."""
    if kind == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres_url")
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield sqlalchemy.make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="package")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """One Chromium for all walks, gone before tests come that run an event loop of their own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_ARGUMENTS))
        yield chromium
        chromium.close()


Visit = Callable[..., "Page"]


@pytest.fixture
def visit(browser: Browser, place: Place) -> Iterator[Visit]:
    """Open a page of a browser in which somebody of a role has signed in, with their tastes; closed after the test."""
    opened: list[BrowserContext] = []

    def open_page(role: str | None = "", *, language: str = "en-US", theme: str = "light", width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=place.base,
            locale=language,
            color_scheme=theme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 800 if width > 400 else 844},
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        if role is not None:
            context.add_cookies([{"name": COOKIE, "value": place.cookie(role), "url": place.base}])
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()
