"""The WebSocket side of the fake: tickets, pings, callback frames, and redelivery of what was not acknowledged."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

TOPIC = "/v1.0/im/bot/messages/get"


@dataclass
class Pushed:
    """A callback on its way; ``code`` is what the client acknowledged it with."""

    message_id: str
    payload: Any
    times: int = 0
    code: int | None = None
    answered: threading.Event = field(default_factory=threading.Event)


class Gateway:
    """A WebSocket server; what a client has not acknowledged with 200 is sent again by ``redeliver``."""

    def __init__(self) -> None:
        self.tickets: set[str] = set()
        self.pending: dict[str, Pushed] = {}
        self.pongs: list[str] = []
        self.disconnects_acknowledged = 0
        self.connections = 0
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()  # a frame goes out once: pushed or redelivered, never both
        self._up = threading.Event()
        self._socket: ServerConnection | None = None
        self._server: Server = serve(self._serve, "127.0.0.1", 0)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.endpoint = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/connect"

    def ticket(self) -> str:
        """Give a ticket that is good for one connection; it has characters that a URL must escape."""
        ticket = f"ticket+/={next(self._numbers)}"
        self.tickets.add(ticket)
        return ticket

    def wait(self, seconds: float = 30) -> None:
        """Wait until a client is connected."""
        assert self._up.wait(seconds), "nobody has connected"

    def push(self, payload: Any) -> Pushed:
        """Send a message; to the next client where none is connected."""
        pushed = Pushed(f"frame-{next(self._numbers)}", payload)
        with self._lock:
            self.pending[pushed.message_id] = pushed
            self._send(pushed)
        return pushed

    def redeliver(self) -> int:
        """Send again what was not acknowledged; tell how much that is."""
        with self._lock:
            waiting = list(self.pending.values())
            for pushed in waiting:
                pushed.answered.clear()
                self._send(pushed)
            return len(waiting)

    def forget(self, pushed: Pushed) -> None:
        """Send a message never again."""
        with self._lock:
            self.pending.pop(pushed.message_id, None)

    def drop(self) -> None:
        """Break the connection off without a word."""
        with self._lock:
            assert self._socket is not None
            self._up.clear()
            self._socket.socket.shutdown(socket.SHUT_RDWR)

    def ask_to_disconnect(self) -> None:
        """Send the frame that tells a client to connect anew."""
        with self._lock:
            assert self._socket is not None
            self._up.clear()
            self._socket.send(json.dumps(_frame("SYSTEM", "disconnect", "bye", {"reason": "upgrade"})))

    def close(self) -> None:
        """Close everything."""
        self._server.shutdown()
        self._thread.join(5)

    def _send(self, pushed: Pushed) -> None:
        if self._socket is not None:
            pushed.times += 1
            with contextlib.suppress(ConnectionClosed):
                self._socket.send(json.dumps(_frame("CALLBACK", TOPIC, pushed.message_id, pushed.payload)))

    def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        ticket = parse_qs(urlsplit(connection.request.path).query).get("ticket", [""])[0]
        if ticket not in self.tickets:
            connection.close(4403, "no such ticket")
            return
        self.tickets.remove(ticket)
        with self._lock:
            self._socket = connection
            self.connections += 1
            connection.send(json.dumps(_frame("SYSTEM", "ping", f"ping-{self.connections}", {"opaque": "1"})))
            self._up.set()
            self.redeliver()
        with contextlib.suppress(ConnectionClosed):
            for raw in connection:
                self._acknowledged(json.loads(raw))

    def _acknowledged(self, frame: dict[str, Any]) -> None:
        message_id = frame["headers"]["messageId"]
        if message_id.startswith("ping-") and json.loads(frame["data"]) == {"opaque": "1"}:
            self.pongs.append(message_id)
        elif message_id == "bye":
            self.disconnects_acknowledged += 1
        else:
            with self._lock:
                self._answered(message_id, frame["code"])

    def _answered(self, message_id: str, code: int) -> None:
        pushed = self.pending.get(message_id)
        if pushed is None:
            return
        pushed.code = code
        if code == 200:
            del self.pending[message_id]
        pushed.answered.set()


def _frame(kind: str, topic: str, message_id: str, data: Any) -> dict[str, Any]:
    headers = {"topic": topic, "messageId": message_id, "contentType": "application/json", "time": "1690000000000"}
    return {"specVersion": "1.0", "type": kind, "headers": headers, "data": json.dumps(data)}
