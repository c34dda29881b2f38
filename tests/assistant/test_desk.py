"""The desk stops soon, whatever its platforms do, and says what still works."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant.answering import Assistant
from assistant.desk import Desk
from assistant.memory import MemoryChannel
from assistant.ports import Adapter, Address, Delivery
from assistant.reply import Reply
from tests.assistant.chatting import queue_replies
from tests.assistant.conformance.world import PROJECT, World
from web.app import create_app


class Slow(MemoryChannel):
    """A platform that takes its time for each message."""

    seconds = 0.5

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        time.sleep(self.seconds)
        return MemoryChannel.send(self, address, reply, marker)


class Hanging(MemoryChannel):
    """A platform that does not answer before it is let go."""

    def __init__(self, name: str) -> None:
        MemoryChannel.__init__(self, name=name)
        self.begun, self.let_go = threading.Event(), threading.Event()

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        self.begun.set()
        self.let_go.wait(60)
        return MemoryChannel.send(self, address, reply, marker)


@pytest.fixture
def hanging() -> Iterator[list[Hanging]]:
    """Three platforms that hang until the test is over."""
    channels = [Hanging(f"hanging{n}") for n in range(3)]
    yield channels
    for each in channels:
        each.let_go.set()


def desk_of(world: World, *channels: MemoryChannel) -> Desk:
    desk = Desk(Assistant(world.knowledge), world.knowledge.settings)
    for each in channels:
        desk.add(Adapter(each, PROJECT))
    return desk


def test_the_database_stays_open_under_what_still_works(
    world: World, hanging: list[Hanging], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.desk.STOP_SECONDS", 0.2)
    app = create_app(world.knowledge.settings, clock=world.clock, knowledge=world.knowledge)
    desk: Desk = app.state.parts.desk
    desk.add(Adapter(hanging[0], PROJECT))
    queue_replies(world, 1, channel_name=hanging[0].name)
    world.knowledge.close()  # the application opens it
    with TestClient(app):
        assert hanging[0].begun.wait(30)
    hanging[0].let_go.set()
    wait_for_end("kea-outbox-hanging")
    assert world.states() == ["sent"]


def wait_for_end(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name.startswith(name):
            thread.join(30)
            assert not thread.is_alive()


def test_a_slow_platform_with_much_to_deliver_does_not_hold_up_the_stop(world: World) -> None:
    slow = Slow()
    queue_replies(world, 40)
    desk = desk_of(world, slow)
    desk.start()
    while not slow.notes:
        time.sleep(0.01)
    begun = time.monotonic()
    assert desk.stop() == ()
    assert time.monotonic() - begun < 10  # all of it would take twice as long
    assert set(world.states()) == {"sent", "waiting"}


def test_platforms_that_hang_hold_up_the_stop_together_and_are_named(
    world: World, hanging: list[Hanging], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.desk.STOP_SECONDS", 2.0)
    desk = desk_of(world, *hanging)
    for each in hanging:
        queue_replies(world, 1, lane=each.name, channel_name=each.name)
    desk.start()
    for each in hanging:
        assert each.begun.wait(30)
    begun = time.monotonic()
    assert desk.stop() == tuple(f"kea-outbox-{each.name}" for each in hanging)
    assert time.monotonic() - begun < 5.5  # six, one after the other
    for each in hanging:
        each.let_go.set()
    wait_for_end("kea-outbox-hanging")
    assert set(world.states()) == {"sent"}
