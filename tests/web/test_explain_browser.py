"""The box that explains a line, in Chromium: opened by the keyboard, without a reload, for everybody to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.browsing import complaints, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from knowledge_base.settings import Settings

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_a_sample_a_template_and_a_pasted_line_are_explained(
    page: Page, address: tuple[str, Settings], width: int
) -> None:
    base, settings = address
    found = complaints(page)
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, settings)
    page.goto(f"{base}/?q=space+left")
    page.locator("[data-item]").click()
    page.wait_for_url("**/categories/KE-*")
    at = page.url
    # A sample, by the keyboard: the opener is a disclosure, it asks once.
    opener = page.locator("#panel-samples details.explain summary").first
    opener.focus()
    page.keyboard.press("Enter")
    explained = page.locator("#panel-samples .explained").first
    explained.wait_for()
    assert "Why it is here." in explained.inner_text()
    assert explained.locator(".explained-line .variable.place").count() == 1
    page.keyboard.press("Enter")
    assert not explained.is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#panel-samples .explained").count() == 1
    # The template's newest line.
    page.locator("#members details.explain summary").first.click()
    page.locator("#members .explained").wait_for()
    # A pasted line.
    box = page.get_by_label("A line, or an event of several lines")
    box.fill("No space left on device while writing /data/9/part-9.parquet")
    page.keyboard.press("Control+Enter")
    page.locator("#explained .explained").wait_for()
    assert "It lands here." in page.locator("#explained").inner_text()
    box.fill("zebra <b>quagga</b> 17")
    page.get_by_role("button", name="Explain", exact=False).last.click()
    page.locator("#explained", has_text="Never seen").wait_for()
    assert page.url == at
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found == []
