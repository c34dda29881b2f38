"""What is asked of every page: axe finds nothing, nothing is wider than the window, the browser has no complaint."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def faults(page: Page, name: str, *, colours_only: bool = False) -> list[str]:
    """List what axe finds on a page as it is now, and whether it is too wide."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        # By the debugger: the content policy lets no page evaluate a text.
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": _axe()})
    only: dict[str, Any] = {"type": "rule", "values": ["color-contrast"]} if colours_only else {"type": "tag"}
    only.setdefault("values", list(TAGS))
    found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    told = [
        f"{name}: {each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        told.append(f"{name}: wider than the window")
    return told


def both_themes(page: Page, name: str) -> list[str]:
    """The same in the theme that the page is in, and its colours in the other one."""
    found = faults(page, name)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if dark else "dark")
    found += faults(page, f"{name}, other theme", colours_only=True)
    page.emulate_media(color_scheme="dark" if dark else "light")
    return found
