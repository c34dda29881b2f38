"""What people say of categories that templates were evicted from, and what stands for those they bring together."""

from __future__ import annotations

import pytest

from ingest.clustering.representing import MOST
from knowledge_base import curation
from knowledge_base.errors import Conflict, InputError
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import eviction
from knowledge_base.store.representing import representatives
from tests.clustering.conftest import database_url, empty_file, knowledge, postgres_store_url
from tests.clustering.test_clusterer import HEAP, PEER, PEER_THIRD, PEER_TOO, drain
from tests.curation.pictures import picture
from tests.curation.sequences.lines import ERRORS
from tests.store.databases import MINE, START
from tests.store.knowledge import ingest

__all__ = ["database_url", "empty_file", "knowledge", "postgres_store_url"]


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def t(number: int) -> str:
    return public_id(Prefix.TEMPLATE, number)


def evict(knowledge: KnowledgeBase, *numbers: int) -> None:
    with knowledge.store.write() as db:
        assert eviction.evict(db, MINE, numbers, seen_until=START, now=START).templates == len(numbers)


@pytest.fixture
def grouped(knowledge: KnowledgeBase) -> KnowledgeBase:
    """Three templates about a peer in KE-1, one about the heap in KE-4."""
    ingest(knowledge, PEER, PEER_TOO, PEER_THIRD, HEAP)
    drain(knowledge)
    assert picture(knowledge.store, MINE).homes == {1: 1, 2: 1, 3: 1, 4: 4}
    return knowledge


def named(knowledge: KnowledgeBase) -> set[int]:
    return {each for fact in picture(knowledge.store, MINE).facts for each in (fact.left, fact.right)}


def test_facts_are_about_living_templates(grouped: KnowledgeBase) -> None:
    evict(grouped, 1)
    curation.merge(grouped.store, MINE, c(1), [c(4)], actor="Mei")
    assert named(grouped) == {2, 4}
    made = curation.split(grouped.store, MINE, c(1), [t(3)], actor="Mei")
    assert named(grouped) == {2, 3, 4}
    curation.undo(grouped.store, MINE, made.audit_id, actor="Mei")
    assert picture(grouped.store, MINE).homes == {1: 1, 2: 1, 3: 1, 4: 1}


def test_a_category_keeps_a_living_template(grouped: KnowledgeBase) -> None:
    evict(grouped, 1, 2)
    with pytest.raises(InputError, match="leave at least one behind"):
        curation.split(grouped.store, MINE, c(1), [t(3)], actor="Mei")
    with pytest.raises(InputError, match="is all that"):
        curation.move(grouped.store, MINE, t(3), c(4), actor="Mei")


def test_a_merge_of_the_machine_is_not_taken_back_where_nothing_is_left(grouped: KnowledgeBase) -> None:
    with grouped.store.read() as db:
        merged = db.exec_driver_sql("SELECT max(id) FROM audit WHERE action = 'merge'").scalar_one()
    evict(grouped, 2, 3)
    before = picture(grouped.store, MINE)
    with pytest.raises(Conflict, match="evicted meanwhile"):
        curation.undo(grouped.store, MINE, merged, actor="Mei")
    assert picture(grouped.store, MINE) == before


def test_the_next_window_leaves_few_that_stand_for_a_merged_category(knowledge: KnowledgeBase) -> None:
    texts = [f"ERROR {forms[0].format('anton')}" for forms in ERRORS]
    made = ingest(knowledge, *texts)
    drain(knowledge)
    homes = sorted(set(picture(knowledge.store, MINE).active))
    assert len(homes) > MOST
    curation.merge(knowledge.store, MINE, made[0].category_id, [c(each) for each in homes[1:]], actor="Mei")

    def shown() -> int:
        with knowledge.store.read() as db:
            return len(representatives.of_categories(db, MINE, homes))

    assert shown() > MOST
    assert drain(knowledge), "it waits for a window"
    assert 0 < shown() <= MOST
    assert drain(knowledge) == []
