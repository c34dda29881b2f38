"""What people said of questions, as cases to measure answers by."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from sqlmodel import col

from knowledge_base import curation
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import audit
from knowledge_base.store.asking.judged import Judged, judged, judged_forms
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.store import Store
from knowledge_base.types import Verdict
from tests.curation.learning_support import ask, category_id, form_named, say, solved
from tests.store.databases import MINE, OTHER

NO = Verdict.NOT_HELPFUL


def case(store: Store, says: str) -> Judged | None:
    with store.read() as db:
        return judged(db, MINE, form_named(says))


def about(store: Store, says: str) -> tuple[int | None, set[int]] | None:
    found = case(store, says)
    return None if found is None else (found.right, set(found.wrong))


def forms(store: Store, limit: int = 10, project: str = MINE) -> list[str]:
    with store.read() as db:
        return judged_forms(db, project, limit=limit)


def test_engineers_say_what_is_right_and_wrong(store: Store) -> None:
    first, second = solved(store, "a", "b")
    question = ask(store, "lost", first, text="the first")
    assert case(store, "lost") is None
    curation.confirm(store, MINE, question, actor="Mei")
    found = case(store, "lost")
    assert found is not None
    assert (found.question_id, found.text, found.right, found.by_engineer) == (
        question,
        "the first",
        first.category,
        True,
    )
    curation.pick(store, MINE, question, category_id(second), actor="Mei")
    assert about(store, "lost") == (second.category, set())
    curation.reject(store, MINE, ask(store, "other", first), actor="Mei")
    assert about(store, "other") == (None, {first.category})
    assert forms(store) == [form_named("other"), form_named("lost")]
    assert (forms(store, 1), forms(store, project=OTHER)) == ([form_named("other")], [])


def test_a_case_follows_a_merge(store: Store) -> None:
    first, second = solved(store, "a", "b")
    curation.confirm(store, MINE, ask(store, "lost", first), actor="Mei")
    curation.detach(store, MINE, category_id(first), actor="Mei")
    curation.merge(store, MINE, category_id(second), [category_id(first)], actor="Mei")
    assert about(store, "lost") == (second.category, set())


def test_askers_count_one_a_person_and_the_most_decide(store: Store) -> None:
    first, second = solved(store, "a", "b")
    question = ask(store, "lost", first)
    say(store, "ann", question)
    assert about(store, "lost") == (first.category, set())
    assert forms(store) == [form_named("lost")]
    again = ask(store, "lost", first, text="the newest")
    say(store, "ann", again, NO)
    assert about(store, "lost") == (None, {first.category}), "the newest word of a person counts"
    say(store, "bob", question)
    assert about(store, "lost") is None, "one says so and one the contrary"
    say(store, "eve", question)
    found = case(store, "lost")
    assert found is not None
    assert (found.right, found.text, found.by_engineer) == (first.category, "the newest", False)
    for person in ("ann", "fay"):
        say(store, person, ask(store, "lost", second, solution=2))
    assert about(store, "lost") is None, "two people for each of two categories contradict each other"


def test_an_engineer_counts_more_than_askers(store: Store) -> None:
    first, second = solved(store, "a", "b")
    question = ask(store, "lost", first)
    for person in ("ann", "bob", "eve"):
        say(store, person, question)
    assert about(store, "lost") == (first.category, set())
    curation.pick(store, MINE, question, category_id(second), actor="Mei")
    assert about(store, "lost") == (second.category, set())


def test_what_an_engineer_took_back_does_not_count(store: Store) -> None:
    (first,) = solved(store, "a")
    question = ask(store, "lost", first)
    for person in ("ann", "bob"):
        say(store, person, question)
    with store.read() as db:
        newest = audit.of_category(db, MINE, first.category)[0]
    assert newest.action == "confirm"
    curation.undo(store, MINE, newest.id, actor="Mei")
    assert case(store, "lost") is None


@pytest.mark.parametrize("deleted", [False, True])
def test_a_question_that_is_gone_leaves_what_was_learnt(store: Store, deleted: bool) -> None:
    (first,) = solved(store, "a")
    question = ask(store, "lost", first, text="as it was asked of 7")
    curation.confirm(store, MINE, question, actor="Mei")
    if deleted:
        with store.write() as db:
            db.execute(delete(QuestionRow).where(col(QuestionRow.id) == number_of(Prefix.QUESTION, question)))
    found = case(store, "lost")
    assert found is not None
    assert found.question_id == (None if deleted else question)
    assert found.text == ("as it was asked of <n>" if deleted else "as it was asked of 7")
