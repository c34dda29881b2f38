"""No page, dialog, empty state or failure that some cannot use: both themes, both languages, both widths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from tests.web.browsing import complaints
from tests.web.examining import both_themes
from tests.web.roles import link_cookie
from tests.web.serving import running
from tests.web.walks.conftest import Place, Visit
from tests.web.walks.pages import pages, routes_of_pages
from web.app import create_app
from web.identity.session import COOKIE
from web.identity.signin import make_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
on_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
WIDE = {"language": "en-US", "theme": "light", "width": 1280}
NARROW = {"language": "zh-CN", "theme": "dark", "width": 390}
PREVIEW = "#queue-preview:not(.stale) [data-previewed]"
both_looks = pytest.mark.parametrize("look", [WIDE, NARROW], ids=["en-1280", "zh-390"])


@on_sqlite
@both_looks
def test_pages(place: Place, visit: Visit, look: dict[str, object]) -> None:
    addresses = pages(place.scene)
    assert set(addresses) == routes_of_pages(), "name these pages in tests/web/walks/pages.py"
    page = visit(**look)
    told, found = complaints(page), list[str]()
    for address in sum(addresses.values(), ()):
        page.goto(address)
        if address.startswith("/queue") and look is WIDE and page.locator("[data-row]").count():
            page.wait_for_selector(PREVIEW)
        found += both_themes(page, address)
    assert (found, told) == ([], [])


def _ask(page: Page) -> None:
    page.goto("/ask")
    page.locator("#question").fill("Lease 17 of writer w17 expired before the commit\n\nthe grumbler is out of tune")
    page.locator("form.ask-box button.primary").click()
    page.wait_for_selector("article.answer")


def _selected(page: Page) -> None:
    page.goto("/queue")
    page.locator("[data-row] input").first.check()
    page.locator("[data-row] input").nth(1).check()
    if page.viewport_size and page.viewport_size["width"] > 1000:
        page.wait_for_selector(PREVIEW)


def _of_queue(name: str) -> Callable[[Page], None]:
    def opened(page: Page) -> None:
        _selected(page)
        page.locator(f"[data-bar] [data-act={name}]").first.evaluate("it => it.click()")
        page.locator(f"#queue-{name}").wait_for()

    return opened


def _menu(place: int) -> Callable[[Page], None]:
    def opened(page: Page) -> None:
        page.goto("/queue")
        page.locator("details.menu").nth(place).evaluate("menu => { menu.open = true }")

    return opened


def _view(page: Page) -> None:
    page.goto("/queue")
    page.locator("[data-opens=view-dialog]").evaluate("it => it.click()")


def _keys(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("?")
    page.locator("#keys-dialog").wait_for()


def _person(page: Page) -> None:
    page.goto("/people")
    page.locator(".person summary").first.click()


@on_sqlite
@both_looks
def test_what_opens_on_a_page(place: Place, visit: Visit, look: dict[str, object]) -> None:
    page = visit(**look)
    place.cookie("viewer")
    category = f"/categories/{place.scene.new[0]}"

    def on_category(key: str, *shown: str) -> Callable[[Page], None]:
        def opened(page: Page) -> None:
            page.goto(category)
            page.keyboard.press(key)
            for each in shown:
                page.locator(each).first.wait_for()

        return opened

    def explained(page: Page) -> None:
        page.goto(category)
        page.locator("#panel-samples details.explain summary").first.click()
        page.locator("#panel-samples .explained").first.wait_for()

    def what_if(page: Page) -> None:
        page.goto(category)
        page.locator(".proposal form[action^='/what-if'] button").first.click()
        page.locator("#what-if button.primary:enabled").wait_for()

    def rule(page: Page) -> None:
        page.goto("/rules")
        page.locator("[data-opens=rule-add]").first.click()
        page.locator("#rule-add").wait_for()

    states: dict[str, Callable[[Page], None]] = {
        "answers": _ask,
        "selection": _selected,
        **{f"menu {place}": _menu(place) for place in (1, 5, -1)},
        "view": _view,
        "keys": _keys,
        "person": _person,
        **{f"queue {name}": _of_queue(name) for name in ("label", "assign", "snooze")},
        "label editor": on_category("e", "#label-editor [name=label]"),
        "solution editor": on_category("w", "#solution-editor textarea"),
        "merge": on_category("m", "#merge-dialog"),
        "split": on_category("s", "#split-dialog"),
        "explained": explained,
        "what-if": what_if,
        "rule": rule,
    }
    found: list[str] = []
    for name, reach in states.items():
        reach(page)
        found += both_themes(page, name)
    assert found == []


@on_sqlite
@both_looks
def test_failures_and_doors(place: Place, visit: Visit, look: dict[str, object]) -> None:
    page, viewer, nobody = visit(**look), visit("viewer", **look), visit(None, **look)
    found: list[str] = []
    for who, address, status in (
        (page, "/nowhere", 404),
        (page, "/categories/KE-99999", 404),
        (page, "/queue?project=unknown", 404),
        (viewer, "/people", 403),
        (nobody, "/", 401),
        (nobody, make_link(place.settings), 200),
    ):
        answer = who.goto(address)
        assert answer is not None
        assert answer.status == status
        found += both_themes(who, f"{address}: {status}")
    # Two people publish one draft; the second one reads what the first has written.
    page.goto(f"/solutions/{place.scene.draft}/edit")
    text = page.evaluate("Object.fromEntries(new FormData(document.getElementById('solution-form')))")
    for title in ("Ask for a lease", "Ask again for a lease"):
        sent = {**text, "title": title, "act": "draft"}
        page.request.post(f"/solutions/{place.scene.draft}/save", form=sent, headers={"Origin": place.base})
    page.locator("[name=title]").fill("A third title")
    page.locator("[name=act][value=draft]").click()
    page.wait_for_selector(".compare")
    found += both_themes(page, "409")
    assert found == []


def test_an_error_of_the_server(browser: Browser, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    app = create_app(settings, knowledge=KnowledgeBase(settings, embedder=HashingEmbedder()), runs_background=False)
    with running(app) as port:
        context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        context.add_cookies([{"name": COOKIE, "value": link_cookie(app), "url": f"http://127.0.0.1:{port}"}])
        with app.state.parts.knowledge.store.write() as db:
            db.exec_driver_sql("ALTER TABLE solution RENAME TO mislaid")
        page = context.new_page()
        answer = page.goto(f"http://127.0.0.1:{port}/solutions")
        assert answer is not None
        assert answer.status == 500
        assert both_themes(page, "500") == []
        context.close()
