"""Events are answered once, deliveries arrive once or are listed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from assistant.answering import TEXT_LIMIT, Assistant
from assistant.composing import Composer
from assistant.inbox import Inbox
from assistant.memory import MemoryChannel, Noted
from assistant.outbox import Courier
from assistant.ports import Address, Delivered, Delivery, Doubtful, Inbound, Pace, Postponed, Refused
from assistant.reply import Reply
from knowledge_base.errors import Conflict, NotFound, Unavailable
from knowledge_base.exchange.backups import back_up, restore
from knowledge_base.store.asking import questions
from knowledge_base.store.messages import inbox, outbox
from knowledge_base.types import Verdict
from tests.assistant.chatting import channel, courier, headlines, said, say_to
from tests.assistant.conformance.world import PROJECT, SOLVED, STRANGE, World


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
    world.couriers.append(courier(world))
    world.settle()
    assert len(channel(world).notes) == 20
    assert len({note.marker for note in channel(world).notes}) == 20


def test_an_event_that_two_workers_take_up_is_answered_once(world: World) -> None:
    with world.knowledge.store.read() as db:
        assert not outbox.list_deliveries(db, PROJECT)
    world.accept(Inbound("memory", "e", "ana", SOLVED, "t", {"thread": "t"}))
    considered = world.inbox._assistant.consider

    def meanwhile(question, *, is_complete=False):  # type: ignore[no-untyped-def]
        world.inbox._assistant.consider = considered  # type: ignore[method-assign]
        world.inbox.work()
        return considered(question, is_complete=is_complete)

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
    world.couriers = [courier(world)]
    for n in range(5):
        world.accept(Inbound("memory", f"e{n}", "ana", SOLVED, "t", {"thread": "t"}))
    begun = world.clock()
    world.settle()
    assert len(channel(world).notes) == 5
    assert world.clock() - begun > timedelta(seconds=120)


def test_what_waited_when_a_backup_was_made_is_replied_to_only_by_hand(world: World, tmp_path: Path) -> None:
    store, file = world.knowledge.store, tmp_path / "kea.backup"
    say_to(world, SOLVED)
    back_up(store, world.knowledge.settings, file, world.clock(), lambda done, total: None)
    world.settle()
    assert len(channel(world).notes) == 1
    restore(store, file, lambda done, total: None, force=True)
    said(world, SOLVED, event="later", user="ben")
    assert [note.address["thread"] for note in channel(world).notes] == ["thread-ana", "thread-ben"]
    assert world.states() == ["uncertain", "sent"]
    with store.write() as db:
        [delivery] = outbox.list_deliveries(db, PROJECT, states=("uncertain",))
        assert "was put back" in delivery.error
        outbox.resend(db, PROJECT, delivery.public_id, world.clock())
    world.settle()
    assert len(channel(world).notes) == 3


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


def test_delivered_is_told_with_its_receipt(world: World) -> None:
    channel(world).results = [(Delivered("1700.5"), True)]
    said(world, SOLVED)
    with world.knowledge.store.read() as db:
        assert db.exec_driver_sql("SELECT receipt FROM outbox").scalar_one() == "1700.5"


def test_an_event_waits_for_a_process_that_has_its_channel(world: World) -> None:
    other = Inbox(Assistant(world.knowledge), Composer("https://kea.example.com"))
    other.serve(MemoryChannel(name="elsewhere"))
    say_to(world, SOLVED)
    assert other.work() == 0
    world.settle()
    assert len(channel(world).notes) == 1


def test_a_reply_without_its_channel_is_an_error(world: World) -> None:
    say_to(world, SOLVED)
    with world.knowledge.store.read() as db:
        [event] = inbox.due(db, world.clock(), channels=["memory"])
    world.inbox._channels.clear()
    with pytest.raises(Unavailable, match="'memory' is not configured"):
        world.inbox._settle(event, None)
    assert events(world) == {"e": "waiting"}


def events(world: World) -> dict[str, str]:
    with world.knowledge.store.read() as db:
        return {row.event: row.state for row in db.exec_driver_sql("SELECT event, state FROM inbox")}


@pytest.mark.parametrize("quiet", [True, False])
def test_an_event_that_cannot_be_answered_at_all_keeps_no_other_waiting(world: World, quiet: bool) -> None:
    poison = Inbound("memory", "poison", "ana", STRANGE if not quiet else SOLVED, "t", {"no": "thread"}, quiet=quiet)
    world.accept(poison)
    for _ in range(10):
        world.inbox.work()
        world.clock.shift += timedelta(seconds=90)
    said(world, SOLVED, event="good", user="bo")
    assert events(world) == {"poison": "failed", "good": "done"}
    assert len(channel(world).notes) == 1


def test_an_inbox_that_is_told_to_stop_ends_after_the_event_under_way(world: World) -> None:
    for n in range(3):
        say_to(world, SOLVED, event=f"e{n}")
    world.inbox.work(stopping=lambda: "done" in events(world).values())
    assert sorted(events(world).values()) == ["done", "waiting", "waiting"]
