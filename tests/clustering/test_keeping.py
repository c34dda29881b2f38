"""Rules in the clusterer: what they hold joins its category, whatever the scores say, and stays there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.clustering.reclustering import apply_plan, plan_reclustering
from knowledge_base import curation
from knowledge_base.curation.keeping.keep_changes import change_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit
from knowledge_base.store.grouping import facts, template_reading, templates
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.types import FactKind, Why
from tests.clustering.test_clusterer import HEAP, PEER, PEER_TOO, drain
from tests.curation.pictures import picture
from tests.store.databases import MINE, START
from tests.store.knowledge import categories_of, ingest

UNLIKE = "nightly copy of accounts gave up, peer said ORA-01555"
RULE = KeepRule(code="ORA-01555", category=1)


def homes(knowledge: KnowledgeBase) -> dict[int, int]:
    return picture(knowledge.store, MINE).homes


def recluster(knowledge: KnowledgeBase) -> None:
    with plan_reclustering(knowledge, MINE) as plan:
        apply_plan(knowledge, plan, actor="Mei")


@pytest.fixture
def ruled(knowledge: KnowledgeBase) -> KnowledgeBase:
    """A category about the heap that a rule keeps, without a name or a solution."""
    ingest(knowledge, HEAP)
    drain(knowledge)
    change_keep(knowledge.store, MINE, KeepChange(step="add", rule=RULE), actor="Mei")
    return knowledge


def test_what_a_rule_holds_joins_in_its_window_and_nothing_else_does(ruled: KnowledgeBase) -> None:
    kept, other = categories_of(ingest(ruled, UNLIKE, PEER))
    assert (kept, other) == ("KE-2", "KE-3"), "at once each line has ids"
    drain(ruled)
    look = picture(ruled.store, MINE)
    assert look.homes == {1: 1, 2: 1, 3: 3}
    assert look.aliases == {2: 1}
    with ruled.store.read() as db:
        reason = template_reading.get_template(db, MINE, "T-2").reason
        assert (reason.why, reason.rule) == (Why.RULE, "R-1")
        entry = audit.of_category(db, MINE, 1)[0]
    assert (entry.actor, entry.action, entry.detail["rule"]) == ("kea", "merge", "R-1")
    curation.undo(ruled.store, MINE, entry.id, actor="Mei")
    assert homes(ruled) == {1: 1, 2: 2, 3: 3}
    drain(ruled)
    recluster(ruled)
    assert homes(ruled) == {1: 1, 2: 2, 3: 3}, "what a person took out stays out"


def test_what_is_alike_does_not_leave_with_others(ruled: KnowledgeBase) -> None:
    ingest(ruled, UNLIKE)
    drain(ruled)
    twin = UNLIKE.replace("ORA-01555", "an old thing")
    ingest(ruled, twin)
    drain(ruled)
    recluster(ruled)
    assert homes(ruled)[2] == 1
    assert 1 in picture(ruled.store, MINE).active, "a category that a rule keeps is never an alias of another one"
    ingest(ruled, UNLIKE.replace("nightly", "hourly"))
    recluster(ruled)
    drain(ruled)
    assert homes(ruled)[4] == 1, "what waits for its window when a project is clustered anew joins all the same"


def test_a_kept_category_is_not_merged_away(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, PEER, HEAP)
    drain(knowledge)
    change_keep(knowledge.store, MINE, KeepChange(step="add", rule=RULE), actor="Mei")
    curation.label(knowledge.store, MINE, "KE-2", "Heap", actor="Mei")
    ingest(knowledge, PEER_TOO)
    drain(knowledge)
    assert homes(knowledge) == {1: 1, 2: 2, 3: 1}, "what is alike joins it as it would join a labelled one"


def test_what_is_free_again_is_clustered_like_the_rest(ruled: KnowledgeBase) -> None:
    ingest(ruled, UNLIKE)
    drain(ruled)
    change_keep(ruled.store, MINE, KeepChange(step="remove", number=1), actor="Mei")
    assert homes(ruled) == {1: 1, 2: 1}, "it stays where it is"
    ingest(ruled, UNLIKE.replace("nightly", "hourly").replace("accounts", "orders"))
    drain(ruled)
    assert homes(ruled)[3] in (1, 3)
    recluster(ruled)
    assert homes(ruled)[2] != homes(ruled)[1], "nothing keeps what is unlike together any more"


def test_what_came_while_a_rule_was_off_joins_once_that_is_undone(ruled: KnowledgeBase) -> None:
    off = KeepChange(step="switch", number=1, enabled=False)
    act = change_keep(ruled.store, MINE, off, actor="Mei").audit_id
    ingest(ruled, UNLIKE)
    drain(ruled)
    curation.label(ruled.store, MINE, "KE-2", "Looked at", actor="Zhou")
    curation.undo(ruled.store, MINE, act, actor="Mei")
    drain(ruled)
    assert homes(ruled) == {1: 1, 2: 2}, "what people labelled stays"
    curation.label(ruled.store, MINE, "KE-2", "", actor="Zhou")
    for change in (off, KeepChange(step="remove", number=1)):
        act = change_keep(ruled.store, MINE, change, actor="Mei").audit_id
        drain(ruled)
        assert homes(ruled) == {1: 1, 2: 2}
        curation.undo(ruled.store, MINE, act, actor="Mei")
        assert homes(ruled) == {1: 1, 2: 2}
        drain(ruled)
        assert homes(ruled) == {1: 1, 2: 1}
        with ruled.store.read() as db:
            entry = next(each for each in audit.of_category(db, MINE, 1) if each.action == "merge")
        assert (entry.actor, entry.can_be_undone) == ("kea", True)
        curation.undo(ruled.store, MINE, entry.id, actor="Mei")
        with ruled.store.write() as db:
            facts.forget(db, MINE, [each.id for each in facts.standing(db, MINE)])


def test_one_that_a_person_put_back_is_not_taken_out_again(ruled: KnowledgeBase) -> None:
    ingest(ruled, PEER, PEER_TOO)
    drain(ruled)
    assert homes(ruled) == {1: 1, 2: 2, 3: 2}
    with ruled.store.write() as db:
        # What is left behind is kept from following.
        facts.add(db, MINE, FactKind.CANNOT_LINK, [(1, 2)], actor="Mei", now=START)
    # A rule that came while the window was under way.
    with ruled.store.write() as db:
        [stored] = keep_rules.read(db, MINE)
        keep_rules.write(db, MINE, [replace(stored, code="", template=3)], now=START)
        templates.wait_for_window(db, MINE, [3])
    drain(ruled)
    assert homes(ruled) == {1: 1, 2: 2, 3: 1}
    with ruled.store.read() as db:
        moved = audit.of_category(db, MINE, 1)[0]
    assert (moved.actor, moved.action) == ("kea", "move")
    curation.undo(ruled.store, MINE, moved.id, actor="Zhou")
    assert homes(ruled)[3] == 2
    with ruled.store.read() as db:
        why = template_reading.get_template(db, MINE, "T-3").reason.why
    with ruled.store.write() as db:
        templates.wait_for_window(db, MINE, [3])
    drain(ruled)
    assert homes(ruled) == {1: 1, 2: 2, 3: 2}, "what a person put back stays"
    assert why is not Why.PERSON
