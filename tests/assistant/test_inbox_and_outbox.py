"""Events are answered once, deliveries arrive once or are listed, later answers find their askers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.answering import TEXT_LIMIT
from assistant.memory import MemoryChannel, Noted
from assistant.outbox import Courier
from assistant.ports import Address, Delivered, Delivery, Doubtful, Inbound, Pace, Postponed, Refused
from assistant.reply import Reply
from knowledge_base import curation
from knowledge_base.errors import Conflict, NotFound
from knowledge_base.store import outbox, questions
from knowledge_base.store.solutions import SolutionText
from knowledge_base.types import Verdict
from tests.assistant.conformance.twins import TWINS, TwinDriver
from tests.assistant.conformance.world import PROJECT, SOLUTION, SOLVED, STRANGE, UNSOLVED, World, world_with


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A world around the twin of a chat, on each database."""
    with world_with(TWINS[0], tmp_path, url=database_url) as world:
        yield world


def channel(world: World) -> MemoryChannel:
    assert isinstance(world.driver, TwinDriver)
    assert isinstance(world.driver.adapter.channel, MemoryChannel)
    return world.driver.adapter.channel


def said(world: World, text: str, *, event: str = "e", user: str = "ana", **more: object) -> None:
    thread = f"thread-{user}"
    world.accept(Inbound("memory", event, user, text, thread, {"thread": thread}, **more))  # type: ignore[arg-type]
    world.settle()


def headlines(world: World) -> list[str]:
    return [note.reply.headline for note in channel(world).notes]


def other_courier(world: World) -> Courier:
    return Courier(world.knowledge.store, channel(world), lease_seconds=45)


class Dying(MemoryChannel):
    """A channel whose process dies just before or just after the message arrives."""

    before = False

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        if not self.before:
            self.notes.append(Noted(address, reply, marker))
        raise KeyboardInterrupt


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("readable", [True, False])
def test_a_delivery_cut_short_arrives_once_or_is_listed(world: World, before: bool, readable: bool) -> None:
    dying = Dying()
    dying.before = before
    world.accept(Inbound("memory", "e", "ana", SOLVED, "thread-ana", {"thread": "thread-ana"}))
    world.inbox.work()
    with pytest.raises(KeyboardInterrupt):
        Courier(world.knowledge.store, dying, lease_seconds=45).work()
    assert world.states() == ["sending"]
    channel(world).notes = dying.notes
    channel(world).readable = readable
    world.settle()
    if readable:
        assert len(channel(world).notes) == 1
        assert world.states() == ["sent"]
    else:
        assert len(channel(world).notes) == (0 if before else 1)
        assert world.states() == ["uncertain"]


def test_two_couriers_deliver_each_reply_once(world: World) -> None:
    for n in range(20):
        world.accept(Inbound("memory", f"e{n}", f"user{n}", SOLVED, f"t{n}", {"thread": f"t{n}"}))
    world.couriers.append(other_courier(world))
    world.settle()
    assert len(channel(world).notes) == 20
    assert len({note.marker for note in channel(world).notes}) == 20


def test_an_event_that_two_workers_take_up_is_answered_once(world: World) -> None:
    with world.knowledge.store.read() as db:
        assert not outbox.list_deliveries(db, PROJECT)
    world.accept(Inbound("memory", "e", "ana", SOLVED, "t", {"thread": "t"}))
    considered = world.inbox._assistant.consider

    def meanwhile(question):  # type: ignore[no-untyped-def]
        world.inbox._assistant.consider = considered  # type: ignore[method-assign]
        world.inbox.work()
        return considered(question)

    world.inbox._assistant.consider = meanwhile  # type: ignore[method-assign]
    world.inbox.work()
    world.settle()
    assert world.count("question") == 1
    assert len(channel(world).notes) == 1


def test_a_platform_that_is_away_for_long_makes_a_dead_letter_that_can_be_sent_again(world: World) -> None:
    channel(world).results = [(Postponed("nobody listens"), False)] * 40
    said(world, SOLVED)
    [delivery] = world.deliveries()
    assert (delivery.state, delivery.attempts) == ("dead", 30)
    assert "nobody listens" in delivery.error
    channel(world).results.clear()
    with world.knowledge.store.write() as db:
        outbox.resend(db, PROJECT, delivery.public_id, world.clock())
    world.settle()
    assert world.states() == ["sent"]
    with pytest.raises(Conflict, match="is sent"), world.knowledge.store.write() as db:
        outbox.resend(db, PROJECT, delivery.public_id, world.clock())


