"""Solutions, their versions, facts, audit entries: kept by project."""

from __future__ import annotations

import pytest

from knowledge_base.errors import InputError, NotFound, StaleVersion
from knowledge_base.store import audit
from knowledge_base.store.grouping import facts
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind
from tests.store.databases import MINE, OTHER, START

TEXT = SolutionText("Create the table", "dropped", "# run it")


def create(store: Store, text: SolutionText = TEXT, project: str = MINE, external: str | None = None) -> int:
    with store.write() as db:
        return solutions.create(db, project, text, author="Mei", now=START, external=external)


def test_versions_are_only_added(store: Store) -> None:
    number = create(store)
    with store.write() as db:
        again = SolutionText(" second ", "", "")
        assert solutions.revise(db, MINE, number, again, author="Ravi", now=START, based_on=1) == 2
    with store.read() as db:
        newest = solutions.get(db, MINE, number)
        assert (newest.version, newest.title, newest.author) == (2, "second", "Ravi")
        assert solutions.get(db, MINE, number, 1).title == TEXT.title
        assert [each.version for each in solutions.history(db, MINE, number)] == [2, 1]
        with pytest.raises(NotFound):
            solutions.get(db, MINE, number, 3)


def test_a_version_that_is_not_the_newest_is_stale(store: Store) -> None:
    number = create(store)
    with store.write() as db:
        solutions.revise(db, MINE, number, TEXT, author="Ravi", now=START, based_on=1)
    for stale in (1, 3, 0):
        with pytest.raises(StaleVersion, match="Ravi saved version 2"), store.write() as db:
            solutions.revise(db, MINE, number, TEXT, author="Mei", now=START, based_on=stale)
    with store.read() as db:
        assert len(solutions.history(db, MINE, number)) == 2


def test_another_project_has_none_of_it(store: Store) -> None:
    number = create(store, external="wiki-1")
    with store.write() as db:
        with pytest.raises(NotFound):
            solutions.get(db, OTHER, number)
        with pytest.raises(NotFound):
            solutions.revise(db, OTHER, number, TEXT, author="Mei", now=START, based_on=1)
        assert solutions.history(db, OTHER, number) == []
        assert solutions.list_all(db, OTHER) == []
        assert solutions.find_external(db, OTHER, "wiki-1", own=True) is None
        assert solutions.find_external(db, OTHER, f"S-{number}", own=True) is None
        assert solutions.find_external(db, MINE, "wiki-1", own=False) == number
        assert solutions.find_external(db, MINE, f"S-{number}", own=False) is None
        assert solutions.find_external(db, MINE, f"s-{number}", own=True) == number
    assert create(store, project=OTHER, external="wiki-1") != number


def test_what_a_database_cannot_hold_is_replaced(store: Store) -> None:
    number = create(store, SolutionText("title \x00", "cause \udcff", "body \x00"))
    with store.read() as db:
        kept = solutions.get(db, MINE, number)
    assert (kept.title, kept.cause, kept.body) == ("title �", "cause ?", "body �")


@pytest.mark.parametrize(
    "words", [(" ", "", ""), ("t" * 301, "", ""), ("t", "c" * 10_001, ""), ("t", "", "b" * 100_001)]
)
def test_empty_and_too_long_words_are_refused(words: tuple[str, str, str]) -> None:
    with pytest.raises(InputError):
        SolutionText(*words)


def test_facts_belong_to_a_project_and_can_be_taken_back(store: Store) -> None:
    with store.write() as db:
        made = facts.add(db, MINE, FactKind.CANNOT_LINK, [(5, 2), (2, 5), (3, 3), (7, 8)], actor="Mei", now=START)
        assert facts.add(db, MINE, FactKind.MUST_LINK, [(4, 4)], actor="Mei", now=START) == []
    with store.write() as db:
        assert [(each.left, each.right) for each in facts.standing(db, MINE)] == [(2, 5), (7, 8)]
        assert [each.id for each in facts.about(db, MINE, {5})] == made[:1]
        assert facts.standing(db, OTHER) == facts.about(db, OTHER, {5}) == facts.named(db, OTHER, made) == []
        facts.withdraw(db, OTHER, made, START)
        assert len(facts.standing(db, MINE)) == 2
        facts.withdraw(db, MINE, made, START)
        assert facts.standing(db, MINE) == []
        assert [each.id for each in facts.named(db, MINE, made)] == made
        facts.restore(db, OTHER, made)
        assert facts.standing(db, MINE) == []
        facts.restore(db, MINE, made[1:])
        assert [each.id for each in facts.standing(db, MINE)] == made[1:]


def test_audit_entries_belong_to_a_project(store: Store) -> None:
    with store.write() as db:
        number = audit.write(
            db, MINE, actor="Mei\x00", action="label", category=4, detail={"label": "x\x00"}, undo={}, now=START
        )
        with pytest.raises(NotFound):
            audit.get(db, OTHER, number)
        audit.mark_undone(db, OTHER, number, START)
        assert audit.get(db, MINE, number).can_be_undone
        assert [each.id for each in audit.of_category(db, MINE, 4)] == [number]
        assert audit.of_category(db, OTHER, 4) == []
        audit.mark_undone(db, MINE, number, START)
        entry = audit.get(db, MINE, number)
    assert not entry.can_be_undone
    assert (entry.actor, entry.undone_at) == ("Mei�", START)
