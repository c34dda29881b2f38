"""Corrections in the queue, in Chromium and by keyboard: each shows what would change, over the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from tests.web.browsing import complaints, confirm, until, visit
from tests.web.conftest import NOW
from tests.web.examining import faults
from tests.web.serving import require_pages, running
from tests.web.test_proposals_browser import fill
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    """A server on a home in which all kinds of proposals are about KE-3, and whose queue is kept."""
    require_pages()
    settings = Settings(home=tmp_path_factory.mktemp("gating") / "home", window_seconds=600)
    with KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder()) as knowledge:
        fill(knowledge)
        DemandKeeper(knowledge.store).settle("default")
    others = KnowledgeBase(settings, embedder=HashingEmbedder())
    app = create_app(settings, clock=lambda: NOW, knowledge=others, runs_background=False)
    with running(app) as port:
        yield f"http://127.0.0.1:{port}", settings.model_copy(update={"port": port})


def look_at(page: Page, row: str) -> None:
    """Make a row the current one, and wait for its preview."""
    page.locator(f"[data-row={row}] .title").click()
    page.wait_for_selector(f"#queue-preview:not(.stale) [data-previewed={row}]")


def agree(page: Page, told: str, reason: str = "") -> None:
    """Read the dialog, and confirm it by keyboard; the toast tells what was done, over the same list."""
    dialog = page.locator("#what-if")
    dialog.get_by_text("Nothing is applied yet.").wait_for(timeout=30_000)
    assert faults(page, "queue") == []
    if reason:
        page.keyboard.type(reason)
    confirm(page)
    page.wait_for_selector(f".toast:has-text('{told}')")
    assert not dialog.is_visible()
    assert page.url.endswith("/queue?status=all")


def take_back(page: Page) -> None:
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back')")


def test_a_morning_of_corrections(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    found = complaints(page)
    page.goto(f"{base}/queue?status=all")
    # Merge two: the one that stays is picked, the other leaves the list, and both come back.
    look_at(page, "KE-2")
    page.keyboard.press("x")
    look_at(page, "KE-3")
    page.keyboard.press("x")
    page.keyboard.press("m")
    page.locator("#queue-merge").get_by_text("KE-3", exact=True).click()
    page.keyboard.press("Control+Enter")
    agree(page, "merged KE-2 into it", "same cause")
    until(lambda: page.locator("[data-row=KE-2]").count() == 0)
    take_back(page)
    page.wait_for_selector("[data-row=KE-2]")
    # Split by choosing templates; the one that is proposed to go is chosen already.
    look_at(page, "KE-3")
    page.keyboard.press("s")
    page.locator("#queue-split input:checked").wait_for()
    assert faults(page, "queue") == []
    page.keyboard.press("Control+Enter")
    agree(page, "split templates off")
    until(lambda: page.locator("[data-row]").count() == 4)
    take_back(page)
    until(lambda: page.locator("[data-row]").count() == 3)
    # Give a category another name.
    look_at(page, "KE-1")
    page.keyboard.press("e")
    page.keyboard.type("The data disk is full")
    page.keyboard.press("Enter")
    agree(page, "labelled it “The data disk is full”", "shorter")
    page.wait_for_selector("[data-row=KE-1] strong:has-text('The data disk is full')")
    take_back(page)
    # Say that a proposal is wrong.
    look_at(page, "KE-3")
    page.locator("#queue-preview").get_by_role("button", name="Not this error…").click()
    agree(page, "dismissed the proposed label of KE-1", "two systems")
    take_back(page)
    assert found == []


def test_the_dialog_in_chinese_on_a_phone(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings, language="zh-CN", theme="dark", width=390).new_page()
    page.goto(f"{base}/categories/KE-1")
    page.keyboard.press("e")
    page.locator("#label-editor input[name=label]").fill("磁盘已满")
    page.locator("#label-editor button.primary").click()
    page.locator("#what-if button.primary:enabled").wait_for()
    assert faults(page, "queue") == []
