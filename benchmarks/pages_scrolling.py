"""What a browser does while somebody scrolls, moves by keys and searches in lists of 10,000 categories.

A browser reports each task of its main thread that takes 50 ms or longer; none should.
"""

from __future__ import annotations

import shutil
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from knowledge_base.settings import Settings
from web.identity.signin import make_link

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PICTURES = Path(__file__).parents[1] / "docs" / "screenshots"
SIZE = {"width": 1280, "height": 800}
QUALITY = 60
MOST_SECONDS = 60.0
ROWS, ABOVE, KEYS, PAGES = 10_000, 1_500, 200, 30
OBSERVED = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) window.longTasks.push(each.duration);
}).observe({ type: "longtask" });
"""
CHUNKS = "() => document.querySelectorAll('[data-chunk]').length"
STYLED = "() => document.styleSheets.length > 0 && [...document.styleSheets].every((each) => each.cssRules.length)"
WORDS = "broker timed out"


@dataclass(frozen=True, slots=True)
class Tasks:
    """What was done, how far it came, and the tasks of 50 ms and longer that it took."""

    name: str
    reached: int
    long: tuple[float, ...]

    @property
    def told(self) -> str:
        """One line of the table."""
        worst = f"longest {max(self.long):.0f} ms" if self.long else "none"
        return f"{self.name:<36}{self.reached:>7,}   tasks over 50 ms: {len(self.long)}, {worst}"


def scroll(home: Path, port: int, *, pictures: Path | None = None) -> list[Tasks]:
    """Do all of it on a server that runs on ``home``; pictures of the pages are written where a folder is given."""
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    if browser is None:
        print("left out: scrolling needs Chromium, which is not there")
        return []
    with _page(browser) as page:
        page.goto(make_link(Settings(home=home), port=port))
        page.get_by_label("Your name").fill("Lin Wei")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        base = f"http://127.0.0.1:{port}"
        found = []
        for name, path, act in _ACTS:
            page.goto(base + path)
            page.wait_for_timeout(1000)
            if not page.evaluate(STYLED):
                raise RuntimeError(
                    "a page came without its styles: they were built anew while the server ran; run it again"
                )
            page.evaluate("() => { window.longTasks.length = 0; }")
            reached = act(page)
            page.wait_for_timeout(500)
            found.append(Tasks(name, reached, tuple(page.evaluate("() => window.longTasks"))))
            print(found[-1].told, flush=True)
        if pictures is not None:
            _take(page, base, pictures)
    return found


@contextmanager
def _page(browser: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        try:
            context = chromium.new_context(viewport=SIZE, locale="en-US")  # type: ignore[arg-type]
            context.add_init_script(OBSERVED)
            yield context.new_page()
        finally:
            chromium.close()


def _scroll_queue(page: Page, rows: int = ROWS) -> int:
    page.mouse.move(400, 500)
    size, end = page.locator("[data-row]").count(), time.monotonic() + MOST_SECONDS
    while (reached := size * int(page.evaluate(CHUNKS))) < rows and time.monotonic() < end:
        for _ in range(4):
            page.mouse.wheel(0, 700)
            page.wait_for_timeout(16)
        if page.evaluate("() => !document.querySelector('[data-more]')"):
            break
    return reached


def _move(page: Page) -> int:
    for number in range(KEYS):
        page.keyboard.press("k" if number % 4 == 3 else "j")
    return KEYS


def _scroll_moving(page: Page) -> int:
    """Move by keys where many rows lie above."""
    reached = _scroll_queue(page, ABOVE)
    page.locator("[data-row] .title").last.focus()
    _move(page)
    return reached


def _search(page: Page) -> int:
    page.locator("[data-search]").focus()
    for letter in WORDS:
        page.keyboard.type(letter)
        page.wait_for_timeout(120)
    page.wait_for_timeout(1500)
    return len(WORDS)


def _scroll_categories(page: Page) -> int:
    page.mouse.move(400, 500)
    end = time.monotonic() + MOST_SECONDS
    for _ in range(PAGES):
        more = page.locator("#items .more a")
        if not more.count() or time.monotonic() > end:
            break
        before = page.locator("#items .item").count()
        for _ in range(8):
            page.mouse.wheel(0, 900)
            page.wait_for_timeout(16)
        more.click()
        while page.locator("#items .item").count() == before and time.monotonic() < end:
            page.wait_for_timeout(20)
    return page.locator("#items .item").count()


_ACTS: tuple[tuple[str, str, Callable[[Page], int]], ...] = (
    ("queue, scrolled", "/queue?status=all", _scroll_queue),
    ("queue, j and k", "/queue", _move),
    ("queue, j and k far down", "/queue?status=all", _scroll_moving),
    ("queue, typing in search", "/queue?status=all", _search),
    ("categories, scrolled", "/", _scroll_categories),
    ("categories, typing in search", "/", _search),
)


def _take(page: Page, base: str, folder: Path) -> None:
    """Write pictures of the pages at this size."""
    folder.mkdir(parents=True, exist_ok=True)
    session = page.context.new_cdp_session(page)
    for name, path in {"queue": "/queue", "category": "/categories/KE-1", "dashboard": "/dashboard"}.items():
        page.goto(base + path)
        page.wait_for_timeout(1500)
        taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        (folder / f"scale-{name}.webp").write_bytes(b64decode(taken["data"]))
