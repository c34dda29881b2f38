"""What the tests of the inbox, the outbox and the later answers share: people who talk to a twin."""

from __future__ import annotations

from dataclasses import replace

from assistant.composing import say
from assistant.memory import MemoryChannel
from assistant.outbox import Courier
from assistant.ports import Inbound
from assistant.reply import reply_to_json
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import NewDelivery
from tests.assistant.conformance.twins import TwinDriver
from tests.assistant.conformance.world import PROJECT, World


def channel(world: World) -> MemoryChannel:
    """Give the twin that the world talks to."""
    assert isinstance(world.driver, TwinDriver)
    assert isinstance(world.driver.adapter.channel, MemoryChannel)
    return world.driver.adapter.channel


def say_to(world: World, text: str, *, event: str = "e", user: str = "ana", **more: object) -> None:
    """Let somebody say something; nothing is answered yet."""
    thread = f"thread-{user}"
    world.accept(Inbound("memory", event, user, text, thread, {"thread": thread}, **more))  # type: ignore[arg-type]


def said(world: World, text: str, *, event: str = "e", user: str = "ana", **more: object) -> None:
    """Let somebody say something, and wait until all is answered."""
    say_to(world, text, event=event, user=user, **more)
    world.settle()


def headlines(world: World) -> list[str]:
    """Give the first lines of all that was delivered."""
    return [note.reply.headline for note in channel(world).notes]


def courier(world: World, through: MemoryChannel | None = None, *, lease_seconds: float = 45.0) -> Courier:
    """Make one more courier, as another process has."""
    return Courier(world.knowledge.store, through or channel(world), lease_seconds=lease_seconds)


def queue_replies(world: World, count: int, *, lane: str = "t", channel_name: str = "memory") -> None:
    """Put replies into the outbox, all in one lane."""
    new = NewDelivery("", channel_name, "reply", lane, {"thread": lane}, reply_to_json(say("en", "hello")))
    with world.knowledge.store.write() as db:
        for n in range(count):
            outbox.queue(db, PROJECT, replace(new, key=f"{lane}{n}"), world.clock())
