"""The queue in Chromium: a day's unknown errors worked off with the keyboard, and a list of thousands that scrolls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.grouping import templates
from knowledge_base.store.store import utc_now
from tests.store.filling import new_template
from tests.web.browsing import complaints, confirm, sign_in, until
from tests.web.conftest import two_errors
from tests.web.examining import faults
from tests.web.serving import require_pages, running
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
WORDS = ("disk", "table", "column", "lease", "token", "schema", "offset", "quota")
SILENT = 600


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, Settings]]:
    """A server on a home with two errors that were seen and many more that were not since."""
    require_pages()
    settings = Settings(home=tmp_path / "home", window_seconds=600)
    knowledge = KnowledgeBase(settings, embedder=HashingEmbedder())
    with knowledge:
        two_errors(knowledge)
        silent = [new_template(f"s{n}", f"{WORDS[n % 8]} number {n} of <n> is missing") for n in range(SILENT)]
        with knowledge.store.write() as db:
            templates.create(db, "default", silent, utc_now())
        DemandKeeper(knowledge.store).settle("default")
    # Nobody clusters meanwhile: the many would become the few that they are.
    others = KnowledgeBase(settings, embedder=HashingEmbedder())
    app = create_app(settings, knowledge=others, runs_background=False)
    with running(app) as port:
        yield f"http://127.0.0.1:{port}", settings.model_copy(update={"port": port})


def open_queue(page: Page, address: tuple[str, Settings]) -> None:
    base, settings = address
    sign_in(page, settings)
    page.goto(f"{base}/queue")
    page.wait_for_selector("[data-previewed]")


def current(page: Page) -> str:
    return page.locator(".queue-row.current").get_attribute("data-row") or ""


def test_a_morning_with_the_keyboard(page: Page, address: tuple[str, Settings]) -> None:
    found = complaints(page)
    open_queue(page, address)
    disk = current(page)
    # Label it without leaving the list; the next row is current, and the label is taken back from the toast.
    page.keyboard.press("e")
    page.keyboard.type("Data disk full")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('labelled it “Data disk full”')")
    until(lambda: page.locator(f"[data-row={disk}]").count() == 0)
    queue = current(page)
    assert queue != disk
    page.keyboard.press("u")
    page.wait_for_selector(f"[data-row={disk}]")
    assert page.locator("[data-row]").first.get_attribute("data-row") == disk
    # Move, look beside the list, select, assign both.
    page.keyboard.press("k")
    page.wait_for_selector(f"[data-previewed={disk}]")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("X")
    assert page.locator("[data-selected-count]").inner_text() == "2 selected"
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.value") == "Lin Wei"
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Lin Wei")).click()
    page.wait_for_selector(".toast:has-text('gave it to Lin Wei')")
    assert page.locator(".queue-row .owner", has_text="Owner: Lin Wei").count() == 2
    assert not page.locator("[data-bar]").is_visible()
    # Merge two, and take it back.
    for key in ("k", "x", "j", "x", "m"):
        page.keyboard.press(key)
    page.locator("#queue-merge").get_by_label("Other ids, separated by commas").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator("#what-if").get_by_label("Reason").fill("same cause")
    confirm(page)
    page.wait_for_selector(".toast:has-text('same cause')")
    until(lambda: page.locator(f"[data-row={queue}]").count() == 0)
    page.keyboard.press("u")
    page.wait_for_selector(f"[data-row={queue}]")
    # Put one off, ignore another: both leave the list, and are found under their filters.
    first, before = current(page), page.locator("[data-row]").count()
    page.keyboard.press("z")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Until tomorrow")).click()
    page.wait_for_selector(".toast:has-text('put it off until')")
    second = current(page)
    page.keyboard.press("i")
    page.wait_for_selector(".toast:has-text('ignored it')")
    assert page.locator(f"[data-row={first}], [data-row={second}]").count() == 0
    page.locator("summary", has_text="Unlabelled").click()
    page.get_by_role("link", name="Snoozed 1").click()
    page.wait_for_url("**status=snoozed")
    page.wait_for_selector(f"[data-row={first}]")
    page.go_back()
    page.wait_for_url(re.compile(r"/queue$"))
    until(lambda: page.locator("[data-row]").count() > 10)
    assert before > 10
    assert page.locator(f"[data-row={first}], [data-row={second}]").count() == 0
    # Open, come back, switch the keys off.
    page.keyboard.press("Enter")
    page.wait_for_url("**/categories/KE-*")
    page.go_back()
    page.wait_for_selector("[data-previewed]")
    page.evaluate("localStorage.setItem('kea-keys-off', '1')")
    page.keyboard.press("x")
    assert page.locator(".queue-row.selected").count() == 0
    assert found == []


def test_what_is_typed_into_the_preview_is_kept_by_the_key_that_confirms(
    page: Page, address: tuple[str, Settings]
) -> None:
    found = complaints(page)
    open_queue(page, address)
    page.keyboard.press("e")
    page.keyboard.type("No space on the data disk")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast:has-text('No space on the data disk')")
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_label("Name").fill("Zhou Yan")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast:has-text('gave it to Zhou Yan')")
    assert found == []


def test_filters_search_and_views_live_in_the_address(page: Page, address: tuple[str, Settings]) -> None:
    base, _ = address
    found = complaints(page)
    open_queue(page, address)
    page.keyboard.press("/")
    page.keyboard.type("lease number 3")
    page.wait_for_url("**q=lease*")
    until(lambda: page.locator("[data-row]").count() > 0 and "lease" in page.locator("[data-row]").first.inner_text())
    assert page.evaluate("document.activeElement.value") == "lease number 3", "typing goes on"
    page.locator("summary", has_text="Order").click()
    page.get_by_role("link", name="Newest").click()
    page.wait_for_url("**order=newest")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("button", name="Save this view…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Leases")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.wait_for_selector("h1:has-text('Leases')")
    page.goto(f"{base}/queue")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Leases").click()
    page.wait_for_selector("h1:has-text('Leases')")
    assert "order=newest" in page.url
    assert page.locator("[data-search]").input_value() == "lease number 3"
    assert found == []


def test_a_long_list_is_scrolled_to_its_end_and_stays_small(page: Page, address: tuple[str, Settings]) -> None:
    found = complaints(page)
    open_queue(page, address)
    page.keyboard.press("x")
    chosen = current(page)
    most = 0
    while page.locator("[data-more]").count():
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(30)
        most = max(most, page.locator("[data-row]").count())
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    until(lambda: page.locator("[data-row='KE-602']").count() == 1)
    assert most < SILENT / 2, "far rows rest"
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_selector(f"[data-row={chosen}].selected.current")
    assert page.locator(f"[data-row={chosen}] input").is_checked(), "what rested is as it was"
    # A range reaches over what rests; without a beginning it is the one row.
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    until(lambda: page.locator("[data-row='KE-602']").count() == 1)
    until(lambda: page.locator(f"[data-row={chosen}]").count() == 0)
    count = page.locator("[data-selected-count]")
    page.locator("[data-row='KE-602'] input").click(modifiers=["Shift"])
    assert int(count.inner_text().split()[0]) > SILENT / 2, "far more than the rows that do not rest"
    until(lambda: page.locator("[data-row]").count() < SILENT / 2)
    page.keyboard.press("Escape")
    assert not count.is_visible()
    page.locator("[data-row='KE-602'] input").click(modifiers=["Shift"])
    assert count.inner_text() == "1 selected"
    assert found == []


def test_all_that_match_are_put_aside_and_come_back(page: Page, address: tuple[str, Settings]) -> None:
    base, _ = address
    found = complaints(page)
    open_queue(page, address)
    page.goto(f"{base}/queue?q=lease")
    page.wait_for_selector("[data-previewed]")
    page.locator("[data-select-all]").check()
    page.get_by_role("button", name="Select all 75 that match").click()
    assert page.locator("[data-selected-count]").inner_text() == "All 75 that match"
    page.keyboard.press("i")
    page.locator("#what-if").get_by_text("Search “lease”").wait_for()
    assert faults(page, "queue") == []
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".toast:has-text('75 categories were changed.')", timeout=60_000)
    page.get_by_text("No category matches").wait_for()
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('75 categories are as they were.')", timeout=60_000)
    until(lambda: page.locator("[data-row]").count() >= 25)
    assert found == []
