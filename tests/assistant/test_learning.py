"""What is said in chats teaches: two people, one who changes their mind, and askers who are answered after a pick."""

from __future__ import annotations

from assistant.answering import Assistant
from knowledge_base import curation
from knowledge_base.store.asking import learnt, questions
from knowledge_base.store.asking.learnt import Learnt
from knowledge_base.types import Outcome, Verdict
from tests.assistant.chatting import channel, said
from tests.assistant.conformance.world import PROJECT, SOLVED, UNSOLVED, World

ODD = "the nightly thing went sideways"


def known(world: World) -> list[Learnt]:
    with world.knowledge.store.read() as db:
        return learnt.recent(db, PROJECT, limit=9)


def told(world: World) -> list[str]:
    return [note.reply.headline for note in channel(world).notes if "solution now" in note.reply.headline]


def test_two_people_teach_and_one_takes_it_back(world: World) -> None:
    for user in ("ana", "bo"):
        said(world, SOLVED, event=f"{user}1", user=user)
    said(world, "helpful", event="ana2", user="ana")
    said(world, "helpful", event="ana3", user="ana")
    assert known(world) == []
    said(world, "helpful", event="bo2", user="bo")
    [found] = known(world)
    assert (found.people, found.category_id) == (2, world.category_of(SOLVED))
    said(world, "not helpful", event="bo3", user="bo")
    assert known(world) == []


def test_one_person_in_two_channels_is_one(world: World) -> None:
    said(world, SOLVED, event="1", user="ana@example.com")
    said(world, "helpful", event="2", user="ana@example.com")
    Assistant(world.knowledge).give_feedback(PROJECT, "Q-1", user="Ana", verdict=Verdict.HELPFUL)
    assert known(world) == []


def test_who_asked_in_vain_is_answered_once_somebody_picks(world: World) -> None:
    said(world, ODD, event="1")
    done = curation.pick(world.knowledge.store, PROJECT, "Q-1", world.category_of(SOLVED), actor="Mei")
    world.settle()
    assert len(told(world)) == 1
    with world.knowledge.store.read() as db:
        kept = questions.get(db, PROJECT, "Q-1")
    assert (kept.category_id, kept.outcome) == (world.category_of(SOLVED), Outcome.UNKNOWN)
    curation.undo(world.knowledge.store, PROJECT, done.audit_id, actor="Mei")
    world.settle()
    assert len(told(world)) == 1


def test_a_pick_that_is_taken_back_in_time_is_not_told(world: World) -> None:
    said(world, ODD, event="1")
    done = curation.pick(world.knowledge.store, PROJECT, "Q-1", world.category_of(SOLVED), actor="Mei")
    world.later.work()
    curation.undo(world.knowledge.store, PROJECT, done.audit_id, actor="Mei")
    world.settle()
    assert told(world) == []
    assert world.states() == ["sent", "withdrawn"]
    with world.knowledge.store.read() as db:
        assert questions.get(db, PROJECT, "Q-1").solution_id is None


def test_a_pick_of_an_unsolved_category_is_answered_when_it_is_solved(world: World) -> None:
    said(world, UNSOLVED, event="0", user="bo")
    said(world, ODD, event="1")
    curation.pick(world.knowledge.store, PROJECT, "Q-2", world.category_of(UNSOLVED), actor="Mei")
    world.settle()
    assert told(world) == []
    world.solve(UNSOLVED)
    world.settle()
    assert len(told(world)) == 2
