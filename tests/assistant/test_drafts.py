"""A draft reaches nobody: not who asks, not who asked before, not a forecast; publishing it is what reaches them."""

from __future__ import annotations

from assistant.answering import Assistant
from knowledge_base import curation
from knowledge_base.store.asking import questions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Outcome, Question
from tests.assistant.chatting import headlines, said
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, UNSOLVED, World

DRAFT = SolutionText("Give it memory", "too little", "Raise the limit")


def draft(world: World) -> str:
    done = curation.draft(world.knowledge.store, PROJECT, world.category_of(UNSOLVED), DRAFT, actor="import")
    assert done.solution is not None
    return done.solution.id


def outcome(world: World, line: str) -> Outcome:
    return Assistant(world.knowledge).ask(Question(PROJECT, "api", "ana", line), record=False).outcome


def test_who_asks_is_told_that_there_is_no_solution_yet(world: World) -> None:
    made = draft(world)
    answer = Assistant(world.knowledge).ask(Question(PROJECT, "api", "ana", UNSOLVED))
    assert (answer.outcome, answer.solution) == (Outcome.KNOWN_UNSOLVED, None)
    assert {each.solution_id for each in answer.candidates} & {made} == set()
    with world.knowledge.store.read() as db:
        assert questions.category_now(db, PROJECT, 1) == (int(world.category_of(UNSOLVED)[3:]), None)
    said(world, UNSOLVED, event="1")
    assert not [each for each in headlines(world) if DRAFT.title in each]
    assert world.states() == ["sent"]


def test_who_asked_is_answered_when_it_is_published(world: World) -> None:
    made = draft(world)
    said(world, UNSOLVED, event="1")
    world.settle()
    assert world.states() == ["sent"]
    curation.publish(world.knowledge.store, PROJECT, made, actor="Mei")
    world.settle()
    assert DRAFT.title in headlines(world)[-1]
    assert outcome(world, UNSOLVED) is Outcome.ANSWERED


def test_what_is_made_a_draft_in_time_is_not_told(world: World) -> None:
    said(world, UNSOLVED, event="1")
    made = draft(world)
    curation.publish(world.knowledge.store, PROJECT, made, actor="Mei")
    world.later.work()
    curation.unpublish(world.knowledge.store, PROJECT, made, actor="Mei")
    world.settle()
    assert world.states() == ["sent", "withdrawn"]


def test_an_answer_that_became_a_draft_is_given_no_more(world: World) -> None:
    with world.knowledge.store.read() as db:
        number = db.exec_driver_sql("SELECT max(id) FROM solution").scalar_one()
    curation.unpublish(world.knowledge.store, PROJECT, f"S-{number}", actor="Mei")
    assert outcome(world, SOLVED) is Outcome.KNOWN_UNSOLVED
    curation.publish(world.knowledge.store, PROJECT, f"S-{number}", actor="Mei")
    said(world, SOLVED, event="1")
    assert SOLUTION.title in headlines(world)[-1]
