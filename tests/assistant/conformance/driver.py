"""What the suite needs of a platform: a fake of it, and the adapter that talks to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from assistant.ports import Accept, Adapter


@dataclass(frozen=True, slots=True)
class Ack:
    """How the adapter answered the platform: whether that counts as acknowledged, and after how many seconds."""

    ok: bool
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as people see it on the platform: all of its text, and the raw document that was posted."""

    text: str
    raw: str


class Driver(Protocol):
    """Plays a platform's part. One is made for each test.

    ``quiet``: nothing is posted where nothing is known. ``markup``: the platform reads mark-up in messages.
    ``forgeries`` are those of ``unsigned``, ``wrong`` and ``old`` that the protocol can express; ``breaks`` are
    the failures that the fake can play (see ``break_next``). ``readable``: whether the adapter can look for its
    own message. ``limit``: characters that one message may have at most.
    """

    adapter: Adapter
    quiet: bool
    markup: bool
    forgeries: tuple[str, ...]
    breaks: tuple[str, ...]
    readable: bool
    limit: int
    allowed_seconds: float

    def ask(self, text: str, *, user: str = "ana", event: str = "") -> Ack:
        """Let somebody ask; the same ``event`` is the same message, sent once more as the platform retries it."""

    def forge(self, kind: str, text: str) -> Ack:
        """Send an event with a signature that is missing (unsigned), wrong or old."""

    def replay(self, text: str) -> tuple[Ack, Ack]:
        """Send one signed request twice, byte by byte."""

    def echo(self, text: str) -> Ack:
        """Let the platform tell of a message that the assistant itself, or another bot, wrote."""

    def lure(self, text: str, url: str) -> Ack:
        """Let somebody ask with a payload in which everything that is a URL is this one."""

    def break_next(self, how: str) -> None:
        """Let the next message that is posted fail.

        throttled: 429, to be tried again within some seconds; error: 5xx, not stored; dropped: stored, then the
        connection is dropped; slow: stored, but no answer before the adapter gives up; refused: for good;
        away: nobody listens for this one attempt.
        """

    def seen(self) -> list[Seen]:
        """Give what people can see of the assistant, oldest first."""


@dataclass(frozen=True, slots=True)
class DriverMaker:
    """Makes drivers: ``make`` gets what the adapter hands its events to, and gives the driver while it runs."""

    name: str
    make: Callable[[Accept], AbstractContextManager[Driver]]
