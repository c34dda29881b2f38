"""What keeps somebody going, in Chromium: acts on a category's page, where the focus goes, a server that is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge_base.settings import Settings
from tests.web.browsing import complaints, until, visit
from tests.web.examining import faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def count(page: Page) -> str:
    """What the navigation tells of the queue."""
    return page.locator("nav [data-live-count=queue]").first.inner_text()


def test_a_category_is_given_away_and_put_off_with_keys(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    found = complaints(page)
    page.goto(f"{base}/categories/KE-1")
    page.keyboard.press("a")
    page.locator("#assign-dialog[open]").wait_for()
    assert faults(page, "assign") == []
    page.keyboard.press("Enter")
    page.locator(".facts", has_text="Owner Lin Wei").wait_for()
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back: the owner')")
    until(lambda: page.locator(".facts", has_text="Owner").count() == 0)
    page.keyboard.press("z")
    page.locator("#snooze-dialog[open]").wait_for()
    assert faults(page, "snooze") == []
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.keyboard.press("Enter")
    page.locator(".title-line .tag", has_text="put off until").wait_for()
    page.keyboard.press("z")
    page.wait_for_selector(".toast:has-text('brought it back')")
    # A choice that is missing is asked for where it is to be made.
    page.keyboard.press("m")
    page.keyboard.press("Control+Enter")
    assert page.locator("#merge-dialog[open] [name=q]").evaluate("box => box.validationMessage") == (
        "Choose at least one category."
    )
    page.keyboard.press("Escape")
    assert found == []


def test_a_telephone_gives_it_away_by_the_menu(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings, width=390, language="zh-CN", theme="dark").new_page()
    found = complaints(page)
    page.goto(f"{base}/categories/KE-1")
    page.locator("details.folded summary").click()
    page.locator("details.folded").get_by_text("指派").click()
    page.locator("#assign-dialog[open]").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("details.folded[open]").count() == 0
    assert page.evaluate("document.activeElement.matches('details.folded summary')")
    wide = page.locator("#members td").first.evaluate("cell => cell.offsetWidth / cell.closest('table').offsetWidth")
    assert wide > 0.8
    assert faults(page, "category on a telephone") == []
    assert found == []


def test_the_focus_stays_where_one_works(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    found = complaints(page)
    page.goto(f"{base}/queue?status=all&q=space")
    page.wait_for_selector("[data-previewed=KE-1]")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('[data-row]')?.dataset.row") == "KE-1"
    page.locator("summary", has_text="Views").click()
    page.get_by_role("button", name="Save this view…").click()
    page.keyboard.type("full disks")
    page.keyboard.press("Control+Enter")
    page.locator("h1", has_text="full disks").wait_for()
    # A list that is read anew with the same row in it has its preview, too.
    page.locator("summary", has_text="Order").click()
    page.get_by_role("link", name="Newest").click()
    page.wait_for_url("**order=newest*")
    page.wait_for_selector("[data-previewed=KE-1]")
    # A merge of one alone is not sent.
    page.keyboard.press("m")
    page.keyboard.press("Control+Enter")
    assert page.locator("#queue-merge[open] [name=ids]").evaluate("box => box.validity.valueMissing")
    page.keyboard.press("Escape")
    # A dialog that the address opens begins in its first field.
    page.goto(f"{base}/rules?keep=KE-1#keep-add")
    until(lambda: page.evaluate("document.activeElement.name") == "code")
    # What is refused can be put right where it was typed.
    page.locator("#keep-add").get_by_label("Pattern").fill("(((")
    page.keyboard.press("Control+Enter")
    page.locator("#what-if [data-refused]").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#keep-add[open] [name=pattern]").input_value() == "((("
    assert [each for each in found if "400" not in each] == []


def test_the_count_in_the_navigation_follows_an_act_at_once(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    page.goto(f"{base}/queue")
    page.wait_for_selector("[data-previewed]")
    until(lambda: count(page) != "")
    before = int(count(page))
    # Without its stream of events nothing else would tell it.
    page.route("**/events?*", lambda route: route.abort())
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.keyboard.press("i")
    page.wait_for_selector(".toast:has-text('ignored it')")
    assert count(page) == (str(before - 1) if before > 1 else "")


def test_a_server_that_is_away_is_told(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    page = visit(browser, settings).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    note = page.locator("#away-note")

    def told() -> None:
        note.wait_for()
        assert "Kea does not answer." in note.inner_text()
        page.evaluate("document.getElementById('away-note').hidePopover()")

    page.goto(f"{base}/queue")
    page.wait_for_selector("[data-previewed]")
    rows = page.locator("[data-row]").count()
    page.context.set_offline(True)
    page.keyboard.press("i")
    told()
    page.locator("summary", has_text="Seen in").click()
    page.locator("details[open] a").nth(1).click()
    told()
    assert (page.locator("[data-row]").count(), page.url) == (rows, f"{base}/queue")
    page.keyboard.press("m")
    page.get_by_label("Other ids").fill("KE-1, KE-2")
    page.keyboard.press("Control+Enter")
    told()
    assert page.locator("#queue-merge[open]").count() == 1
    page.context.set_offline(False)
    page.goto(f"{base}/categories/KE-2")
    page.keyboard.press("m")
    page.get_by_label("Search the other category").fill("KE-1")
    page.locator("#merge-found").get_by_role("checkbox").check()
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    told()
    assert errors == []


def test_a_template_is_copied_as_it_is_kept(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    context = visit(browser, settings)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{base}/categories/KE-1")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "<" in copied
    assert "".join(copied.replace("<", "").replace(">", "").split()) == "".join(
        page.locator(".template").first.inner_text().split()
    )
