"""A channel whose platform was away, or too slow, for one attempt, and is as before after it."""

from __future__ import annotations

from collections.abc import Callable

from assistant.ports import Address, Channel, Delivery, Pace
from assistant.reply import Reply


class Returning:
    """The channel, which has patience; ``come_back`` is called whenever it has tried to send."""

    def __init__(self, channel: Channel, come_back: Callable[[], None] = lambda: None) -> None:
        self._channel = channel
        self._come_back = come_back
        self._next: Channel | None = None

    @property
    def name(self) -> str:
        """Give the channel's own."""
        return self._channel.name

    @property
    def pace(self) -> Pace:
        """Give the channel's own."""
        return self._channel.pace

    def lane(self, address: Address) -> str:
        """Ask the channel."""
        return self._channel.lane(address)

    def let_next(self, hasty: Channel) -> None:
        """Let another channel, which does not wait for long, make the next attempt."""
        self._next = hasty

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        """Let the channel try."""
        channel, self._next = self._next or self._channel, None
        try:
            return channel.send(address, reply, marker)
        finally:
            self._come_back()

    def find(self, address: Address, marker: str) -> bool | None:
        """Let the channel look."""
        return self._channel.find(address, marker)
