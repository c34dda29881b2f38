"""Categories that have grown are looked at: what people did not put together may be proposed to be split."""

from __future__ import annotations

from ingest.clustering import ClusterLoop
from ingest.clustering.lease import try_lease
from ingest.clustering.split_search import propose_splits
from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.grouping import facts, proposals
from knowledge_base.store.grouping.proposal_values import ProposalKind
from tests.store.databases import MINE, OTHER, START
from tests.store.knowledge import ingest

LINES = (
    "WARN broker connection refused by peer",
    "WARN broker connection was refused by peer",
    "WARN broker connection refused by the peer",
    "FATAL heap space exhausted in worker task",
    "FATAL heap space exhausted in the worker task",
)


def mixed(knowledge: KnowledgeBase, *, linked: bool) -> tuple[int, list[int]]:
    """One category of two errors; its number and those of its templates."""
    kept = ingest(knowledge, *LINES)
    ClusterLoop(knowledge, MINE).drain(MINE)
    first = kept[0].category_id
    with knowledge.store.read() as db:
        homes = {each.category_id for each in kept}
    others = sorted(homes - {first})
    curation.merge(knowledge.store, MINE, first, others, actor="Mei")
    if not linked:
        with knowledge.store.write() as db:
            facts.withdraw(db, MINE, [each.id for each in facts.standing(db, MINE)], START)
    return number_of(Prefix.CATEGORY, first), [number_of(Prefix.TEMPLATE, each.template_id) for each in kept]


def look(knowledge: KnowledgeBase, grown: dict[int, int], project: str = MINE) -> int:
    with try_lease(knowledge, project) as lease:
        assert lease is not None
        return propose_splits(knowledge, lease, grown)


def test_a_category_of_two_errors_is_proposed_to_be_split(knowledge: KnowledgeBase) -> None:
    category, templates = mixed(knowledge, linked=False)
    assert look(knowledge, {category: 5}) == 1
    with knowledge.store.read() as db:
        (found,) = [each for each in proposals.open_proposals(db, MINE) if each.kind is ProposalKind.SPLIT]
    assert (found.left, [each.template for each in found.grounds.going]) == (category, templates[3:])
    assert found.grounds.version == knowledge.judge.version
    done = curation.accept(knowledge.store, MINE, found.public_id, actor="Mei")
    assert done.category.templates == 2
    assert look(knowledge, {category: 3}) == 0


def test_what_is_not_due_or_was_put_together_is_left_alone(knowledge: KnowledgeBase) -> None:
    category, _ = mixed(knowledge, linked=True)
    assert look(knowledge, {category: 5}) == 0
    with knowledge.store.write() as db:
        facts.withdraw(db, MINE, [each.id for each in facts.standing(db, MINE)], START)
    assert look(knowledge, {category: 1}) == 0, "from four to five is little"
    assert look(knowledge, {}) == 0
    ingest(knowledge, "another", project=OTHER)
    assert look(knowledge, {category: 5}, OTHER) == 0, "it is not there"
