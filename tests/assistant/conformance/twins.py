"""The in-memory twins, played by themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic

from assistant.memory import MemoryChannel, MemoryTickets
from assistant.ports import (
    Accept,
    Adapter,
    Delivery,
    Doubtful,
    Inbound,
    Postponed,
    Refused,
    WebhookRequest,
)
from assistant.reply import Reply
from assistant.ticket_webhook import TicketWebhook
from knowledge_base.errors import NotAllowed, Unavailable
from tests.assistant.conformance.driver import Ack, DriverMaker, Seen

BREAKS: dict[str, tuple[Delivery, bool]] = {
    "throttled": (Postponed("too fast", 5.0), False),
    "error": (Doubtful("500"), False),
    "dropped": (Doubtful("the connection broke"), True),
    "slow": (Doubtful("no answer"), True),
    "refused": (Refused("the conversation is archived"), False),
    "away": (Postponed("nobody listens"), False),
}


class TwinDriver:
    """What both twins share."""

    quiet = False
    markup = False
    forgeries: tuple[str, ...] = ()
    breaks = tuple(BREAKS)
    readable = True
    limit = 10_000_000
    allowed_seconds = 3.0

    def __init__(self, channel: MemoryChannel, accept: Accept) -> None:
        self.adapter = Adapter(channel, "default")
        self._channel = channel
        self._accept = accept
        self._events = 0

    def ask(self, text: str, *, user: str = "ana", event: str = "") -> Ack:
        self._events += 1
        name = event or f"e{self._events}"
        inbound = Inbound("memory", name, user, text, f"thread-{user}", {"thread": f"thread-{user}"})
        begun = monotonic()
        try:
            self._accept(inbound)
        except Unavailable as error:
            return Ack(False, monotonic() - begun, str(error))
        return Ack(True, monotonic() - begun)

    def forge(self, kind: str, text: str) -> Ack:
        raise NotImplementedError

    def replay(self, text: str) -> tuple[Ack, Ack]:
        return self.ask(text, event="again"), self.ask(text, event="again")

    def echo(self, text: str) -> Ack:
        return Ack(True, 0.0)  # a twin tells nobody of what it delivers

    def lure(self, text: str, url: str) -> Ack:
        return self.ask(f"{text} {url}")

    def break_next(self, how: str) -> None:
        self._channel.results.append(BREAKS[how])

    def seen(self) -> list[Seen]:
        return [Seen(shown, shown) for shown in (_shown(note.reply) for note in self._channel.notes)]


def _shown(reply: Reply) -> str:
    facts = "\n".join(f"{name}: {value}" for name, value in reply.facts)
    links = "\n".join(f"{name}: {url}" for name, url in reply.links)
    return f"{reply.headline}\n{reply.applies}\n{reply.body}\n{facts}\n{links}\n{reply.link}"


class TicketTwinDriver(TwinDriver):
    """Tickets by signed webhooks."""

    quiet = True
    forgeries = ("unsigned", "wrong", "old")

    def __init__(self, tickets: MemoryTickets, accept: Accept) -> None:
        super().__init__(tickets, accept)
        self._tickets = tickets
        self._webhook = TicketWebhook(tickets, accept)
        self.adapter = Adapter(tickets, "default", webhook=self._webhook)

    def ask(self, text: str, *, user: str = "ana", event: str = "") -> Ack:
        self._events += 1
        return self._post(self._body(text, user, event or f"e{self._events}"))

    def forge(self, kind: str, text: str) -> Ack:
        body = self._body(text, "eve", "forged")
        if kind == "unsigned":
            return self._post(body, signature="")
        if kind == "wrong":
            return self._post(body, signature=self._tickets.sign(body + b" ", datetime.now(UTC)))
        return self._post(body, signature=self._tickets.sign(body, datetime.now(UTC) - timedelta(hours=1)))

    def replay(self, text: str) -> tuple[Ack, Ack]:
        body = self._body(text, "ana", "again")
        signature = self._tickets.sign(body, datetime.now(UTC))
        return self._post(body, signature=signature), self._post(body, signature=signature)

    def echo(self, text: str) -> Ack:
        return self._post(json.dumps({"id": "1", "text": text, "author": "kea", "own": True}).encode())

    def _body(self, text: str, user: str, event: str) -> bytes:
        return json.dumps({"id": event, "text": text, "author": user}).encode()

    def _post(self, body: bytes, *, signature: str | None = None) -> Ack:
        signed = self._tickets.sign(body, datetime.now(UTC)) if signature is None else signature
        begun = monotonic()
        try:
            response = self._webhook.receive(WebhookRequest({"x-signature": signed}, body))
        except (NotAllowed, Unavailable) as error:
            return Ack(False, monotonic() - begun, str(error))
        return Ack(response.status < 300, monotonic() - begun)


@contextmanager
def _chat(accept: Accept) -> Iterator[TwinDriver]:
    yield TwinDriver(MemoryChannel(), accept)


@contextmanager
def _unreadable_chat(accept: Accept) -> Iterator[TwinDriver]:
    driver = TwinDriver(MemoryChannel(readable=False), accept)
    driver.readable = False
    yield driver


@contextmanager
def _tickets(accept: Accept) -> Iterator[TwinDriver]:
    yield TicketTwinDriver(MemoryTickets(clock=lambda: datetime.now(UTC)), accept)


TWINS = (
    DriverMaker("memory", _chat),
    DriverMaker("memory-unreadable", _unreadable_chat),
    DriverMaker("memory-tickets", _tickets),
)
