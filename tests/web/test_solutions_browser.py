"""Solutions in Chromium: written with a preview, kept while typing, two people at once, both languages and themes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from knowledge_base.settings import Settings
from tests.web.browsing import complaints, sign_in, until
from tests.web.examining import faults
from web.identity.signin import make_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def settled(page: Page) -> None:
    page.wait_for_selector("#kept .meta")


def test_two_people_write_one_solution(browser: Browser, page: Page, address: tuple[str, Settings]) -> None:
    base, settings = address
    found = complaints(page)
    sign_in(page, settings)
    # The list leads to a solution; keys move and open.
    page.goto(f"{base}/solutions")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/solutions/S-\d+$"))
    solution = page.url
    page.keyboard.press("w")
    page.wait_for_url("**/edit")
    # What is typed is shown as readers will see it, and is there again after a reload.
    page.get_by_label("Cause").first.fill("Too **many** jobs.")
    page.wait_for_selector("#preview-first strong:has-text('many')")
    settled(page)
    page.reload()
    assert page.get_by_label("Cause").first.input_value() == "Too **many** jobs."
    assert "was brought back" in page.inner_text("main")
    page.get_by_role("button", name="+ condition").click()
    until(lambda: page.locator("[name=service]").count() == 2)
    page.locator("[name=service]").nth(1).fill("yarn-rm")
    page.get_by_role("tab", name="中文").click()
    page.locator("[name=other_title]").fill("队列已满")
    page.wait_for_selector("#preview-other :text('队列已满')")
    assert faults(page, "solution") == []
    # Somebody else is faster; nothing of either is lost.
    other = browser.new_context()
    try:
        second = other.new_page()
        second.goto(make_link(settings))
        second.get_by_label("Your name").fill("Zhou Yan")
        second.get_by_role("button", name="Sign in").click()
        second.wait_for_url("**/")
        second.goto(f"{solution}/edit")
        assert "**many**" not in second.get_by_label("Cause").first.input_value(), "it is hers alone"
        second.get_by_label("Title").first.fill("The queue of etl is full")
        second.get_by_role("button", name="Publish").click()
        second.wait_for_url(re.compile(r"/solutions/S-\d+(\?|$)"))
        second.locator("h1", has_text="The queue of etl is full").wait_for()
    finally:
        other.close()
    page.locator("[name=other_cause]").fill("任务太多。")
    page.wait_for_selector("#kept :text('Changed meanwhile.')")
    with page.expect_response(lambda response: response.request.method == "POST" and "/save" in response.url) as saved:
        page.get_by_role("button", name="Publish").click()
    assert saved.value.status == 409
    page.wait_for_selector("h2:has-text('Both versions')")
    assert "The queue of etl is full" in page.inner_text(".compare")
    assert page.locator("[name=other_title]").input_value() == "队列已满"
    assert faults(page, "solution") == []
    found[:] = [each for each in found if "409" not in each]
    page.get_by_role("button", name="Publish").click()
    page.wait_for_selector("[data-toast]")
    assert faults(page, "solution") == []
    page.get_by_role("tab", name="中文").click()
    page.get_by_role("heading", name="队列已满").wait_for()
    page.get_by_role("link", name="One column").click()
    page.wait_for_selector(".compare.inline ins")
    assert found == []
