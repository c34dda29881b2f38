"""People, roles and tokens in Chromium: an admin makes accounts, an engineer and a viewer come in by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge_base.settings import Settings
from tests.web.browsing import add_person, complaints, sign_in_with_password, until
from web.identity.signin import make_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PASSWORD = "three words in a row"


def test_an_admin_makes_accounts_and_each_may_do_what_it_may(
    page: Page,
    browser: Browser,
    address: tuple[str, Settings],
) -> None:
    base, settings = address
    found = complaints(page)
    page.goto(make_link(settings))
    page.get_by_label("Your name").fill("Zhou Yan")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(base + "/")
    page.goto(f"{base}/people")
    engineer = add_person(page, "Lin Wei", "engineer")
    viewer = add_person(page, "Chen Jie", "viewer")
    tokens = page.locator("form[action='/tokens']")
    tokens.get_by_label("Name of the program").fill("ci")
    tokens.get_by_label("Works").select_option("30")
    with page.expect_navigation():
        tokens.get_by_role("button", name="Make a token").click()
    assert page.locator("code.secret").inner_text().startswith("kea_")
    page.get_by_role("button", name="Revoke ci").click()
    page.get_by_text("No program has a token.").wait_for()
    assert page.locator("code.secret").count() == 0

    theirs = browser.new_context(locale="en-US").new_page()
    sign_in_with_password(theirs, base, "lin WEI", engineer)
    theirs.wait_for_url(base + "/")
    theirs.goto(f"{base}/categories/KE-1")
    theirs.keyboard.press("e")
    theirs.get_by_label("Label", exact=True).fill("Disk full")
    theirs.keyboard.press("Enter")
    theirs.wait_for_selector("h1:has-text('Disk full')")
    assert theirs.goto(f"{base}/people").status == 403  # type: ignore[union-attr]

    # The role is gone with the next request of the browser that is signed in.
    page.locator(".person", has_text="Lin Wei").get_by_role("combobox").select_option("viewer")
    with page.expect_navigation(url=f"{base}/people"):
        page.locator(".person", has_text="Lin Wei").get_by_role("button", name="Save").click()
    answer = theirs.request.post(f"{base}/categories/KE-1/label", form={"label": "x"}, headers={"Origin": base})
    assert answer.status == 403
    theirs.context.close()

    other = browser.new_context(locale="en-US").new_page()
    for _ in range(5):
        sign_in_with_password(other, base, "Chen Jie", "not the password")
        other.get_by_role("alert").wait_for()
    sign_in_with_password(other, base, "Chen Jie", viewer)
    assert other.get_by_role("alert").inner_text().startswith("that failed 5 times")
    page.locator(".person", has_text="Chen Jie").locator("summary").click()
    page.locator(".person", has_text="Chen Jie").get_by_role("button", name="New password").click()
    sign_in_with_password(other, base, "Chen Jie", page.locator("code.secret").inner_text())
    other.wait_for_url(base + "/")
    other.goto(f"{base}/account")
    other.get_by_role("button", name="Sign out everywhere").click()
    other.wait_for_url("**/sign-in")
    assert other.goto(base + "/").status == 401  # type: ignore[union-attr]
    other.context.close()

    page.locator(".person", has_text="Chen Jie").locator("summary").click()
    page.locator(".person", has_text="Chen Jie").get_by_role("button", name="Remove the account").click()
    page.locator("form.note").get_by_role("button", name="Remove the account").click()
    page.wait_for_url(f"{base}/people")
    until(lambda: page.locator(".person").count() == 2)
    assert found == []
