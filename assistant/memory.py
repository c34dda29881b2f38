"""The in-memory twins of a chat and of a ticket system: the same rules, and nobody outside."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from assistant.ports import Address, Delivered, Delivery, Inbound, Pace, WebhookRequest
from assistant.reply import Reply
from knowledge_base.errors import InputError, NotAllowed
from knowledge_base.store.store import Clock

SKEW_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Noted:
    """A reply as it was delivered."""

    address: Address
    reply: Reply
    marker: str


@dataclass(slots=True)
class MemoryChannel:
    """Delivers into a list; ``results`` are given instead, one after the other, while there are any."""

    name: str = "memory"
    pace: Pace = field(default_factory=lambda: Pace(1000, 1.0))
    notes: list[Noted] = field(default_factory=list)
    results: list[tuple[Delivery, bool]] = field(default_factory=list)
    readable: bool = True

    def lane(self, address: Address) -> str:
        """Count by conversation."""
        return str(address["thread"])

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        """Deliver; a result that was put into ``results`` says whether the message arrives all the same."""
        result, arrives = self.results.pop(0) if self.results else (Delivered(str(len(self.notes))), True)
        if arrives:
            self.notes.append(Noted(address, reply, marker))
        return result

    def find(self, address: Address, marker: str) -> bool | None:
        """Look through the list."""
        return any(note.marker == marker for note in self.notes) if self.readable else None


@dataclass(slots=True)
class MemoryTickets(MemoryChannel):
    """A ticket system with signed webhooks: ``X-Signature: <seconds>.<hex HMAC-SHA256 of seconds.body>``."""

    name: str = "memory-tickets"
    secret: bytes = b"twin"
    clock: Clock | None = None

    def sign(self, body: bytes, at: datetime) -> str:
        """Sign as the platform does."""
        seconds = str(int(at.timestamp()))
        return f"{seconds}.{hmac.new(self.secret, seconds.encode() + b'.' + body, sha256).hexdigest()}"

    def read(self, request: WebhookRequest) -> Inbound | None:
        """Read a ticket: JSON with ``id``, ``text``, ``author`` and ``own``."""
        self._check(request)
        try:
            ticket: Mapping[str, object] = json.loads(request.body)
            number, text, author = str(ticket["id"]), str(ticket["text"]), str(ticket["author"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError("this is no ticket: a JSON object with id, text and author is expected") from error
        if ticket.get("own"):
            return None
        return Inbound(self.name, number, author, text, number, {"thread": number}, quiet=True)

    def _check(self, request: WebhookRequest) -> None:
        seconds, _, _ = request.headers.get("x-signature", "").partition(".")
        if self.clock is None or not (seconds.isascii() and seconds.isdigit()):
            raise NotAllowed("the signature is missing")
        at = datetime.fromtimestamp(int(seconds[:12]), self.clock().tzinfo)
        expected = self.sign(request.body, at)
        if not hmac.compare_digest(expected.encode(), request.headers["x-signature"].encode()):
            raise NotAllowed("the signature is wrong")
        if abs((self.clock() - at).total_seconds()) > SKEW_SECONDS:
            raise NotAllowed("the request is too old")
