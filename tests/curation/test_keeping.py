"""Rules that keep templates in a category: what they move at once, what they leave to people, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base import curation
from knowledge_base.curation.keeping.keep_changes import change_keep, plan_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange
from knowledge_base.errors import Conflict, InputError, KeaError, NotFound, StaleVersion
from knowledge_base.ids import Prefix, public_id
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit
from knowledge_base.store.grouping import eviction, template_reading, templates
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Why
from tests.clustering.test_clusterer import drain
from tests.curation.pictures import picture
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import new_template
from tests.store.knowledge import ingest, knowledge_at

SNAPSHOT = "ORA-01555 snapshot too old in rollback segment"
UNDO = "export stopped, undo was overwritten, see ORA-01555 for more"
LOCK = "ORA-00060 deadlock detected while waiting"
HEAP = "FATAL heap space exhausted by task"
CODE = KeepRule(code="ora-01555", category=4)


def c(number: int) -> str:
    return public_id(Prefix.CATEGORY, number)


def t(number: int) -> str:
    return public_id(Prefix.TEMPLATE, number)


def adding(rule: KeepRule, position: int = 0) -> KeepChange:
    return KeepChange(step="add", rule=rule, position=position)


def add(knowledge: KnowledgeBase, rule: KeepRule, position: int = 0) -> int:
    """Add a rule; tell the number of the act."""
    return change_keep(knowledge.store, MINE, adding(rule, position), actor="Mei").audit_id


def undo(knowledge: KnowledgeBase, act: int) -> None:
    curation.undo(knowledge.store, MINE, act, actor="Zhou Yan")


def homes(knowledge: KnowledgeBase) -> dict[int, int]:
    return picture(knowledge.store, MINE).homes


def rules(knowledge: KnowledgeBase) -> tuple[KeepRule, ...]:
    with knowledge.store.read() as db:
        return keep_rules.read(db, MINE)


@pytest.fixture
def knowledge(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """Four templates, each in a category of its own; KE-3 comes from another service, too."""
    with knowledge_at(database_url, tmp_path / "home") as knowledge:
        ingest(knowledge, SNAPSHOT, UNDO, LOCK, HEAP)
        ingest(knowledge, LOCK, service="billing")
        drain(knowledge)
        assert homes(knowledge) == {1: 1, 2: 2, 3: 3, 4: 4}
        yield knowledge


def test_a_rule_moves_what_it_holds_and_undo_is_exact(knowledge: KnowledgeBase) -> None:
    curation.label(knowledge.store, MINE, c(2), "Undo is too small", actor="Mei")
    before = picture(knowledge.store, MINE)
    planned = plan_keep(knowledge.store, MINE, adding(CODE))
    assert planned.moves.moves == {1: (1, 4), 2: (2, 4)}
    assert picture(knowledge.store, MINE) == before, "planning writes nothing"
    act = add(knowledge, CODE)
    behind = picture(knowledge.store, MINE)
    assert behind.homes == {1: 4, 2: 4, 3: 3, 4: 4}
    assert behind.aliases == {1: 4, 2: 4}
    assert behind.active[4].label == "Undo is too small", "no label is lost"
    with knowledge.store.read() as db:
        reason = template_reading.get_template(db, MINE, t(1)).reason
        assert (reason.why, reason.rule) == (Why.RULE, "R-1")
        entry = audit.get(db, MINE, act)
        assert (entry.actor, entry.action, entry.category) == ("Mei", "add_keep_rule", 4)
    undo(knowledge, act)
    assert picture(knowledge.store, MINE) == before
    assert rules(knowledge) == ()
    with knowledge.store.read() as db:
        assert template_reading.get_template(db, MINE, t(1)).reason.why is Why.FIRST


def test_a_service_holds_only_what_comes_from_nowhere_else(knowledge: KnowledgeBase) -> None:
    planned = plan_keep(knowledge.store, MINE, adding(KeepRule(service="etl", category=4)))
    assert (set(planned.moves.moves), planned.shared, planned.moves.there) == ({1, 2}, 1, 1)
    both = KeepRule(service="etl", pattern=r"(?i)EXPORT \w+", category=4)
    assert set(plan_keep(knowledge.store, MINE, adding(both)).moves.moves) == {2}
    assert set(plan_keep(knowledge.store, MINE, adding(KeepRule(template=3, category=4))).moves.moves) == {3}
    assert not plan_keep(knowledge.store, MINE, adding(replace(CODE, enabled=False))).moves.moves


def test_the_first_rule_wins_and_order_can_be_changed(knowledge: KnowledgeBase) -> None:
    add(knowledge, CODE)
    planned = plan_keep(knowledge.store, MINE, adding(KeepRule(pattern="export", category=3)))
    assert (planned.earlier, dict(planned.moves.moves)) == (1, {})
    add(knowledge, KeepRule(pattern="export", category=3))
    assert homes(knowledge)[2] == 4
    moved = change_keep(knowledge.store, MINE, KeepChange(step="move", number=2, position=1), actor="Mei")
    assert homes(knowledge) == {1: 4, 2: 3, 3: 3, 4: 4}
    assert [rule.id for rule in rules(knowledge)] == [2, 1]
    undo(knowledge, moved.audit_id)
    assert homes(knowledge)[2] == 4
    assert [rule.id for rule in rules(knowledge)] == [1, 2]
    change_keep(knowledge.store, MINE, KeepChange(step="remove", number=1), actor="Mei")
    assert homes(knowledge) == {1: 4, 2: 3, 3: 3, 4: 4}, "what another rule holds goes there, the rest stays"


def test_what_people_did_by_hand_stays(knowledge: KnowledgeBase) -> None:
    curation.merge(knowledge.store, MINE, c(3), [c(2)], actor="Mei")
    planned = plan_keep(knowledge.store, MINE, adding(CODE))
    assert (set(planned.moves.moves), planned.moves.by_hand) == ({1}, 1)
    add(knowledge, CODE)
    assert homes(knowledge) == {1: 4, 2: 3, 3: 3, 4: 4}
    split = curation.split(knowledge.store, MINE, c(4), [t(1)], actor="Mei")
    change_keep(knowledge.store, MINE, KeepChange(step="switch", number=1, enabled=False), actor="Mei")
    change_keep(knowledge.store, MINE, KeepChange(step="switch", number=1, enabled=True), actor="Mei")
    assert public_id(Prefix.CATEGORY, homes(knowledge)[1]) == split.category.id


def test_a_rule_follows_its_category_and_comes_back_with_it(knowledge: KnowledgeBase) -> None:
    add(knowledge, CODE)
    merged = curation.merge(knowledge.store, MINE, c(3), [c(4)], actor="Mei")
    assert rules(knowledge)[0].category == 3
    change_keep(knowledge.store, MINE, adding(KeepRule(code="X-1", category=3)), actor="Mei")
    undo(knowledge, merged.audit_id)
    assert [rule.category for rule in rules(knowledge)] == [4, 3]


def test_a_changed_rule_can_empty_its_own_category_and_no_other(knowledge: KnowledgeBase) -> None:
    add(knowledge, CODE)
    other = KeepRule(service="etl", category=3)
    with pytest.raises(Conflict, match="nothing would be left in KE-4"):
        add(knowledge, other, position=1)
    edited = KeepChange(step="edit", number=1, rule=other)
    before = picture(knowledge.store, MINE)
    act = change_keep(knowledge.store, MINE, edited, actor="Mei").audit_id
    assert homes(knowledge) == {1: 3, 2: 3, 3: 3, 4: 3}
    undo(knowledge, act)
    assert picture(knowledge.store, MINE) == before
    with pytest.raises(NotFound, match="R-99"):
        change_keep(knowledge.store, MINE, replace(edited, number=99), actor="Mei")


def test_nothing_newer_is_lost(knowledge: KnowledgeBase) -> None:
    act = add(knowledge, CODE)
    curation.split(knowledge.store, MINE, c(4), [t(1)], actor="Mei")
    with pytest.raises(Conflict, match="T-1 was moved on"):
        undo(knowledge, act)
    second = add(knowledge, KeepRule(code="ORA-00060", category=4))
    with pytest.raises(Conflict, match="the rules were changed again"):
        undo(knowledge, act)
    undo(knowledge, second)
    planned = plan_keep(knowledge.store, MINE, adding(KeepRule(code="ORA-00060", category=4)))
    curation.attach(knowledge.store, MINE, c(3), SolutionText("Lock", "", "retry"), actor="Mei")
    with pytest.raises(StaleVersion):
        change_keep(
            knowledge.store,
            MINE,
            adding(KeepRule(code="ORA-00060", category=4)),
            actor="Mei",
            basis=planned.basis,
        )


def test_new_templates_make_nothing_stale(knowledge: KnowledgeBase) -> None:
    planned = plan_keep(knowledge.store, MINE, adding(CODE))
    ingest(knowledge, "nightly copy failed with ORA-01555 at last")
    change_keep(knowledge.store, MINE, adding(CODE), actor="Mei", basis=planned.basis)
    assert homes(knowledge)[5] == 4


@pytest.mark.parametrize(
    ("rule", "kind", "told"),
    [
        (KeepRule(category=4), InputError, "a rule for everything"),
        (KeepRule(pattern="(", category=4), InputError, "pattern cannot be used"),
        (KeepRule(pattern="x*", category=4), InputError, "matches the empty text"),
        (KeepRule(pattern="x" * 501, category=4), InputError, "500 are allowed"),
        (KeepRule(code="a\x00b", category=4), InputError, "control character"),
        (KeepRule(code="A", category=99), NotFound, "KE-99"),
        (KeepRule(template=99, category=4), NotFound, "T-99"),
    ],
)
def test_what_cannot_be_used_is_told(knowledge: KnowledgeBase, rule: KeepRule, kind: type[KeaError], told: str) -> None:
    with pytest.raises(kind, match=told):
        add(knowledge, rule)
    assert rules(knowledge) == ()


def test_what_is_kept_is_never_evicted(knowledge: KnowledgeBase) -> None:
    add(knowledge, CODE)
    change_keep(knowledge.store, MINE, KeepChange(step="switch", number=1, enabled=False), actor="Mei")
    with knowledge.store.read() as db:
        assert set(eviction.coldest(db, MINE, 10).templates) == {3}


def test_projects_are_apart(knowledge: KnowledgeBase) -> None:
    ingest(knowledge, SNAPSHOT, project=OTHER)
    add(knowledge, CODE)
    assert set(picture(knowledge.store, OTHER).homes.values()) == {5}
    with knowledge.store.read() as db:
        assert keep_rules.read(db, OTHER) == ()


def test_a_code_in_another_alphabet_is_found_in_any_case(knowledge: KnowledgeBase) -> None:
    with knowledge.store.write() as db:
        [made] = templates.create(
            db, MINE, [replace(new_template("o", "copy failed"), codes=("ОШ-12",))], START
        ).values()
    planned = plan_keep(knowledge.store, MINE, adding(KeepRule(code="ош-12", category=4)))
    assert set(planned.moves.moves) == {made.template}
