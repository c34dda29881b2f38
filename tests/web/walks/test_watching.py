"""Walks of those who ask and those who watch: ask, questions, outbox, ingest, dashboard, and data in and out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.web.browsing import complaints
from tests.web.walks.conftest import Place, Visit, database
from web.cli.commands import app as commands

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
LASTING = ('{"type":"category"', '{"type":"template"', '{"type":"solution"')
PASTED = "hello, red since noon:\nSchema of topic clicks_77 has no field named country\nany idea?"


def test_asking(place: Place, visit: Visit) -> None:
    page = visit("viewer")
    told = complaints(page)
    page.goto("/ask")
    page.get_by_label("Error message").fill(PASTED)
    page.keyboard.press("Control+Enter")
    known = page.locator("article.answer[data-outcome=known_unsolved]").first
    known.wait_for()
    assert place.scene.new[4] in known.inner_text()
    assert known.get_by_label("Why").is_visible()
    # What nobody knows can be handed over.
    page.get_by_label("Error message").fill("the grumbler is out of tune")
    page.keyboard.press("Control+Enter")
    page.locator("article.answer[data-outcome=unknown]").get_by_role("button", name="Hand over to a person").click()
    page.wait_for_selector("text=A person was asked to look")
    # A known one tells its solution, and takes a word about it.
    page.goto("/ask")
    page.locator(".tries button").first.click()
    page.get_by_role("button", name="This solved it").first.click()
    page.wait_for_selector("text=Noted: this solved it.")
    assert page.locator("#questions .tag", has_text="solved").count()
    assert told == []


def test_questions(place: Place, visit: Visit) -> None:
    page = visit()
    told = complaints(page)
    page.goto("/questions")
    for name, state in (("Not known", "unknown"), ("No solution yet", "known_unsolved")):
        page.get_by_role("link", name=name).first.click()
        page.wait_for_url(f"**state={state}")
        page.wait_for_selector("#items .item")
        page.goto("/questions")
    page.goto("/questions?who=Ravi&q=frobnicator")
    page.wait_for_selector("#items .item")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/Q-*")
    page.keyboard.press("/")
    page.keyboard.type("lease for table")
    page.locator("#found .pick").first.click()
    page.wait_for_selector(".toast:has-text('picked it')")
    page.keyboard.press("u")
    page.wait_for_selector("article.answer[data-outcome=unknown]")
    page.keyboard.press("h")
    page.wait_for_selector(".note:has-text('handed it over')")
    page.goto("/questions?state=escalated")
    page.wait_for_selector("#items .item:has-text('frobnicator')")
    assert told == []


def test_outbox_and_ingest_and_dashboard(place: Place, visit: Visit) -> None:
    page = visit()
    told = complaints(page)
    page.goto("/dashboard")
    text = page.locator("main").inner_text()
    for name in ("Volume with a solution", "Questions with a solution", "confirmed", "unknown", "escalated"):
        assert name.lower() in text.lower(), name
    page.get_by_role("link", name="24 h").click()
    page.wait_for_url("**/dashboard?period=24h")
    page.get_by_text("As a table").click()
    assert page.get_by_role("region", name="Volume as a table").is_visible()
    page.get_by_role("link", name="3 need somebody").click()
    page.get_by_label("Choose D-1").check()
    page.locator(".foot").get_by_role("button", name="Send again").click()
    page.wait_for_selector(".note:has-text('1 delivery is sent again.')")
    page.get_by_role("button", name="Give up D-3").click()
    page.wait_for_selector(".note:has-text('1 delivery was given up.')")
    page.goto("/ingest")
    page.wait_for_selector("#refused tr:has-text('no text')")
    assert told == []


def _export(page: Page, folder: Path) -> Path:
    page.goto("/settings/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the project").click()
    file = folder / "kea.jsonl"
    download.value.save_as(file)
    return file


def _rows(file: Path) -> dict[str, None]:
    """Give the lines of a file, but the first and the last, which say when it was made and what it comes to."""
    return dict.fromkeys(file.read_text(encoding="utf-8").splitlines()[1:-1])


def test_out_and_in_again(
    place: Place, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    page = visit()
    told = complaints(page)
    exported = _export(page, tmp_path)
    before = _rows(exported)
    assert len(before) > 1000
    with page.expect_download() as table:
        page.get_by_role("link", name="Solutions as CSV").click()
    assert Path(table.value.path()).read_text(encoding="utf-8-sig").startswith("id,")
    page.goto("/settings/data?project=empty")
    page.get_by_label("File (JSON lines)").set_input_files(exported)
    page.get_by_role("button", name="Import").click()
    page.get_by_text(re.compile("was (imported exactly|merged)")).wait_for(timeout=60_000)
    page.get_by_role("button", name="Back up now").click()
    page.locator(".backups li").first.wait_for()
    kept = sorted((place.settings.home_path / "backups").iterdir())[-1]
    # By command, in empty databases of the same kind: an equal export, from a backup and from an export.
    for number, (verb, file) in enumerate((("restore", kept), ("import", exported))):
        with database(place.kind, request, f"kea_again_{number}") as url:
            monkeypatch.setenv("KEA_HOME", str(tmp_path / verb))
            monkeypatch.setenv("KEA_DATABASE_URL", url)
            again = tmp_path / f"{verb}.jsonl"
            for command in ([verb, str(file)], ["export", "--format", "jsonl", "--output", str(again)]):
                done = CliRunner().invoke(commands, command)
                assert done.exit_code == 0, done.output
            told_again = _rows(again)
            # What goes on at leisure may have gone on between the two files.
            whole = verb == "import"
            missing = [each for each in before if each not in told_again and (whole or each.startswith(LASTING))]
            assert missing[:3] == []
            assert len(told_again) == len(before) or not whole
    assert told == []
