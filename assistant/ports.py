"""The ports of chats and ticket systems: what comes in, where it goes out, and how a delivery ended.

A *channel* delivers replies. Events come in by a *webhook* (the platform calls us) or a *connection*
(we stay connected to it); either turns them into ``Inbound`` and hands them to ``Accept`` before it
acknowledges them. A *ticket system* is a channel that also reads its own webhook's requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from assistant.reply import Reply
from knowledge_base.types import Verdict

Address: TypeAlias = Mapping[str, object]
"""Where a reply goes: JSON that only its channel understands. It is kept in the database."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """What somebody said to Kea.

    ``event`` names it within its channel: the same message has the same name, however often and by
    whatever way it comes. ``user`` and ``thread`` are stable names of the person and the conversation.
    ``verdict`` makes it feedback on ``question_id`` instead of a question, ``hand_over`` the wish that a person
    looks at that. ``language`` is ``en``, ``zh`` or empty (told by the text). ``quiet`` asks for no reply unless
    there is a solution.
    """

    channel: str
    event: str
    user: str
    text: str
    thread: str
    address: Address
    verdict: Verdict | None = None
    question_id: str = ""
    language: str = ""
    quiet: bool = False
    hand_over: bool = False


Accept: TypeAlias = Callable[[Inbound], bool]
"""Keeps an event durably; False where it was kept before. Raises StorageUnavailable: do not acknowledge."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """It is there; ``receipt`` is the platform's name of the message."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Postponed:
    """It is certainly not there; try again, after so many seconds where the platform said so."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not there and never will be; ``reason`` says what to do about it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """It may or may not be there: the connection broke after the request was sent, or a 5xx came."""

    reason: str


Delivery: TypeAlias = Delivered | Postponed | Refused | Doubtful


@dataclass(frozen=True, slots=True)
class Pace:
    """The platform's limit: so many messages in so many seconds in one lane."""

    messages: int
    seconds: float


class Channel(Protocol):
    """Delivers replies. Called from one thread at a time; every call ends within 30 seconds."""

    @property
    def name(self) -> str:
        """The name that its events and deliveries carry, such as ``slack``."""

    @property
    def pace(self) -> Pace:
        """How fast the platform takes messages in one lane."""

    def lane(self, address: Address) -> str:
        """Name what the platform counts messages by, such as a conversation."""

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        """Deliver a reply that carries the marker; never raises for what the platform does."""

    def find(self, address: Address, marker: str) -> bool | None:
        """Look whether a reply with this marker is there; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A request of a platform; names of headers are in lower case."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """What the platform is told."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


class Webhook(Protocol):
    """Answers the requests of a platform, within its time."""

    def receive(self, request: WebhookRequest) -> WebhookResponse:
        """Check the signature, keep the event, then acknowledge it.

        Raises NotAllowed for a signature that is missing, wrong or too old, InputError for what cannot
        be read, StorageUnavailable where it could not be kept.
        """


class TicketSystem(Channel, Protocol):
    """A channel whose events are tickets and whose replies are notes."""

    def read(self, request: WebhookRequest) -> Inbound | None:
        """Check the signature and read the event; None where it is nothing for us.

        Raises NotAllowed for a signature that is missing, wrong or too old, InputError for what cannot be read.
        """


class Connection(Protocol):
    """A connection that we keep open to a platform; it reconnects by itself."""

    @property
    def connected(self) -> bool:
        """Whether it is up now."""

    def start(self) -> None:
        """Begin connecting; returns at once, also where the platform is away."""

    def stop(self) -> None:
        """Finish what is being received, then disconnect."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """One platform: the channel that delivers, and the ways in which its events come.

    ``project`` is the project that questions from here are about.
    """

    channel: Channel
    project: str
    webhook: Webhook | None = None
    connection: Connection | None = None
