"""A port that servers of a test come to and go from."""

from __future__ import annotations

import socket


class HeldPort:
    """A free port of this machine that nobody else is given, also while no server listens at it.

    It is bound and never listened at: whoever connects then is refused. A server that reuses addresses may listen
    at it, stop, and listen again.
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number = int(self._socket.getsockname()[1])

    def release(self) -> None:
        """Let others have it; doing so again is harmless."""
        self._socket.close()
