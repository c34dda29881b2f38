"""A moment by which a call of a platform has ended, however slowly names are found, lines open or letters drip in.

Time-outs of HTTP libraries are about single waits: for each address of a host, for each piece of an answer. So the
work is done in a thread of its own. When the time is over its connection is cut, and where that does not end it
(a name is looked up, an address does not answer) it is left behind: a connection that opens later is cut at once.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

CALL_SECONDS = 25.0
"""What all calls of one delivery, or of one search, may take together."""
GRACE_SECONDS = 1.0

Result = TypeVar("Result")


class TooLate(Exception):
    """The time is over; ``connected`` tells whether there was a connection by which something may have been sent."""

    def __init__(self, *, connected: bool) -> None:
        super().__init__("the time is over")
        self.connected = connected


class Line:
    """The connections of one call, which another thread can cut.

    It holds each by a descriptor of its own: so it may be cut while it is being encrypted, and when it is closed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._is_cut = False

    def take(self, connection: socket.socket) -> None:
        """Take note of a connection before anything is sent by it."""
        with self._lock:
            if self._is_cut:
                _shut(connection)
            else:
                self._held.append(connection.dup())

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of what httpx2 connects to; this is what its extension ``trace`` calls."""
        if event.endswith("connect_tcp.complete"):
            self.take(info["return_value"].get_extra_info("socket"))

    def cut(self) -> bool:
        """Cut what is open, and what may be opened; tells whether there was something."""
        with self._lock:
            self._is_cut = True
            for each in self._held:
                _shut(each)
            return bool(self._held)

    def release(self) -> None:
        """Let go of the connections; who uses them closes them."""
        with self._lock:
            for each in self._held:
                each.close()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment, in seconds of the monotonic clock, that is handed on through several calls."""

    moment: float

    @staticmethod
    def after(seconds: float) -> Deadline:
        """Make one that many seconds from now."""
        return Deadline(monotonic() + seconds)

    def within(self, seconds: float) -> Deadline:
        """Give the sooner of this and so many seconds from now."""
        return Deadline(min(self.moment, monotonic() + seconds))

    @property
    def left(self) -> float:
        """How many seconds are left; zero where it is over."""
        return max(0.0, self.moment - monotonic())

    def run(self, work: Callable[[Line], Result], *, grace: float = GRACE_SECONDS) -> Result:
        """Do some work; it hands its connection to the line as soon as there is one.

        Ends ``grace`` seconds after the moment at the latest. Raises what the work raises, and TooLate.
        """
        if not self.left:
            raise TooLate(connected=False)
        line, future = Line(), Future[Result]()
        threading.Thread(target=_work, args=(work, line, future), name="kea-call", daemon=True).start()
        connected = False
        try:
            wait((future,), self.left)
        finally:
            if not future.done():
                connected = line.cut()
        wait((future,), grace)
        if not future.done():
            raise TooLate(connected=connected)
        return future.result()


def _work(work: Callable[[Line], Result], line: Line, future: Future[Result]) -> None:
    try:
        result = work(line)
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
    finally:
        line.release()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)
