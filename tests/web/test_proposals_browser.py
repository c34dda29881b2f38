"""Proposals in Chromium: agreeing and dismissing without scripts, and no card that some cannot use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.embedding import HashingEmbedder
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.grouping import facts, proposals
from knowledge_base.store.grouping.proposal_values import Going, Grounds, ProposalKind, Proposed
from knowledge_base.store.solving.solutions import SolutionText
from tests.web.browsing import visit
from tests.web.conftest import DISK, NOW, QUEUE, records
from tests.web.serving import require_pages, running
from web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
TEXTS = (DISK, QUEUE, "Disk quota of user u{n} exceeded on volume data{n}", "Cannot write block {n}: device is full")
MERGE, SPLIT, LABEL = ProposalKind.MERGE, ProposalKind.SPLIT, ProposalKind.LABEL


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    """A server on a home in which all kinds of proposals are about KE-3."""
    require_pages()
    settings = Settings(home=tmp_path_factory.mktemp("proposals") / "home", window_seconds=600)
    with KnowledgeBase(settings, clock=lambda: NOW, embedder=HashingEmbedder()) as knowledge:
        fill(knowledge)
    app = create_app(settings, clock=lambda: NOW, knowledge=KnowledgeBase(settings, embedder=HashingEmbedder()))
    with running(app) as port:
        yield f"http://127.0.0.1:{port}", settings.model_copy(update={"port": port})


def fill(knowledge: KnowledgeBase) -> None:
    pipeline = Pipeline(knowledge, "default")
    pipeline.ensure_project()
    kept = [pipeline.keep(records("default", text, count=6, service="hdfs"))[0] for text in TEXTS]
    solved, queue, quota, block = (each.category_id for each in kept)
    store = knowledge.store
    curation.label(store, "default", solved, "No space left on the data disk", actor="Mei")
    curation.attach(store, "default", solved, SolutionText("Delete old shuffle files", "", "x"), actor="Zhou Yan")
    curation.merge(store, "default", quota, [block], actor="Mei")
    number = {each: number_of(Prefix.CATEGORY, each) for each in (solved, queue, quota)}
    going = (Going(number_of(Prefix.TEMPLATE, kept[3].template_id), 0.31),)
    grounds = Grounds(
        0.5,
        number[queue],
        0.42,
        ("volume", "exceeded", "data"),
        ("E-28",),
        ("no space",),
        ("quota / device",),
        version="pairs-1",
    )
    with store.write() as db:
        facts.withdraw(db, "default", [each.id for each in facts.standing(db, "default")], NOW)
        proposals.put(
            db,
            "default",
            [
                Proposed(number[quota], number[queue], 0.62, grounds=grounds),
                Proposed(number[quota], number[solved], 0.55, LABEL, grounds),
                Proposed(number[quota], number[quota], 0.69, SPLIT, Grounds(0.6, inside=0.9, going=going)),
            ],
            NOW,
        )


def test_proposals_are_answered_without_scripts(browser: Browser, address: tuple[str, Settings]) -> None:
    base, settings = address
    context = visit(browser, settings, scripts=False)
    page = context.new_page()
    page.goto(f"{base}/categories/KE-3")
    for question, answer, told in (
        ("Merge KE-2 into this?", "Keep apart…", "dismissed the proposal to merge KE-2"),
        ("Split this in two?", "Keep together…", "dismissed the proposal to split it"),
        ("Label it “No space left on the data disk”?", "Take over label and solution…", "as proposed"),
    ):
        card = page.locator("section.proposal", has_text=question)
        card.get_by_role("button", name=answer).click()
        page.get_by_text("Nothing is applied yet.").wait_for()
        if answer.startswith("Take over"):
            page.get_by_role("button", name="Ask them again").click()
            page.get_by_text("Nobody has asked anything yet, so no answer changes.").wait_for()
        page.locator("form.what-if button.primary").click()
        page.wait_for_url("**/categories/KE-3?done=*")
        assert told in page.locator(".toast").inner_text()
        assert page.locator("section.proposal", has_text=question).count() == 0
        page.locator(".toast").get_by_role("button", name=re.compile("Undo")).click()
        page.wait_for_selector(f"section.proposal:has-text('{question[:12]}')")
    context.close()
