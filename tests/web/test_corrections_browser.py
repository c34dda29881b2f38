"""Corrections in Chromium: two people at once, and no dialog that some cannot use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge_base.settings import Settings
from tests.web.browsing import complaints, confirm, until, visit
from tests.web.examining import faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser


def test_two_people_merge_at_once(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    first, second = (visit(browser, settings).new_page() for _ in range(2))
    found = [complaints(each) for each in (first, second)]
    for page in (first, second):
        page.goto(f"{base}/categories/KE-2")
        page.keyboard.press("m")
        page.get_by_label("Search the other category").fill("KE-1")
        page.locator("#merge-found").get_by_role("checkbox").check()
        page.get_by_role("button", name="What would change…").click()
        page.locator("#what-if").get_by_label("Reason").fill("one cause")
        assert faults(page, "correction") == []
    confirm(first)
    first.wait_for_selector(".toast:has-text('merged KE-1')")
    second.locator("#what-if button.primary").click()
    second.locator("#what-if").get_by_text("Changed meanwhile.").wait_for()
    assert "Lin Wei merged KE-1 into it" in second.locator("#what-if").inner_text()
    assert faults(second, "correction") == []
    second.get_by_role("button", name="Close").last.click()
    first.keyboard.press("u")
    first.wait_for_selector(".toast:has-text('took back')")
    # A refusal is answered with 409, which the browser notes on its console.
    assert [each for each in (*found[0], *found[1]) if "409" not in each] == []


@pytest.mark.parametrize("path", ["/categories/KE-2", "/queue?status=all"])
def test_a_dialog_says_that_a_replay_takes_time_and_can_be_left(
    browser: Browser, address: tuple[str, Settings], path: str
) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    found = complaints(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/what-if", hold)
    page.goto(base + path)
    waits = page.locator("#what-if").get_by_text("What would change is worked out")

    def ask() -> None:
        page.keyboard.press("m")
        dialog = page.locator("dialog[open]")
        if path.startswith("/queue"):
            dialog.get_by_label("Other ids").fill("KE-1, KE-2")
        elif not held:
            dialog.get_by_label("Search the other category").fill("KE-1")
            dialog.locator("#merge-found").get_by_role("checkbox").check()
        dialog.get_by_role("button", name="What would change…").click()
        waits.wait_for()

    ask()
    assert faults(page, "correction") == []
    page.keyboard.press("Escape")
    waits.wait_for(state="detached")
    ask()
    assert len(held) == 2
    held[1].continue_()
    page.locator("#what-if").get_by_label("Reason").wait_for()
    assert page.evaluate("document.activeElement.name") == "reason"
    assert found == []


def test_answers_are_waited_for_and_asked_for_again(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/what-if/answers", hold)
    page.goto(f"{base}/categories/KE-2")
    page.keyboard.press("m")
    page.get_by_label("Search the other category").fill("KE-1")
    page.locator("#merge-found").get_by_role("checkbox").check()
    page.get_by_role("button", name="What would change…").click()
    dialog = page.locator("#what-if")
    dialog.get_by_text("Recent questions are asked again").wait_for()
    dialog.get_by_label("Reason").fill("one cause")
    for key in ("Enter", "Control+Enter"):
        page.keyboard.press(key)
    assert dialog.locator("button.primary").is_disabled()
    assert faults(page, "correction") == []
    dialog.get_by_role("tab", name="Lines 30").click()
    until(lambda: dialog.is_visible() and len(held) == 1)
    held[0].fulfill(status=500, content_type="text/html", body="<p>It broke.</p>")
    dialog.locator("button.primary:enabled").wait_for()
    assert dialog.get_by_text("The questions could not be asked again").is_visible()
    assert "–\nquestions gain an answer" in dialog.locator(".numbers").inner_text()
    assert faults(page, "correction") == []
    again = dialog.get_by_role("button", name="Try again")
    again.click()
    until(lambda: dialog.is_visible() and len(held) == 2)
    assert "…\nquestions gain an answer" in dialog.locator(".numbers").inner_text()
    held[1].fulfill(status=200, content_type="text/html", body="<p>Sign in to the <b id='proxy'>proxy</b></p>")
    again.click()
    until(lambda: dialog.is_visible() and len(held) == 3)
    held[2].fulfill(status=409, content_type="text/html", body="<div data-refused>KE-1 is gone.</div>")
    dialog.get_by_text("KE-1 is gone.").wait_for()
    again.click()
    until(lambda: dialog.is_visible() and len(held) == 4)
    held[3].continue_()
    dialog.get_by_text("Nobody has asked anything yet, so no answer changes.").wait_for()
    assert dialog.get_by_label("Reason").input_value() == "one cause"
    assert "0 questions, " in dialog.locator("#what-if-replayed").inner_text()
    assert faults(page, "correction") == []
    confirm(page)
    page.wait_for_selector(".toast:has-text('merged KE-1')")


def test_a_rule_is_tried_on_a_phone_in_chinese(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings, language="zh-CN", theme="dark", width=390).new_page()
    page.goto(f"{base}/rules")
    page.get_by_role("button", name="添加规则").first.click()
    page.locator("#rule-add input[name=new_name]").fill("device")
    page.locator("#rule-add input[name=pattern]").fill("left on (device)")
    assert faults(page, "correction") == []
    page.locator("#rule-add button.primary").click()
    page.locator("#what-if button.primary").wait_for()
    assert faults(page, "correction") == []
    page.locator("#what-if button.primary").click()
    page.wait_for_selector(".toast:has-text('添加了规则 device')")
    page.wait_for_selector(".hits:has-text('30')")
    assert faults(page, "correction") == []
