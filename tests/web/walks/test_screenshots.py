"""The pictures of the docs, taken by walking through: each page in both languages and themes, and some on a phone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.browsing import until
from tests.web.walks.conftest import PICTURES, Place, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
QUALITY = 64
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
PREVIEWED = """() => document.querySelector("[data-previewed]")?.dataset.previewed ===
    document.querySelector("[data-row].current")?.dataset.row"""
ON_A_PHONE = ("queue", "category", "ask", "what-if")


def _queue(page: Page, place: Place) -> None:
    page.goto("/queue")
    page.locator("[data-row] input").nth(0).check()
    page.locator("[data-row] input").nth(1).check()
    if page.viewport_size and page.viewport_size["width"] > 1000:
        until(lambda: page.evaluate(PREVIEWED))


def _ask(page: Page, place: Place) -> None:
    page.goto("/ask")
    page.locator("#question").fill(
        "FAILED: ODPS-0130131:[1,15] Table not found - table dw_prod.orders cannot be resolved"
    )
    page.locator("form.ask-box button.primary").click()
    page.wait_for_selector("article.answer")
    page.evaluate("document.activeElement.blur()")


def _what_if(page: Page, place: Place) -> None:
    page.goto(f"/categories/{place.scene.new[0]}")
    page.locator(".proposal form[action^='/what-if'] button").nth(2).click()
    page.locator("#what-if button.primary:enabled").wait_for()


def _at(address: str) -> Callable[[Page, Place], None]:
    def go(page: Page, place: Place) -> None:
        page.goto(address.format(new=place.scene.new, draft=place.scene.draft))

    return go


SHOWN: dict[str, Callable[[Page, Place], None]] = {
    "queue": _queue,
    "categories": _at("/"),
    "category": _at("/categories/KE-4"),
    "ask": _ask,
    "questions": _at("/questions"),
    "solutions": _at("/solutions"),
    "solution": _at("/solutions/S-1"),
    "editor": _at("/solutions/{draft}/edit"),
    "what-if": _what_if,
    "dashboard": _at("/dashboard"),
    "ingest": _at("/ingest"),
    "people": _at("/people"),
}


def _picture(page: Page, file: Path) -> None:
    """Write what the window shows, as small as a picture of text can be: Playwright itself writes no WebP."""
    page.wait_for_load_state("load")
    until(lambda: page.evaluate("!document.querySelector('.htmx-request, .htmx-settling')"))
    page.evaluate("document.fonts.ready.then(() => true)")
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    file.write_bytes(base64.b64decode(taken["data"]))


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", list(LANGUAGES) if PICTURES else ["en"])
def test_pictures(place: Place, visit: Visit, tmp_path: Path, language: str) -> None:
    folder = Path(PICTURES) if PICTURES else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark") if PICTURES else ("light",):
        for width in (1280, 390):
            page = visit(language=LANGUAGES[language], theme=theme, width=width)
            for name, reach in SHOWN.items():
                if width == 1280 or name in ON_A_PHONE:
                    reach(page, place)
                    _picture(page, folder / f"{name}-{language}-{theme}-{width}.webp")
            page.context.close()
    taken = [each.stat().st_size for each in folder.glob(f"*-{language}-*.webp")]
    assert len(taken) >= len(SHOWN) + len(ON_A_PHONE)
    assert min(taken) > 3_000, "a picture of nothing"
    assert max(taken) < 150_000
