"""Questions, outbox, ingest and dashboard in Chromium: what people do there, and no page that some cannot use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.answering import Assistant
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.intake import source_log
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import utc_now
from knowledge_base.types import Question
from tests.web.browsing import complaints
from tests.web.conftest import DISK, NOW, QUEUE, records
from tests.web.roles import link_cookie
from tests.web.serving import require_pages, running
from web.app import create_app
from web.identity.session import COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server with two errors, one solved, two questions, three deliveries and refused rows; address and cookie."""
    require_pages()
    settings = Settings(home=tmp_path / "home", window_seconds=600)
    with KnowledgeBase(settings, embedder=HashingEmbedder()) as knowledge:
        _fill(knowledge)
    app = create_app(settings, knowledge=KnowledgeBase(settings, embedder=HashingEmbedder()))
    with running(app) as port:
        yield f"http://127.0.0.1:{port}", link_cookie(app)


def _fill(knowledge: KnowledgeBase) -> None:
    now, shift = utc_now(), utc_now() - NOW
    with knowledge.store.write() as db:
        ensure_project(db, "default", now)
    for text, count, service in ((DISK, 30, "spark-etl"), (QUEUE, 12, "yarn-rm")):
        lines = records("default", text, count=count, service=service)
        kept = Pipeline(knowledge, "default").keep([replace(each, at=each.at + shift) for each in lines])
    text = SolutionText("The queue is full", "Too many jobs.", "1. `yarn queue -status etl`\n2. Wait")
    curation.attach(knowledge.store, "default", kept[0].category_id, text, actor="Zhou Yan")
    for asked in (QUEUE.replace("{n}", "7"), "the frobnicator is unwell"):
        Assistant(knowledge).ask(Question("default", "slack", "Mei", asked))
    with knowledge.store.write() as db:
        for number in range(3):
            new = NewDelivery(f"k{number}", "slack", "reply", "lane", {}, {"headline": "The queue is full"}, 1)
            outbox.queue(db, "default", new, now)
        for each in outbox.list_deliveries(db, "default"):
            outbox.move(db, each, outbox.DEAD, error="channel_not_found: invite the bot into the channel")
        refused = [(7, "no text: a row needs text, message or msg", '{"level": "ERROR"}')]
        source_log.note_refused(db, "default", "logs/0", refused, now, count=1)


def _open(browser: Browser, server: tuple[str, str], **options: object) -> BrowserContext:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": server[1], "url": server[0]}])
    return context


@pytest.fixture
def page(browser: Browser, server: tuple[str, str]) -> Iterator[Page]:
    """A page of a browser in which Lin Wei has signed in."""
    context = _open(browser, server)
    yield context.new_page()
    context.close()


def test_an_unknown_question_gets_its_category_by_keys_and_search(page: Page, server: tuple[str, str]) -> None:
    found = complaints(page)
    page.goto(f"{server[0]}/questions")
    page.get_by_role("link", name="Not known").click()
    page.wait_for_url("**/questions?state=unknown")
    page.wait_for_selector("#items .item:only-child")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/Q-2")
    page.keyboard.press("/")
    page.keyboard.type("queue rejected")
    page.locator("#found .pick").click()
    page.wait_for_selector(".toast:has-text('picked it')")
    page.locator("article.answer", has_text="The queue is full").wait_for()
    page.keyboard.press("u")
    page.wait_for_selector("article.answer[data-outcome=unknown]")
    page.keyboard.press("h")
    page.wait_for_selector(".note:has-text('Lin Wei handed it over')")
    page.keyboard.press("c")
    page.wait_for_selector(".note:has-text('nothing is left to do')")
    page.get_by_role("button", name="Open again").click()
    page.wait_for_selector(".note:has-text('Lin Wei handed it over')")
    assert found == []


def test_deliveries_are_chosen_and_sent_again(page: Page, server: tuple[str, str]) -> None:
    found = complaints(page)
    page.goto(f"{server[0]}/dashboard")
    page.get_by_role("link", name="3 need somebody").click()
    page.get_by_label("Choose D-1").check()
    page.get_by_label("Choose D-2").check()
    page.locator(".foot").get_by_role("button", name="Send again").click()
    page.wait_for_selector(".note:has-text('2 deliveries are sent again.')")
    assert "state=failed" in page.url
    page.get_by_role("button", name="Give up D-3").click()
    page.wait_for_selector(".note:has-text('1 delivery was given up.')")
    page.get_by_role("link", name="Given up").click()
    page.wait_for_selector("#items tr:has-text('D-3')")
    assert found == []


def test_the_dashboard_follows_its_address(page: Page, server: tuple[str, str]) -> None:
    found = complaints(page)
    page.goto(f"{server[0]}/dashboard")
    page.get_by_role("link", name="24 h").click()
    page.wait_for_url("**/dashboard?period=24h")
    page.wait_for_selector("h2:has-text('Error lines an hour')")
    page.get_by_text("As a table").click()
    page.get_by_role("region", name="Volume as a table").wait_for()
    page.get_by_role("link", name="look").click()
    page.wait_for_selector("#refused tr:has-text('no text')")
    assert found == []


def test_pages_that_are_watched_keep_up(page: Page, server: tuple[str, str]) -> None:
    found = complaints(page)
    page.goto(f"{server[0]}/dashboard")
    other = page.context.new_page()
    other.goto(f"{server[0]}/ingest")
    assert "api" not in other.locator("table.sources").inner_text()
    rows = [{"text": "the turbine stopped in hall 7"}, {"level": "ERROR"}]
    assert page.request.post(f"{server[0]}/api/v1/logs", data=rows).ok
    other.wait_for_selector("table.sources tr:has-text('api')")
    page.bring_to_front()
    page.wait_for_selector(".source-list li:has-text('api')")
    page.wait_for_selector("section:has-text('Ingest') dd:has-text('2 lines')")
    assert found == []
