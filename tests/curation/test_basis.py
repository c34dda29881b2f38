"""What a correction was shown for: the sum of what people see of categories, and nothing that lines change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from knowledge_base import curation
from knowledge_base.curation import basis_of
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.tables import TemplateRow
from tests.clustering.test_clusterer import HEAP, PEER, PEER_THIRD, PEER_TOO, drain
from tests.store.databases import MINE
from tests.store.knowledge import ingest, knowledge_at

QUOTA = "ERROR quota of tenant is used up for good"


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        ingest(knowledge, PEER, PEER_TOO, PEER_THIRD, HEAP, QUOTA)
        drain(knowledge)
        yield knowledge


def basis(knowledge: KnowledgeBase, *numbers: int) -> str:
    with knowledge.store.read() as db:
        return basis_of(db, MINE, numbers)


def put(knowledge: KnowledgeBase, **homes: int) -> None:
    """Put templates into categories behind everybody's back: ``T2=4``."""
    with knowledge.store.write() as db:
        for name, category in homes.items():
            which = (col(TemplateRow.project) == MINE, col(TemplateRow.id) == int(name[1:]))
            db.execute(update(TemplateRow).where(*which).values(category=category))


def test_lines_make_no_difference_and_the_order_of_categories_neither(knowledge: KnowledgeBase) -> None:
    before = basis(knowledge, 1, 4)
    ingest(knowledge, PEER, HEAP, HEAP)
    assert basis(knowledge, 4, 1, 1) == before
    assert basis(knowledge, 1) != before


def test_whatever_people_see_makes_a_difference(knowledge: KnowledgeBase) -> None:
    seen = {basis(knowledge, 1, 4)}
    category = public_id(Prefix.CATEGORY, 4)
    curation.label(knowledge.store, MINE, category, "Heap", actor="Mei")
    seen.add(basis(knowledge, 1, 4))
    curation.ignore(knowledge.store, MINE, category, actor="Mei")
    seen.add(basis(knowledge, 1, 4))
    curation.attach(knowledge.store, MINE, category, SolutionText("More heap", "", ""), actor="Mei")
    seen.add(basis(knowledge, 1, 4))
    curation.move(knowledge.store, MINE, public_id(Prefix.TEMPLATE, 2), category, actor="Mei")
    seen.add(basis(knowledge, 1, 4))
    curation.merge(knowledge.store, MINE, category, [public_id(Prefix.CATEGORY, 1)], actor="Mei")
    seen.add(basis(knowledge, 1, 4))
    assert len(seen) == 6


def test_templates_that_change_places_are_told_apart(knowledge: KnowledgeBase) -> None:
    put(knowledge, T1=1, T4=1, T2=4, T3=4)
    before = basis(knowledge, 1, 4)
    put(knowledge, T2=1, T3=1, T1=4, T4=4)  # as many in each, and their ids add up to the same
    assert basis(knowledge, 1, 4) != before


def test_an_evicted_template_is_seen_no_more(knowledge: KnowledgeBase) -> None:
    before = basis(knowledge, 1)
    with knowledge.store.write() as db:
        which = (col(TemplateRow.project) == MINE, col(TemplateRow.id) == 2)
        db.execute(update(TemplateRow).where(*which).values(evicted_at=knowledge.store.clock()))
    assert basis(knowledge, 1) != before


def test_it_is_more_than_sums_and_squares(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, *(f"ERROR unlike {name} whatever else" for name in ("apples", "boats", "clouds", "doors")))
    with knowledge.store.write() as db:
        db.execute(update(TemplateRow).where(col(TemplateRow.project) == MINE).values(category=9))
    put(knowledge, T1=1, T5=1, T6=1, T2=4, T3=4, T7=4)
    before = basis(knowledge, 1, 4)
    put(knowledge, T1=4, T5=4, T6=4, T2=1, T3=1, T7=1)  # 1 + 5 + 6 = 2 + 3 + 7, and so do the squares
    assert basis(knowledge, 1, 4) != before
