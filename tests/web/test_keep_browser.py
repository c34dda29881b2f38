"""Rules that keep templates in a category, walked in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge_base.settings import Settings
from tests.web.browsing import complaints, confirm, visit
from tests.web.examining import faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_rule_is_begun_on_a_category_tried_kept_and_undone(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    found = complaints(page)
    page.goto(f"{base}/categories/KE-2")
    page.keyboard.press("r")
    form = page.locator("#keep-add")
    form.get_by_text("KE-2").wait_for()
    form.get_by_label("Service of all its lines").fill("spark-etl")
    assert faults(page, "rule") == []
    form.get_by_role("button", name="What would change…").click()
    dialog = page.locator("#what-if")
    dialog.get_by_role("button", name="Keep 1 template in KE-2").wait_for()
    assert faults(page, "rule") == []
    dialog.get_by_label("Reason").fill("one team")
    confirm(page)
    page.wait_for_selector(".toast:has-text('added the rule R-1 · 1 template moved “one team”')")
    page.wait_for_selector("#hits-R-1:has-text('30 of 42')")
    assert faults(page, "rule") == []
    page.get_by_role("button", name="Turn off R-1").click()
    dialog.get_by_role("button", name="Turn off 1 rule").click()
    page.wait_for_selector(".toast:has-text('turned the rule R-1 off')")
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back')")
    page.goto(f"{base}/categories/KE-1")
    page.wait_for_url("**/categories/KE-2*")
    assert page.get_by_text("kept by rule R-1").first.is_visible()
    assert found == []


def test_rules_on_a_phone_in_chinese(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings, language="zh-CN", theme="dark", width=390).new_page()
    page.goto(f"{base}/rules")
    page.locator("#keep").get_by_role("button", name="固定到类别").first.click()
    form = page.locator("#keep-add")
    form.locator("[name=pattern]").fill("(?i)left on device")
    form.locator("[name=q]").fill("KE-2")
    form.get_by_role("radio").check()
    assert faults(page, "rule") == []
    form.locator("button.primary").click()
    page.locator("#what-if button.primary").wait_for()
    assert faults(page, "rule") == []
    page.locator("#what-if button.primary").click()
    page.wait_for_selector(".toast:has-text('添加了规则 R-1')")
    assert faults(page, "rule") == []
