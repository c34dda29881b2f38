"""Lines that would move: counted by category where all of one goes, by template elsewhere, and the same by both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from knowledge_base.curation.foreseeing.foreseeing import Foreseen
from knowledge_base.curation.foreseeing.foreseen_lines import MovedLines, moved_lines
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.tables import TemplateRow
from tests.clustering.test_clusterer import HEAP, PEER, PEER_THIRD, PEER_TOO, drain
from tests.store.databases import MINE
from tests.store.knowledge import ingest, knowledge_at


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """Three templates about a peer in KE-1, seen twice, twice and once, and one about the heap in KE-4."""
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        ingest(knowledge, PEER, PEER_TOO, PEER_THIRD, HEAP, PEER, PEER_TOO)
        drain(knowledge)
        yield knowledge


def moved(knowledge: KnowledgeBase, homes: dict[int, int], merged: dict[int, int]) -> MovedLines:
    foreseen = Foreseen(homes=homes, merged=merged, solutions={}, before=dict.fromkeys(homes, 1))
    with knowledge.store.read() as db:
        return moved_lines(db, MINE, foreseen)


def test_a_category_that_goes_as_a_whole_has_the_lines_of_its_templates(knowledge: KnowledgeBase) -> None:
    homes = {1: 4, 2: 4, 3: 4}
    whole, each = moved(knowledge, homes, {1: 4}), moved(knowledge, homes, {})
    assert whole == each
    assert (whole.templates, whole.seen, whole.moved) == (3, 5, 10)
    assert {line.after for line in whole.examples} == {"KE-4"}
    assert [line.template_id for line in whole.examples] == ["T-1", "T-1", "T-2", "T-2", "T-3"]


def test_what_was_evicted_and_stays_is_not_counted(knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        which = (col(TemplateRow.project) == MINE, col(TemplateRow.id) == 3)
        db.execute(update(TemplateRow).where(*which).values(evicted_at=knowledge.store.clock()))
    found = moved(knowledge, {1: 4, 2: 4}, {1: 4})
    assert (found.templates, found.seen, found.moved) == (2, 4, 8)
    assert {line.template_id for line in found.examples} == {"T-1", "T-2"}