def test_the_platforms_waiting_time_is_kept_by_the_whole_lane(world: World) -> None:
    channel(world).results = [(Postponed("too fast", 600.0), False)]
    begun = world.clock()
    for n in range(3):
        world.accept(Inbound("memory", f"e{n}", "ana", SOLVED, "t", {"thread": "t"}))
    world.inbox.work()
    world.couriers[0].work()
    assert [each.next_at - begun > timedelta(seconds=590) for each in world.deliveries()] == [True, True, True]
    world.settle()
    assert len(channel(world).notes) == 3


def test_a_channel_is_not_called_faster_than_its_pace(world: World) -> None:
    channel(world).pace = Pace(2, 60.0)
    world.couriers = [other_courier(world)]
    for n in range(5):
        world.accept(Inbound("memory", f"e{n}", "ana", SOLVED, "t", {"thread": "t"}))
    begun = world.clock()
    world.settle()
    assert len(channel(world).notes) == 5
    assert world.clock() - begun > timedelta(seconds=120)


def test_an_uncertain_delivery_can_be_dismissed(world: World) -> None:
    channel(world).readable = False
    channel(world).results = [(Doubtful("no answer"), True)]
    said(world, SOLVED)
    [delivery] = world.deliveries()
    assert delivery.state == "uncertain"
    with world.knowledge.store.write() as db:
        assert outbox.dismiss(db, PROJECT, delivery.public_id).state == "dismissed"
        with pytest.raises(NotFound):
            outbox.dismiss(db, "search", delivery.public_id)


def test_a_refusal_is_not_tried_again(world: World) -> None:
    channel(world).results = [(Refused("the robot was taken out of the group"), False)]
    said(world, SOLVED)
    assert world.states() == ["dead"]
    assert world.deliveries()[0].attempts == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("   ", "Paste an error message"), ("x" * (TEXT_LIMIT + 1), "too long"), (STRANGE, "do not know")],
)
def test_what_cannot_be_answered_is_said(world: World, text: str, expected: str) -> None:
    said(world, text)
    assert expected in headlines(world)[0]


def test_chinese_is_answered_in_chinese(world: World) -> None:
    said(world, f"请问这个怎么办：\n{SOLVED}")
    assert headlines(world)[0].startswith(("这是已知错误", "这可能是已知错误"))


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("helpful", Verdict.HELPFUL),
        ("Not helpful.", Verdict.NOT_HELPFUL),
        ("有用", Verdict.HELPFUL),
        ("kea 没用 q-1", Verdict.NOT_HELPFUL),
        ("👍🏽", Verdict.HELPFUL),
        ("-1", Verdict.NOT_HELPFUL),
    ],
)
def test_feedback_in_words_counts_for_the_last_answer(world: World, words: str, verdict: Verdict) -> None:
    said(world, SOLVED, event="1")
    said(world, words, event="2")
    with world.knowledge.store.read() as db:
        assert questions.get(db, PROJECT, "Q-1").verdict is verdict
    assert "Thank you" in headlines(world)[-1] or "谢谢" in headlines(world)[-1]


def test_a_click_is_feedback_of_who_clicked(world: World) -> None:
    said(world, SOLVED, event="1")
    said(world, "", event="2", user="bo", verdict=Verdict.NOT_HELPFUL, question_id="Q-1")
    with world.knowledge.store.read() as db:
        feedback = questions.feedback_of(db, PROJECT, int(world.category_of(SOLVED)[3:]))
    assert (feedback.helpful, feedback.not_helpful) == (0, 1)


@pytest.mark.parametrize("words", ["helpful", "helpful Q-99", "helpful Q-2"])
def test_feedback_without_an_answer_is_told_so(world: World, words: str) -> None:
    said(world, SOLVED, event="1", user="bo")
    said(world, STRANGE, event="2")
    said(world, words, event="3")
    assert "no answer of mine" in headlines(world)[-1]


def test_secrets_are_not_kept(world: World) -> None:
    said(world, f"{SOLVED} password=hunter2secret")
    with world.knowledge.store.read() as db:
        kept = db.exec_driver_sql("SELECT text FROM inbox").scalar_one()
    assert "hunter2secret" not in kept


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


def test_delivered_is_told_with_its_receipt(world: World) -> None:
    channel(world).results = [(Delivered("1700.5"), True)]
    said(world, SOLVED)
    with world.knowledge.store.read() as db:
        assert db.exec_driver_sql("SELECT receipt FROM outbox").scalar_one() == "1700.5"


def test_old_events_are_forgotten_and_new_ones_stay(world: World) -> None:
    said(world, SOLVED, event="old")
    world.clock.shift += timedelta(days=91)
    said(world, SOLVED, event="new")
    world.inbox.forget_old()
    with world.knowledge.store.read() as db:
        assert [row[0] for row in db.exec_driver_sql("SELECT event FROM inbox")] == ["new"]
