"""The loop in Chromium: sign in, find, attach, ask, see, judge; and no page that some cannot use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from knowledge_base.settings import Settings
from tests.web.browsing import complaints, sign_in, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PASTED = "hello, my job is red since noon:\nNo space left on device while writing /data/1717/part-42.parquet\nany idea?"


def test_the_loop(page: Page, address: tuple[str, Settings]) -> None:
    base, settings = address
    found = complaints(page)
    sign_in(page, settings)
    # Find: the search works while typing, the keys move and open.
    page.keyboard.press("/")
    page.keyboard.type("space left")
    page.wait_for_url("**q=space*")
    page.wait_for_selector("#items .item:only-child")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/categories/KE-*")
    category = page.url.rpartition("/")[2]
    # Label it, write the solution with a look at the preview, publish it.
    page.keyboard.press("e")
    page.get_by_label("Label", exact=True).fill("Data disk full")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Data disk full')")
    page.keyboard.press("w")
    page.get_by_label("Title").fill("The data disk is full")
    page.get_by_label("Cause").fill("Old shuffle files stay behind.")
    page.get_by_label("What to do, in Markdown").fill("1. Look: `df -h /data`\n2. Delete what is **old**")
    page.wait_for_selector("#editor-preview code:has-text('df -h /data')")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_selector(".toast:has-text('published the solution')")
    page.locator("#solution-reader strong", has_text="old").wait_for()
    # Ask, see the answer, say that it helped.
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/ask")
    page.get_by_label("Error message").fill(PASTED)
    page.keyboard.press("Control+Enter")
    answer = page.locator("article.answer[data-outcome=answered]")
    answer.wait_for()
    assert "The data disk is full" in answer.inner_text()
    assert category in answer.inner_text()
    assert "Known error" in answer.inner_text()
    page.get_by_role("button", name="This solved it").click()
    page.wait_for_selector("text=Noted: this solved it.")
    page.locator("#questions .tag", has_text="solved").wait_for()
    # The category knows it.
    page.goto(f"{base}/categories/{category}")
    assert "1 helpful" in page.locator(".health").inner_text()
    page.get_by_role("tab", name=re.compile("Asked 1")).click()
    page.locator("#panel-asked", has_text="helped").wait_for()
    assert found == []


def test_a_text_that_is_too_long_is_told_before_it_is_sent(page: Page, address: tuple[str, Settings]) -> None:
    base, settings = address
    found = complaints(page)
    sign_in(page, settings)
    page.goto(f"{base}/ask")
    box = page.get_by_label("Error message")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/events?" not in request.url else None)
    box.fill("x" * 100_001)
    page.keyboard.press("Control+Enter")
    page.locator("form.ask-box button.primary").click()
    told = "The text is too long: 100,000 characters are allowed. Paste the part with the error message."
    assert box.evaluate("box => [box.value.length, box.validationMessage]") == [100_001, told]
    assert sent == []
    box.fill("\U0001f50e" * 50_001 + "x" * 49_999)
    assert box.evaluate("box => box.validationMessage") == ""
    box.fill(PASTED)
    page.keyboard.press("Control+Enter")
    page.locator("article.answer").wait_for()
    assert found == []


def test_acts_are_undone_from_the_toast(page: Page, address: tuple[str, Settings]) -> None:
    base, settings = address
    found = complaints(page)
    sign_in(page, settings)
    page.goto(f"{base}/?q=queue")
    page.locator("[data-item]").click()
    page.wait_for_url("**/categories/KE-*")
    page.keyboard.press("m")
    page.get_by_label("Search the other category").fill("KE-1")
    page.locator("#merge-found").get_by_role("checkbox").check()
    page.get_by_role("dialog").get_by_role("button", name="What would change…").click()
    page.get_by_role("dialog", name="What would change").get_by_role("button", name="Merge 1 into KE-2").click()
    page.wait_for_selector(".toast:has-text('merged KE-1')")
    until(lambda: "done=" not in page.url)
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back')")
    page.goto(f"{base}/categories/KE-1")
    assert page.locator(".tag", has_text="KE-1").count() >= 1
    assert found == []


def test_two_editors(page: Page, browser: Browser, address: tuple[str, Settings]) -> None:
    """Whoever saves second is told, and loses no word."""
    base, settings = address
    sign_in(page, settings)
    page.goto(f"{base}/categories/KE-2")
    page.keyboard.press("w")
    page.get_by_label("Cause").fill("written by the first")
    other = page.context.new_page()
    other.goto(f"{base}/categories/KE-2")
    other.keyboard.press("w")
    other.get_by_label("Cause").fill("written by the second")
    other.get_by_role("button", name="Publish").click()
    other.wait_for_selector(".toast")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_selector("text=Changed meanwhile.")
    assert page.get_by_label("Cause").input_value() == "written by the first"


def test_a_draft_survives_a_reload(page: Page, address: tuple[str, Settings]) -> None:
    base, settings = address
    sign_in(page, settings)
    page.goto(f"{base}/categories/KE-1")
    page.keyboard.press("w")
    page.get_by_label("Title").fill("half a title")
    page.wait_for_selector("#kept [data-kept]")
    page.reload()
    assert page.get_by_label("Title").input_value() == "half a title"
    page.get_by_text("was brought back").wait_for()


def test_keys_can_be_switched_off(page: Page, address: tuple[str, Settings]) -> None:
    _, settings = address
    sign_in(page, settings)
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('[data-item]')") is False
