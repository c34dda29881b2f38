"""Two people at once in Chromium: the list stays where it is, nothing typed is lost, each sees what the other did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge_base import curation
from knowledge_base.demand_keeping import DemandKeeper
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.solving.solutions import SolutionText
from tests.web.browsing import complaints, sign_in, until
from tests.web.conftest import DISK, arrive_now, two_errors
from tests.web.examining import faults
from tests.web.serving import require_pages, running
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
TABLE = "Table ods.orders_{n} not found in catalog hive"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Settings, KnowledgeBase]]:
    """A server on a home with two errors; its address, settings and knowledge base."""
    require_pages()
    settings = Settings(home=tmp_path / "home", window_seconds=600)
    knowledge = KnowledgeBase(settings, embedder=HashingEmbedder())
    with knowledge:
        two_errors(knowledge)
        DemandKeeper(knowledge.store).settle("default")
        app = create_app(settings, knowledge=KnowledgeBase(settings, embedder=HashingEmbedder()), runs_background=False)
        with running(app) as port:
            yield f"http://127.0.0.1:{port}", settings.model_copy(update={"port": port}), knowledge


def come(knowledge: KnowledgeBase, template: str, count: int, service: str) -> str:
    """Let lines come and the queue follow; gives their category."""
    category = arrive_now(knowledge, template, count, service)
    DemandKeeper(knowledge.store).settle("default")
    return category


def arrive(browser: Browser, settings: Settings, name: str, *, bypass_csp: bool = False) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=bypass_csp).new_page()
    sign_in(page, settings, name)
    return page


def rows(page: Page) -> list[str]:
    return [each.get_attribute("data-row") or "" for each in page.locator("[data-row]").all()]


def test_a_list_that_two_work_off(browser: Browser, served: tuple[str, Settings, KnowledgeBase]) -> None:
    base, settings, knowledge = served
    ann, bo = arrive(browser, settings, "Ann", bypass_csp=True), arrive(browser, settings, "Bo")
    found = complaints(ann)
    for page in (ann, bo):
        page.goto(f"{base}/queue")
        page.wait_for_selector("[data-previewed]")
    disk, queue = rows(ann)
    ann.wait_for_selector("[data-live-count=queue]:has-text('2')")
    # What Bo does shows on Ann's rows, which stay where they are.
    bo.keyboard.press("a")
    bo.locator("#queue-assign [name=other]").fill("Cy")
    bo.keyboard.press("Enter")
    ann.wait_for_selector(f"[data-row={disk}] .avatar[title=Cy]")
    ann.wait_for_selector(f"[data-row={disk}] [data-changed]:has-text('changed by Bo')")
    # New errors wait above the list for a key; what Bo ignored is only marked.
    table = come(knowledge, TABLE, 90, "hive")
    bo.keyboard.press("i")
    bo.wait_for_selector(".toast:has-text('ignored it')")
    DemandKeeper(knowledge.store).settle("default")
    ann.wait_for_selector("[data-queue-refresh]:has-text('1 new · 1 not here any more, refresh')")
    assert rows(ann) == [disk, queue]
    assert ann.locator(f"[data-row={disk}].left").count() == 1
    assert faults(ann, "queue with news") == []
    ann.keyboard.press("r")
    until(lambda: rows(ann) == [table, queue])
    ann.locator("[data-queue-refresh]").wait_for(state="hidden")
    assert found == []


def test_a_page_that_somebody_else_changes(browser: Browser, served: tuple[str, Settings, KnowledgeBase]) -> None:
    base, settings, knowledge = served
    disk = come(knowledge, DISK, 1, "spark-etl")
    text = SolutionText("Delete old files", "They stay behind.", "1. `df -h`")
    solution = curation.attach(knowledge.store, "default", disk, text, actor="Cy").solution
    assert solution is not None
    ann, bo = arrive(browser, settings, "Ann"), arrive(browser, settings, "Bo")
    found = complaints(ann)
    # Ann types a label while Bo gives one: she is told, and what she typed outlives a look at what is there now.
    for page in (ann, bo):
        page.goto(f"{base}/categories/{disk}")
        page.keyboard.press("e")
    ann.get_by_label("Label", exact=True).fill("Disk full")
    bo.get_by_label("Label", exact=True).fill("No space")
    bo.keyboard.press("Enter")
    bo.wait_for_selector("h1:has-text('No space')")
    ann.wait_for_selector("#meanwhile:has-text('Bo labelled it “No space”')")
    ann.get_by_role("button", name="Show it as it is now").click()
    ann.wait_for_selector("h1:has-text('No space')", state="attached")
    assert ann.get_by_label("Label", exact=True).input_value() == "Disk full"
    # Both write the solution: whoever is second sees both texts, and neither is lost.
    for page in (ann, bo):
        page.goto(f"{base}/solutions/{solution.id}/edit")
    ann.get_by_label("Title").first.fill("Delete what is older than a day")
    bo.get_by_label("Title").first.fill("Ask the owner, then delete")
    bo.get_by_role("button", name="Publish").click()
    bo.wait_for_url(re.compile(f"/solutions/{solution.id}(\\?|$)"))
    ann.wait_for_selector("#meanwhile:has-text('Bo published v2')")
    ann.get_by_role("button", name="Publish").click()
    ann.wait_for_selector("text=Both versions")
    assert ann.get_by_label("Title").first.input_value() == "Delete what is older than a day"
    assert ann.locator("section:has-text('Both versions')", has_text="Ask the owner").count() == 1
    ann.get_by_role("button", name="Publish").click()
    ann.wait_for_url(re.compile(f"/solutions/{solution.id}(\\?|$)"))
    bo.wait_for_selector("#meanwhile:has-text('Ann published v3')")
    assert [each for each in found if "409" not in each] == []


def test_what_is_typed_outlives_the_end_of_a_session(
    browser: Browser, served: tuple[str, Settings, KnowledgeBase]
) -> None:
    base, settings, knowledge = served
    disk, ann = come(knowledge, DISK, 1, "spark-etl"), arrive(browser, settings, "Ann")
    other = ann.context.new_page()
    other.goto(f"{base}/questions")
    hide(other, hidden=True)
    # Nobody asked for the look at what others did: it does not take the page away.
    ann.goto(f"{base}/categories/{disk}")
    ann.wait_for_selector("[data-live-count=queue]:has-text('2')")
    ann.keyboard.press("e")
    ann.get_by_label("Label", exact=True).fill("Disk full")
    ann.context.request.post(f"{base}/sign-out", headers={"Origin": base})
    curation.label(knowledge.store, "default", disk, "No space", actor="Bo")
    ann.wait_for_selector("#live-note:has-text('You are signed out')")
    assert ann.get_by_label("Label", exact=True).input_value() == "Disk full"
    # A page that was hidden until now cannot tell a refused stream from one that broke.
    hide(other, hidden=False)
    other.wait_for_selector("#live-note:has-text('You are signed out')")
    other.close()
    # What somebody asked for leads to the sign-in, and back to what was typed.
    sign_in(ann, settings, "Ann")
    ann.goto(f"{base}/queue")
    ann.wait_for_selector("[data-previewed]")
    shown = ann.locator("[data-previewed]").get_attribute("data-previewed")
    ann.locator("[data-label-box]").fill("Half a name")
    ann.context.request.post(f"{base}/sign-out", headers={"Origin": base})
    ann.locator("[data-search]").fill("disk")
    ann.get_by_label("Password").wait_for()
    ann.wait_for_load_state("load")
    # Whoever signs in next at this browser does not get it.
    sign_in(ann, settings, "Cy")
    ann.goto(f"{base}/queue")
    ann.wait_for_selector(f"[data-previewed={shown}]")
    assert ann.locator("[data-label-box]").input_value() == ""
    sign_in(ann, settings, "Ann")
    ann.goto(f"{base}/queue")
    ann.wait_for_selector(f"[data-previewed={shown}]")
    until(lambda: ann.locator("[data-label-box]").input_value() == "Half a name")


def test_a_look_that_failed_is_done_again(browser: Browser, served: tuple[str, Settings, KnowledgeBase]) -> None:
    base, settings, knowledge = served
    ann = arrive(browser, settings, "Ann")
    ann.goto(f"{base}/queue")
    ann.wait_for_selector("[data-live-count=queue]:has-text('2')")
    disk = rows(ann)[0]
    ann.route("**/queue/rows?*", lambda route: route.fulfill(status=503), times=1)
    curation.assign(knowledge.store, "default", disk, "Cy", actor="Bo")
    ann.wait_for_selector(f"[data-row={disk}] [data-changed]:has-text('changed by Bo')")
    ann.goto(f"{base}/categories/{disk}")
    ann.wait_for_selector("[data-live-count=queue]:has-text('2')")
    ann.route("**/events/meanwhile?*", lambda route: route.abort(), times=1)
    curation.assign(knowledge.store, "default", disk, "Di", actor="Bo")
    ann.wait_for_selector("#meanwhile:has-text('Bo gave it to Di')")


def test_a_draft_is_saved_before_the_page_is_loaded_anew(
    browser: Browser, served: tuple[str, Settings, KnowledgeBase]
) -> None:
    base, settings, knowledge = served
    disk = come(knowledge, DISK, 1, "spark-etl")
    made = curation.attach(knowledge.store, "default", disk, SolutionText("Old", "", "1. `df -h`"), actor="Cy").solution
    assert made is not None
    ann = arrive(browser, settings, "Ann")
    ann.goto(f"{base}/solutions/{made.id}/edit")
    curation.attach(knowledge.store, "default", disk, SolutionText("New", "", "x"), based_on=1, actor="Bo")
    ann.wait_for_selector("#meanwhile:has-text('Bo published v2')")
    title, refresh = ann.get_by_label("Title").first, ann.get_by_role("button", name="Show it as it is now")
    title.fill("Typed just now")
    with ann.expect_navigation():
        refresh.click()
    ann.wait_for_selector("text=was brought back")
    assert title.input_value() == "Typed just now"
    curation.attach(knowledge.store, "default", disk, SolutionText("Newer", "", "x"), based_on=2, actor="Bo")
    ann.wait_for_selector("#meanwhile:has-text('Bo published v3')")
    ann.route("**/autosave", lambda route: route.fulfill(status=503))
    title.fill("Typed while the server was busy")
    with ann.expect_navigation():
        refresh.click()
    until(lambda: title.input_value() == "Typed while the server was busy")


def hide(page: Page, *, hidden: bool) -> None:
    """Let a page believe that its tab was left, or come back to."""
    told = "true" if hidden else "false"
    page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: {told}, configurable: true}})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
