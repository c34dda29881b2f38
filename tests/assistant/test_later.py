"""Later answers find everyone who asked in vain, once, and take nothing for told that was not."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from assistant.composing import Composer
from assistant.later import LaterAnswers
from assistant.memory import MemoryChannel
from assistant.ports import Address, Delivered, Delivery
from assistant.reply import Reply
from ingest.pipeline import Pipeline
from knowledge_base import curation
from knowledge_base.errors import StorageUnavailable
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.askers import LIMIT
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import LogRecord, Verdict
from tests.assistant.chatting import channel, courier, headlines, queue_replies, said, say_to
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, UNSOLVED, World


def test_who_asked_in_vain_is_told_once_for_a_conversation(world: World) -> None:
    for n in range(3):
        said(world, UNSOLVED, event=f"ana{n}")
    said(world, UNSOLVED, event="bo", user="bo")
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    world.settle()
    told = [note for note in channel(world).notes if "Give it memory" in note.reply.headline]
    assert sorted(str(note.address["thread"]) for note in told) == ["thread-ana", "thread-bo"]


def test_a_later_answer_can_be_judged(world: World) -> None:
    said(world, UNSOLVED, event="1")
    world.solve(UNSOLVED)
    world.settle()
    said(world, "helpful", event="2")
    with world.knowledge.store.read() as db:
        assert questions.get(db, PROJECT, "Q-1").verdict is Verdict.HELPFUL


def test_a_solution_that_is_taken_back_in_time_is_not_told(world: World) -> None:
    said(world, UNSOLVED, event="1")
    done = curation.attach(world.knowledge.store, PROJECT, world.category_of(UNSOLVED), SOLUTION, actor="Mei")
    world.later.work()
    curation.undo(world.knowledge.store, PROJECT, done.audit_id, actor="Mei")
    world.settle()
    assert world.states() == ["sent", "withdrawn"]
    world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit"))
    world.settle()
    assert world.states() == ["sent", "withdrawn", "sent"]


def test_a_merge_into_a_solved_category_answers_too(world: World) -> None:
    said(world, UNSOLVED, event="1")
    solved, unsolved = world.category_of(SOLVED), world.category_of(UNSOLVED)
    curation.merge(world.knowledge.store, PROJECT, solved, [unsolved], actor="Mei")
    world.settle()
    assert SOLUTION.title in headlines(world)[-1]


def test_an_answer_that_comes_while_the_solution_is_attached_is_not_lost(world: World) -> None:
    keep = world.inbox._assistant.keep

    def attach_first(db, considered):  # type: ignore[no-untyped-def]
        kept = keep(db, considered)
        world.later._seen[PROJECT] = 10**9  # as if the change had been followed before this question was kept
        return kept

    world.inbox._assistant.keep = attach_first  # type: ignore[method-assign]
    said(world, UNSOLVED, event="1")
    world.solve(UNSOLVED)
    world.clock.shift += timedelta(seconds=20)
    world.settle()
    assert SOLUTION.title in headlines(world)[-1]


OTHER_UNSOLVED = "PANIC certificate chain of gateway is expired and rejected"


def told(world: World) -> list[str]:
    """Name the conversations that were told of the solution later."""
    notes = [note for note in channel(world).notes if SOLUTION.title in note.reply.headline]
    return sorted(str(note.address["thread"]) for note in notes)


def solutions_of_questions(world: World) -> list[int | None]:
    with world.knowledge.store.read() as db:
        return [row[0] for row in db.exec_driver_sql("SELECT solution FROM question ORDER BY id")]


def keep_line(world: World, line: str) -> None:
    Pipeline(world.knowledge, PROJECT).keep([LogRecord(PROJECT, "test", 9, line, world.clock())])


def ask_often(world: World, count: int, *, users: int) -> None:
    """Ask about the unsolved error; the replies are as good as delivered."""
    for n in range(count):
        say_to(world, UNSOLVED, event=f"e{n}", user=f"user{n % users}")
    while world.inbox.work():
        pass
    with world.knowledge.store.write() as db:
        db.exec_driver_sql("UPDATE outbox SET state = 'sent'")


def test_a_link_that_is_undone_takes_nobody_elses_answer_away(world: World) -> None:
    keep_line(world, OTHER_UNSOLVED)
    said(world, UNSOLVED, event="1")
    said(world, OTHER_UNSOLVED, event="2")
    world.solve(UNSOLVED)
    with world.knowledge.store.read() as db:
        number = db.exec_driver_sql("SELECT max(id) FROM solution").scalar_one()
    store, other = world.knowledge.store, world.category_of(OTHER_UNSOLVED)
    curation.link(store, PROJECT, other, f"S-{number}", actor="Mei")
    world.later.work()
    curation.detach(store, PROJECT, other, actor="Mei")
    world.settle()
    assert told(world) == ["thread-ana"]
    assert solutions_of_questions(world) == [number, None]


def test_all_questions_that_a_withdrawn_answer_stands_for_are_open_again(world: World) -> None:
    for n in range(3):
        said(world, UNSOLVED, event=f"e{n}")
    done = curation.attach(world.knowledge.store, PROJECT, world.category_of(UNSOLVED), SOLUTION, actor="Mei")
    world.later.work()
    assert None not in solutions_of_questions(world)
    curation.undo(world.knowledge.store, PROJECT, done.audit_id, actor="Mei")
    world.settle()
    assert solutions_of_questions(world) == [None, None, None]
    assert told(world) == []
    world.solve(UNSOLVED)
    world.settle()
    assert None not in solutions_of_questions(world)
    assert told(world) == ["thread-ana"]


def test_an_answer_is_not_taken_back_by_who_comes_too_late(world: World) -> None:
    said(world, UNSOLVED, event="1")
    world.solve(UNSOLVED)
    world.later.work()
    queue_replies(world, 1)
    world.clock.shift += timedelta(minutes=1)
    with world.knowledge.store.write() as db:  # the other one goes first
        db.exec_driver_sql("UPDATE outbox SET next_at = created_at WHERE kind = 'reply' AND state = 'waiting'")

    class Slow(MemoryChannel):
        def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
            courier(world).work()  # the later answer is told by another courier, then the solution goes away
            curation.detach(world.knowledge.store, PROJECT, world.category_of(UNSOLVED), actor="Mei")
            return Delivered()

    courier(world, Slow()).work()
    assert told(world) == ["thread-ana"]
    assert world.states() == ["sent", "sent", "sent"]
    assert None not in solutions_of_questions(world)


def test_a_person_with_many_questions_is_told_once(world: World) -> None:
    # More than one transaction takes; the questions of each person are far apart.
    ask_often(world, LIMIT + 30, users=20)
    world.solve(UNSOLVED)
    while world.later.work():
        pass
    world.settle()
    assert told(world) == sorted(f"thread-user{n}" for n in range(20))
    assert None not in solutions_of_questions(world)


def test_a_conversation_with_more_questions_than_one_transaction_takes_is_told_once(world: World) -> None:
    ask_often(world, LIMIT + 5, users=1)
    world.solve(UNSOLVED)
    world.settle()
    assert told(world) == ["thread-user0"]
    assert None not in solutions_of_questions(world)


def test_two_servers_tell_each_person_once(world: World) -> None:
    ask_often(world, 60, users=30)
    world.solve(UNSOLVED)
    other = LaterAnswers(world.knowledge, Composer(""), wait=timedelta())
    other.serve(channel(world))
    together = threading.Barrier(2)

    def work(later: LaterAnswers) -> None:
        together.wait()
        while later.work():
            pass

    threads = [threading.Thread(target=work, args=(each,)) for each in (world.later, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    world.settle()
    assert told(world) == sorted(f"thread-user{n}" for n in range(30))


def test_a_question_without_a_delivery_is_not_taken_for_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said(world, UNSOLVED, event="1")
    world.solve(UNSOLVED)
    with monkeypatch.context() as patch:
        patch.setattr("assistant.later.outbox.queue", lambda *_, **__: False)
        for _ in range(3):
            world.later.work()
    assert solutions_of_questions(world) == [None]
    world.clock.shift += timedelta(seconds=20)
    world.settle()
    assert told(world) == ["thread-ana"]


def test_an_asker_who_cannot_be_reached_keeps_no_other_waiting(world: World) -> None:
    for user in ("ana", "bo", "cy"):
        said(world, UNSOLVED, event=user, user=user)
    with world.knowledge.store.write() as db:
        db.exec_driver_sql("""UPDATE inbox SET address = '{"no": "thread"}' WHERE event = 'bo'""")
        ensure_project(db, "later-one", world.clock())
    world.solve(UNSOLVED)
    world.settle()
    assert told(world) == ["thread-ana", "thread-cy"]
    with world.knowledge.store.read() as db:
        state, error = db.exec_driver_sql("SELECT state, error FROM inbox WHERE event = 'bo'").one()
    assert (state, "KeyError" in error) == ("failed", True)
    assert sorted(str(each) for each in solutions_of_questions(world)).count("None") == 1


def test_later_answers_wait_where_the_database_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said(world, UNSOLVED, event="1")
    world.solve(UNSOLVED)

    def full(*_: object, **__: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("assistant.later.outbox.queue", full)
        with pytest.raises(StorageUnavailable):
            world.later.work()
    world.clock.shift += timedelta(seconds=20)
    world.settle()
    assert told(world) == ["thread-ana"]


def test_later_answers_stop_when_they_are_told_to(world: World) -> None:
    ask_often(world, 4, users=4)
    world.solve(UNSOLVED)
    polls = iter([False, False, True, True, True, True])
    world.later.work(stopping=lambda: next(polls))
    assert 0 < world.states().count("waiting") < 4
    world.settle()
    assert len(told(world)) == 4
