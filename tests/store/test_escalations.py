"""Questions that are handed over to a person, closed, and listed by what is left to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge_base.errors import NotFound
from knowledge_base.store import audit
from knowledge_base.store.asking import escalations, questions
from knowledge_base.store.asking.escalations import HandedOver, QuestionState
from knowledge_base.store.store import Store
from knowledge_base.types import Outcome, Verdict
from tests.store.databases import MINE, OTHER, START
from tests.store.filling import make
from tests.store.test_demand import ask


def hand_over(store: Store, question: str, *, by: str = "Ana") -> HandedOver:
    with store.write() as db:
        return escalations.hand_over(db, MINE, question, by=by, now=store.clock())


def close(store: Store, question: str) -> None:
    with store.write() as db:
        escalations.close(db, MINE, question, by="Mei", now=store.clock())


def listed(store: Store, state: QuestionState | None = None, **more: object) -> list[str]:
    with store.read() as db:
        return [each.id for each in escalations.list_questions(db, MINE, state=state, **more)]  # type: ignore[arg-type]


def test_a_question_is_handed_over_once_until_it_is_closed(store: Store) -> None:
    question = ask(store, "ana", form="f")
    first = hand_over(store, question)
    again = hand_over(store, question, by="Bo")
    assert (first.is_new, again.is_new, again.at) == (True, False, first.at)
    with store.read() as db:
        asked = questions.get(db, MINE, question)
    assert (asked.escalated_at, asked.escalated_by, asked.closed_at) == (first.at, "Ana", None)
    for _ in range(2):
        close(store, question)
    with store.read() as db:
        closed = questions.get(db, MINE, question).closed_at
    assert closed is not None
    assert closed > first.at
    third = hand_over(store, question, by="Bo")
    assert third.is_new
    with store.read() as db:
        asked = questions.get(db, MINE, question)
    assert (asked.escalated_by, asked.closed_at) == ("Bo", None)


def test_an_incident_is_a_category_or_what_questions_say(store: Store) -> None:
    one, other = make(store, "a", "b")
    asked = [ask(store, "ana", about=one), ask(store, "bo", about=one), ask(store, "cy", about=other)]
    asked += [ask(store, "ana", form="f"), ask(store, "bo", form="f"), ask(store, "cy", form="g"), ask(store, "dee")]
    done = [hand_over(store, each) for each in asked]
    assert [each.others for each in done] == [0, 1, 0, 0, 1, 0, 0]
    assert [each.people for each in done] == [1, 2, 1, 1, 2, 1, 1]
    close(store, asked[0])
    close(store, asked[1])
    assert hand_over(store, asked[0]).others == 0, "an incident that was closed begins anew"


def test_who_asks_the_same_learns_that_somebody_is_on_it(store: Store) -> None:
    one, other = make(store, "a", "b")
    about, unknown = ask(store, "ana", about=one), ask(store, "ana", form="f")

    def waiting(form: str, category: int | None = None) -> int:
        with store.read() as db:
            return escalations.waiting(db, MINE, form=form, category=category)

    assert (waiting("f"), waiting("f", one.category)) == (0, 0)
    hand_over(store, about)
    hand_over(store, unknown)
    assert (waiting("f"), waiting("g"), waiting("")) == (1, 0, 0)
    assert (waiting("g", one.category), waiting("f", other.category)) == (1, 0)
    with store.read() as db:
        assert escalations.waiting(db, OTHER, form="f", category=None) == 0
    close(store, about)
    close(store, unknown)
    assert (waiting("f"), waiting("f", one.category)) == (0, 0)


def test_handing_over_and_closing_stand_in_the_history(store: Store) -> None:
    (ref,) = make(store, "a")
    asked = ask(store, "ana", about=ref)
    for by in ("Ana", "Bo"):
        hand_over(store, asked, by=by)
    for _ in range(2):
        close(store, asked)
    with store.read() as db:
        acts = audit.of_category(db, MINE, ref.category)
    assert [(each.actor, each.action, each.can_be_undone) for each in acts] == [
        ("Mei", "close", False),
        ("Ana", "hand_over", False),
    ]
    assert {each.detail["question"] for each in acts} == {asked}
    unknown = ask(store, "ana", form="f")
    hand_over(store, unknown)
    with store.read() as db:
        entry = audit.get(db, MINE, acts[0].id + 1)
    assert (entry.action, entry.category, entry.detail) == ("hand_over", None, {"question": unknown})


def test_questions_are_listed_by_what_is_left_to_do(store: Store) -> None:
    (ref,) = make(store, "a")
    unknown, picked = ask(store, "ana", form="f"), ask(store, "ana", about=ref, outcome=Outcome.UNKNOWN)
    unsolved, closed = ask(store, "ana", about=ref), ask(store, "bo", form="g")
    answered = ask(store, "ana", about=ref, outcome=Outcome.ANSWERED)
    with store.write() as db:
        db.exec_driver_sql(f"UPDATE question SET solution = 1 WHERE id = {answered.removeprefix('Q-')}")
        questions.give_feedback(db, MINE, answered, user="ana", verdict=Verdict.HELPFUL, comment="", now=START)
    hand_over(store, closed)
    hand_over(store, unsolved)
    close(store, closed)
    assert listed(store, QuestionState.UNKNOWN) == [unknown]
    assert listed(store, QuestionState.KNOWN_UNSOLVED) == [unsolved, picked]
    assert listed(store, QuestionState.ESCALATED) == [unsolved]
    assert listed(store, QuestionState.CONFIRMED) == [answered]
    assert listed(store) == [answered, closed, unsolved, picked, unknown]
    assert listed(store, user="bo") == [closed]
    assert listed(store, limit=2, before=4) == [unsolved, picked]


def test_other_projects_and_other_ids_are_not_found(store: Store) -> None:
    question = ask(store, "ana", form="f")
    for project, public in ((OTHER, question), (MINE, "Q-99"), (MINE, "KE-1"), (MINE, "Q-" + "9" * 50)):
        for act in (escalations.hand_over, escalations.close):
            with store.write() as db, pytest.raises(NotFound):
                act(db, project, public, by="Mei", now=START + timedelta(days=1))
    assert listed(store, QuestionState.ESCALATED) == []
