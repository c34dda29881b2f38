"""What people do in a browser, and what it has to say: shared by the tests that drive Chromium."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from knowledge_base.settings import Settings
from knowledge_base.types import LogRecord
from web.identity.signin import make_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


def shifted(record: LogRecord, shift: timedelta) -> LogRecord:
    return replace(record, at=record.at + shift)


def sign_in(page: Page, settings: Settings, name: str = "Lin Wei") -> None:
    page.goto(make_link(settings))
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def sign_in_with_password(page: Page, base: str, login: str, password: str) -> None:
    page.goto(f"{base}/sign-in")
    page.get_by_label("Name or e-mail").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_person(page: Page, name: str, role: str) -> str:
    """Make an account on the page of people; gives its first password."""
    form = page.locator("form[action='/people']")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Role").select_option(role)
    with page.expect_navigation():
        form.get_by_role("button", name="Add").click()
    return page.locator("code.secret").inner_text()


def complaints(page: Page) -> list[str]:
    """Collect what the browser complains about: errors of scripts, of loading, of the content policy."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    return found


def confirm(page: Page) -> None:
    """Do what the dialog shows by keyboard, once it shows all of it."""
    page.locator("#what-if button.primary:enabled").wait_for()
    page.keyboard.press("Control+Enter")


def until(condition: Callable[[], bool]) -> None:
    """Wait; Playwright's own way would need ``eval``, which the content policy forbids."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def visit(
    browser: Browser,
    settings: Settings,
    *,
    language: str = "en-US",
    theme: str = "light",
    width: int = 1280,
    scripts: bool = True,
) -> BrowserContext:
    """Sign in, and open a context of the same person with these tastes."""
    first = browser.new_context(locale="en-US")
    sign_in(first.new_page(), settings)
    state = first.storage_state()
    first.close()
    context = browser.new_context(
        locale=language,
        color_scheme=theme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 900},
        storage_state=state,
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(10_000)
    return context
