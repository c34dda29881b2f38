"""A category may have more templates than a statement takes values: 65,535 on PostgreSQL."""

from __future__ import annotations

from knowledge_base.store.grouping import facts, templates
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind
from tests.store.databases import MINE, START
from tests.store.filling import make

MANY = range(10_000, 80_000)


def test_templates_are_looked_up_and_told_to_wait(store: Store) -> None:
    (ref,) = make(store, "quota exceeded")
    wanted = [*MANY, ref.template]
    with store.write() as db:
        assert templates.homes(db, MINE, wanted) == {ref.template: ref.category}
        assert templates.living(db, MINE, wanted) == {ref.template}
        templates.wait_for_window(db, MINE, wanted)


def test_facts_are_taken_back_and_hold_again(store: Store) -> None:
    left, right = make(store, "quota exceeded", "disk full")
    pair = (left.template, right.template)
    with store.write() as db:
        (number,) = facts.add(db, MINE, FactKind.CANNOT_LINK, [pair], actor="Mei", now=START)
        wanted = [*MANY, number]
        facts.withdraw(db, MINE, wanted, START)
        assert facts.standing(db, MINE) == []
        assert [each.id for each in facts.named(db, MINE, wanted)] == [number]
        facts.restore(db, MINE, wanted)
        assert [each.id for each in facts.standing(db, MINE)] == [number]
        facts.forget(db, MINE, wanted)
        assert facts.named(db, MINE, wanted) == []
