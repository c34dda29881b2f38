"""Walks of engineers: the queue, a category, corrections, solutions, and two of them at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.browsing import complaints, confirm, until
from tests.web.walks.conftest import Place, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def rows(page: Page) -> list[str]:
    return list(page.locator("[data-row]").evaluate_all("all => all.map(each => each.dataset.row)"))


def go_to(page: Page, category: str) -> None:
    """Make a row of the queue the current one, by the keyboard."""
    for _ in rows(page):
        page.keyboard.press("k")
    for _ in rows(page):
        if page.locator(f"[data-row={category}].current").count():
            return
        page.keyboard.press("j")
    raise AssertionError(f"{category} is not in the list")


def take_back(page: Page, category: str) -> None:
    """Undo by the key of the toast, and find the category in the list again."""
    page.keyboard.press("u")
    page.wait_for_selector(f"[data-row={category}]")
    page.wait_for_selector(".toast:has-text('took back')")


def agree(page: Page, reason: str) -> None:
    """Say why, and do what the dialog has shown."""
    dialog = page.locator("#what-if")
    dialog.get_by_label("Reason").fill(reason)
    confirm(page)


def test_the_queue(place: Place, visit: Visit) -> None:
    leases, _, _, held, schema, checkpoint, *_ = place.scene.new
    page = visit()
    told = complaints(page)
    page.goto("/queue")
    # Filters, search and views live in the address.
    page.locator("summary", has_text="Service").click()
    page.get_by_role("link", name="lakehouse").click()
    page.wait_for_url("**service=lakehouse")
    until(lambda: sorted(rows(page)) == sorted([leases, held, schema, checkpoint]))
    assert rows(page)[0] == leases, "two people asked about it"
    page.keyboard.press("/")
    page.keyboard.type("no field named")
    page.wait_for_url("**q=no*")
    until(lambda: rows(page) == [schema])
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("button", name="Save this view…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Topics")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Topics')")
    page.goto("/queue?service=lakehouse")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Topics").click()
    until(lambda: rows(page) == [schema])
    page.goto("/queue?service=lakehouse")
    # The preview follows the cursor; a label, an owner, a pause: all without leaving the list.
    go_to(page, checkpoint)
    page.wait_for_selector(f"[data-previewed={checkpoint}]")
    assert "Cannot open checkpoint" in page.locator("#queue-preview").inner_text()
    page.keyboard.press("e")
    page.keyboard.type("Empty checkpoint")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast:has-text('labelled it “Empty checkpoint”')")
    until(lambda: checkpoint not in rows(page))
    take_back(page, checkpoint)
    for category in (schema, checkpoint):
        go_to(page, category)
        page.keyboard.press("x")
    assert page.locator("[data-selected-count]").inner_text() == "2 selected"
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Lin Wei")).click()
    page.wait_for_selector(".toast:has-text('gave it to Lin Wei')")
    assert page.locator(f"[data-row={schema}] .owner", has_text="Owner: Lin Wei").count() == 1
    for key, button, said in (("z", "Until tomorrow", "put it off until"), ("i", "", "ignored it")):
        go_to(page, schema)
        page.keyboard.press(key)
        if button:
            page.get_by_role("dialog").get_by_role("button", name=re.compile(button)).click()
        page.wait_for_selector(f".toast:has-text('{said}')")
        until(lambda: schema not in rows(page))
        take_back(page, schema)
    # Merge and split show what would change first.
    for category in (schema, checkpoint):
        go_to(page, category)
        page.keyboard.press("x")
    page.keyboard.press("m")
    page.locator("#queue-merge").get_by_role("button", name="What would change…").click()
    agree(page, "same cause")
    page.wait_for_selector(".toast:has-text('same cause')")
    until(lambda: len({schema, checkpoint} & set(rows(page))) == 1)
    page.keyboard.press("u")
    until(lambda: {schema, checkpoint} <= set(rows(page)))
    go_to(page, leases)
    page.keyboard.press("s")
    page.locator("#queue-split [name=templates]").last.check()
    page.locator("#queue-split").get_by_role("button", name="What would change…").click()
    agree(page, "two causes")
    page.wait_for_selector(".toast:has-text('split')")
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back')")
    go_to(page, checkpoint)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/categories/{checkpoint}")
    assert told == []


def test_a_category(place: Place, visit: Visit) -> None:
    page = visit()
    told = complaints(page)
    page.goto(f"/categories/{place.scene.new[0]}")
    facts = page.locator(".category-head .facts").inner_text()
    for fact in ("Seen 38", "First seen", "Last seen", "lakehouse", "Also known as"):
        assert fact in facts
    assert re.search(r"Asked \d+, by \d people", facts)
    assert page.locator(".variable[title]").count(), "variables say their type"
    # Keywords follow the stream: they are there once its words are counted.
    until(lambda: bool(page.reload()) and page.locator(".keywords .tag").count() > 0)
    for name in ("Hour", "Week", "Day"):
        page.locator("#volume").get_by_role("link", name=name, exact=True).click()
        page.wait_for_selector(f"#volume [aria-current=true]:has-text('{name}')")
    page.get_by_text("As a table").click()
    assert page.get_by_role("region", name="Volume as a table").is_visible()
    members = page.locator("#members")
    members.locator("details.why summary").first.click()
    assert re.search("must-link of (Zhou Yan|Lin Wei)", members.inner_text())
    assert page.locator("#panel-samples li").count() > 1
    page.get_by_role("tab", name=re.compile("Asked")).click()
    assert {"Mei", "Jonas"} <= set(re.findall(r"\w+", page.locator("#panel-asked").inner_text()))
    page.get_by_role("tab", name=re.compile("Related")).click()
    assert page.locator("#panel-related li").count()
    proposals = page.locator("section.proposal")
    assert proposals.count() == 3
    assert proposals.locator("mark", has_text="lease").count()
    assert proposals.locator("mark.against").count()
    assert "the same in other words" in page.locator(".history").inner_text()
    assert told == []


def test_corrections(place: Place, visit: Visit) -> None:
    leases, _, labelled, held, *_ = place.scene.new
    page = visit()
    told = complaints(page)
    # Merge as proposed: what would change, why, then the audit entry and the way back.
    page.goto(f"/categories/{leases}")
    page.locator("section.proposal", has_text=f"Merge {held} into this?").locator("button").first.click()
    page.get_by_role("dialog").locator(".numbers").wait_for()
    assert "14\nlines move" in page.locator("#what-if .numbers").inner_text()
    page.locator("#what-if").get_by_role("tab", name=re.compile("Templates")).click()
    page.locator("#what-if").get_by_role("tab", name=re.compile("Lines")).click()
    agree(page, "a quota of leases")
    page.wait_for_selector(f".toast:has-text('merged {held}')")
    assert "Lin Wei merged" in page.locator(".history").inner_text()
    assert "a quota of leases" in page.locator(".history").inner_text()
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back')")
    # Split by choosing templates; move one; another name.
    page.goto(f"/categories/{leases}")
    page.keyboard.press("s")
    page.locator("#split-dialog [name=templates]").last.check()
    page.locator("#split-dialog").get_by_role("button", name="What would change…").click()
    agree(page, "lost is not expired")
    page.wait_for_selector(".toast:has-text('split')")
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back')")
    page.goto(f"/categories/{leases}")
    page.get_by_role("button", name=re.compile("^Move")).last.click()
    page.locator("#move-dialog").get_by_label("Search the other category").fill(held)
    page.locator(f"#move-found input[value={held}]").check()
    page.locator("#move-dialog").get_by_role("button", name="What would change…").click()
    agree(page, "it belongs there")
    page.wait_for_selector(".toast:has-text('moved')")
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took back')")
    page.goto(f"/categories/{labelled}")
    page.keyboard.press("e")
    page.locator("#label-editor [name=label]").fill("No lease")
    page.keyboard.press("Enter")
    agree(page, "shorter")
    page.wait_for_selector("h1:has-text('No lease')")
    page.keyboard.press("u")
    page.wait_for_selector("h1:has-text('No lease for the table')")
    # A rule, tried before it counts.
    page.goto("/rules")
    page.get_by_role("button", name="Add a rule").first.click()
    page.locator("#rule-add [name=new_name]").fill("tenant")
    page.locator("#rule-add [name=pattern]").fill(r"tenant (t\d+)")
    page.locator("#rule-add button.primary").click()
    page.locator("#what-if button.primary").click()
    page.wait_for_selector(".toast:has-text('added the rule tenant')")
    page.keyboard.press("u")
    page.wait_for_selector(".toast:has-text('took a change of the rules back')")
    assert told == []


def test_a_solution_from_draft_to_reader(place: Place, visit: Visit) -> None:
    schema, held = place.scene.new[6:8]
    page, other = visit(), visit("engineer")
    told = complaints(page)
    page.goto("/solutions/new")
    page.get_by_label("Title").first.fill("The schema lags behind")
    page.get_by_label("Cause").first.fill("A field was **renamed**.")
    page.get_by_label("What to do, in Markdown").first.fill("1. Look: `kafka-schemas show`\n2. Register it anew")
    page.wait_for_selector("#preview-first strong:has-text('renamed')")
    page.locator("[name=service]").first.fill("gateway")
    page.locator("[name=category]").fill(schema)
    page.get_by_role("tab", name="中文").click()
    page.locator("[name=other_title]").fill("结构版本落后")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile(r"/solutions/S-\d+"))
    solution = page.url.partition("?")[0]
    assert page.get_by_text("Draft, not sent to anybody").is_visible()
    page.goto(f"{solution}/edit")
    page.get_by_role("button", name="Send to review").click()
    page.wait_for_selector("h2:has-text('Waits for review')")
    # Somebody else reads it, publishes it, and gives it to a second category.
    other.goto(solution)
    other.get_by_role("button", name="Publish").click()
    other.wait_for_selector(".tag:has-text('published')")
    other.locator("#categories input[name=q]").fill(held)
    other.locator("#found button").first.click()
    other.wait_for_selector(f"#categories .given:has-text('{held}')")
    other.goto(f"{solution}/edit")
    other.get_by_label("Title").first.fill("The schema is older than the writer")
    other.get_by_role("button", name="Publish").click()
    other.wait_for_selector("h1:has-text('older than the writer')")
    other.get_by_role("link", name="Changes of v2").click()
    other.wait_for_selector(".compare ins, .compare mark, .compare .added")
    other.locator(".segmented").get_by_role("link", name="One column").click()
    other.wait_for_selector(".compare.inline")
    assert other.get_by_role("heading", name="Health").is_visible()
    assert told == []


def test_two_people_at_once(place: Place, visit: Visit) -> None:
    limited = place.scene.new[8]
    first, second = visit(), visit("engineer")
    # What one does, the other sees without a reload.
    second.goto("/queue?service=gateway")
    until(lambda: limited in rows(second))
    first.goto("/queue?service=gateway")
    go_to(first, limited)
    first.keyboard.press("i")
    first.wait_for_selector(".toast:has-text('ignored it')")
    second.wait_for_selector(f"[data-row={limited}].left, [data-row={limited}] [data-changed]")
    take_back(first, limited)
    # Who saves second is shown both versions, and loses no word.
    for page in (first, second):
        page.goto(f"/categories/{limited}")
        page.keyboard.press("w")
        page.locator("#solution-editor [name=title]").fill("Ask for a higher limit")
    first.locator("#solution-editor [name=cause]").fill("The disk was full.")
    second.locator("#solution-editor [name=cause]").fill("The job was killed.")
    first.get_by_role("button", name="Publish").click()
    first.wait_for_selector(".toast:has-text('published the solution')")
    second.get_by_role("button", name="Publish").click()
    second.locator(".note.warn", has_text="Changed meanwhile.").first.wait_for()
    assert second.locator("#solution-editor [name=cause]").input_value() == "The job was killed."
    assert "The disk was full." in second.get_by_label("Both versions").inner_text()
