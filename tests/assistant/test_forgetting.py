"""What is old is forgotten, a little at a time, and no copy of an event is answered again for that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.forgetting import forget_some
from assistant.ports import Doubtful, Refused
from tests.assistant.chatting import channel, queue_replies, said, say_to
from tests.assistant.conformance.world import SOLVED, World

LONG = timedelta(days=91)


def forget_all(world: World) -> int:
    passes = 0
    while forget_some(world.knowledge.store):
        passes += 1
    return passes


def test_old_events_and_deliveries_are_forgotten_and_new_ones_stay(world: World) -> None:
    said(world, SOLVED, event="old")
    world.clock.shift += LONG
    said(world, SOLVED, event="new")
    forget_all(world)
    with world.knowledge.store.read() as db:
        assert [row[0] for row in db.exec_driver_sql("SELECT event FROM inbox")] == ["new"]
        assert [row[0] for row in db.exec_driver_sql("SELECT key FROM outbox")] == ["reply:memory:new"]


def test_what_needs_somebody_stays(world: World) -> None:
    channel(world).results = [(Refused("no"), False), (Doubtful("no answer"), False)]
    channel(world).readable = False
    said(world, SOLVED, event="1")
    said(world, SOLVED, event="2")
    say_to(world, SOLVED, event="3")
    world.inbox.work()
    world.clock.shift += LONG
    forget_all(world)
    assert world.states() == ["dead", "uncertain", "waiting"]


def test_a_delivery_is_never_forgotten_before_its_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.forgetting.BATCH", 4)
    for n in range(10):
        said(world, SOLVED, event=f"e{n}")
    world.clock.shift += LONG
    while True:
        removed = forget_some(world.knowledge.store)
        with world.knowledge.store.read() as db:
            kept = {f"reply:memory:{row[0]}" for row in db.exec_driver_sql("SELECT event FROM inbox")}
            assert kept <= {row[0] for row in db.exec_driver_sql("SELECT key FROM outbox")}
        if not removed:
            break
        assert removed <= 8
    assert world.deliveries() == []


def test_a_copy_of_an_event_is_not_answered_again_while_it_is_remembered(world: World) -> None:
    said(world, SOLVED)
    world.clock.shift += timedelta(days=89)
    forget_all(world)
    said(world, SOLVED)
    assert world.count("question") == len(channel(world).notes) == 1


def test_many_are_forgotten_in_many_short_transactions(world: World) -> None:
    queue_replies(world, 1100)
    with world.knowledge.store.write() as db:
        db.exec_driver_sql("UPDATE outbox SET state = 'sent'")
    world.clock.shift += LONG
    assert forget_all(world) == 3
    assert world.count("outbox") == 0
