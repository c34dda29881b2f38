"""Moving a template by hand: what it says, what later clusterings do with it, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.clustering.reclustering import apply_plan, plan_reclustering
from knowledge_base import curation
from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import categories, template_reading
from knowledge_base.store.grouping.facts import Fact
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import FactKind, Why
from tests.clustering.test_clusterer import HEAP, PEER, PEER_THIRD, PEER_TOO, drain
from tests.curation.pictures import picture
from tests.store.databases import MINE, OTHER
from tests.store.knowledge import ingest, knowledge_at


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def t(number: int) -> str:
    return public_id(Prefix.TEMPLATE, number)


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        yield knowledge


@pytest.fixture
def grouped(knowledge: KnowledgeBase) -> KnowledgeBase:
    """Three templates about a peer in KE-1, one about the heap in KE-4."""
    ingest(knowledge, PEER, PEER_TOO, PEER_THIRD, HEAP)
    drain(knowledge)
    assert picture(knowledge.store, MINE).homes == {1: 1, 2: 1, 3: 1, 4: 4}
    return knowledge


def kinds(known: tuple[Fact, ...]) -> set[tuple[FactKind, int, int]]:
    return {(each.kind, each.left, each.right) for each in known}


def test_a_move_is_kept_as_facts_and_says_who(grouped: KnowledgeBase) -> None:
    done = curation.move(grouped.store, MINE, t(2), c(4), actor="Mei", reason="it is the heap")
    look = picture(grouped.store, MINE)
    assert look.homes == {1: 1, 2: 4, 3: 1, 4: 4}
    must, cannot = FactKind.MUST_LINK, FactKind.CANNOT_LINK
    assert kinds(look.facts) == {(must, 2, 4), (cannot, 1, 2), (cannot, 2, 3)}
    assert done.category.id == c(4)
    with grouped.store.read() as db:
        reason = template_reading.get_template(db, MINE, t(2)).reason
        assert (reason.why, reason.actor) == (Why.PERSON, "Mei")
        entry = audit.get(db, MINE, done.audit_id)
        assert (entry.action, entry.detail["from"], entry.can_be_undone) == ("move", c(1), True)
        changes = {each.kind for each in projects.changes_since(db, MINE, 0)}
        assert {"move", "template_moved"} <= changes


def test_it_holds_through_windows_and_reclusterings(grouped: KnowledgeBase) -> None:
    curation.move(grouped.store, MINE, t(2), c(4), actor="Mei")
    ingest(grouped, "WARN broker connection refused by its very old peer", "FATAL heap space was exhausted by task")
    drain(grouped)
    for _ in range(2):
        with plan_reclustering(grouped, MINE) as plan:
            apply_plan(grouped, plan, actor="Mei")
        homes = picture(grouped.store, MINE).homes
        assert homes[2] == homes[4]
        assert homes[1] == homes[3] != homes[2]


def test_it_is_taken_back_exactly(grouped: KnowledgeBase) -> None:
    before = picture(grouped.store, MINE)
    done = curation.move(grouped.store, MINE, t(2), c(4), actor="Mei")
    curation.undo(grouped.store, MINE, done.audit_id, actor="Mei")
    assert picture(grouped.store, MINE) == before
    again = curation.move(grouped.store, MINE, t(2), c(4), actor="Mei")
    curation.move(grouped.store, MINE, t(3), c(4), actor="Mei")
    curation.undo(grouped.store, MINE, again.audit_id, actor="Mei")
    look = picture(grouped.store, MINE)
    assert look.homes == {1: 1, 2: 1, 3: 4, 4: 4}
    assert (FactKind.CANNOT_LINK, 2, 3) not in kinds(before.facts)
    for fact in look.facts:
        assert (look.homes[fact.left] == look.homes[fact.right]) == (fact.kind is FactKind.MUST_LINK)


def test_what_it_contradicts_is_withdrawn_and_comes_back(grouped: KnowledgeBase) -> None:
    split = curation.split(grouped.store, MINE, c(1), [t(3)], actor="Mei")
    before = picture(grouped.store, MINE)
    done = curation.move(grouped.store, MINE, t(2), split.category.id, actor="Mei")
    look = picture(grouped.store, MINE)
    assert look.homes[2] == look.homes[3] != look.homes[1]
    assert (FactKind.CANNOT_LINK, 2, 3) not in kinds(look.facts)
    curation.undo(grouped.store, MINE, done.audit_id, actor="Mei")
    assert kinds(picture(grouped.store, MINE).facts) == kinds(before.facts)


def test_those_left_behind_stay_together(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER, HEAP, "ERROR quota of project exceeded", "ERROR checkpoint expired before completing")
    curation.merge(knowledge.store, MINE, c(1), [c(2), c(3)], actor="Mei")
    curation.move(knowledge.store, MINE, t(1), c(4), actor="Mei")
    assert (FactKind.MUST_LINK, 2, 3) in kinds(picture(knowledge.store, MINE).facts)
    with plan_reclustering(knowledge, MINE) as plan:
        apply_plan(knowledge, plan, actor="Mei")
    homes = picture(knowledge.store, MINE).homes
    assert homes[2] == homes[3] != homes[1] == homes[4]


def test_a_split_keeps_together_who_was_linked_through_those_that_leave(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER, HEAP, "ERROR quota of project exceeded")
    curation.merge(knowledge.store, MINE, c(1), [c(2), c(3)], actor="Mei")
    done = curation.split(knowledge.store, MINE, c(1), [t(1)], actor="Mei")
    assert (FactKind.MUST_LINK, 2, 3) in kinds(picture(knowledge.store, MINE).facts)
    curation.undo(knowledge.store, MINE, done.audit_id, actor="Mei")
    assert kinds(picture(knowledge.store, MINE).facts) == {(FactKind.MUST_LINK, 1, 2), (FactKind.MUST_LINK, 1, 3)}


def test_taking_a_split_back_leaves_no_alias_of_an_alias(grouped: KnowledgeBase) -> None:
    store = grouped.store
    made = curation.split(store, MINE, c(1), [t(3)], actor="Mei")
    curation.merge(store, MINE, made.category.id, [c(4)], actor="Mei")
    curation.move(store, MINE, t(4), c(1), actor="Mei")
    curation.undo(store, MINE, made.audit_id, actor="Mei")
    with store.read() as db:
        assert categories.resolve(db, MINE, 4) == 1


def test_labels_and_solutions_stay_where_they_are(grouped: KnowledgeBase) -> None:
    text = SolutionText("Restart the peer", "", "")
    curation.attach(grouped.store, MINE, c(1), text, actor="Mei")
    curation.label(grouped.store, MINE, c(4), "heap", actor="Mei")
    curation.move(grouped.store, MINE, t(2), c(4), actor="Mei")
    active = picture(grouped.store, MINE).active
    assert (active[1].solution is not None, active[4].solution, active[4].label) == (True, None, "heap")


def test_refusals(grouped: KnowledgeBase) -> None:
    store = grouped.store
    with pytest.raises(InputError, match="already"):
        curation.move(store, MINE, t(2), c(1), actor="Mei")
    with pytest.raises(InputError, match="merge KE-4 into KE-1"):
        curation.move(store, MINE, t(4), c(1), actor="Mei")
    for project, template, into in ((MINE, t(9), c(1)), (MINE, t(2), c(9)), (OTHER, t(2), c(4)), (MINE, "x", c(4))):
        with pytest.raises(NotFound):
            curation.move(store, project, template, into, actor="Mei")
    done = curation.move(store, MINE, t(2), c(4), actor="Mei")
    curation.merge(store, MINE, c(1), [c(4)], actor="Mei")
    with pytest.raises(Conflict, match="moved on"):
        curation.undo(store, MINE, done.audit_id, actor="Mei")
