"""The side of Slack that Socket Mode connects to, on a real WebSocket."""

from __future__ import annotations

import itertools
import json
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


class SocketMode:
    """Sends envelopes into the newest connection and notes which are acknowledged."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._tickets: set[str] = set()
        self._changed = threading.Condition()
        self.connections: list[ServerConnection] = []
        self.acknowledged: dict[str, Any] = {}
        self.opened = 0
        self.refusing = False
        self._server = serve(self._serve, "127.0.0.1", 0, ping_interval=None)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def new_url(self) -> str:
        """Give the URL of one connection, with its ticket."""
        ticket = f"ticket-{next(self._numbers)}"
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?ticket={ticket}"

    def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        ticket = parse_qs(urlsplit(connection.request.path).query)["ticket"][0]
        if ticket not in self._tickets:
            connection.close(4001, "unknown ticket")
            return
        self._tickets.remove(ticket)
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        with self._changed:
            self.opened += 1
            self.connections.append(connection)
            self._changed.notify_all()
        try:
            for text in connection:
                answer = json.loads(text)
                with self._changed:
                    self.acknowledged[answer["envelope_id"]] = answer.get("payload")
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            with self._changed:
                self.connections.remove(connection)

    def send(self, kind: str, payload: dict[str, Any], **more: object) -> str:
        """Send an envelope; gives its id."""
        envelope = f"envelope-{next(self._numbers)}"
        document = {"type": kind, "envelope_id": envelope, "payload": payload, **more}
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.connections), 30), "nobody is connected"
            connection = self.connections[-1]
        connection.send(json.dumps(document))
        return envelope

    def is_acknowledged(self, envelope: str, *, failed: threading.Event, seconds: float = 30.0) -> bool:
        """Wait for an acknowledgement; where keeping it has ``failed``, only a moment longer."""
        end = time.monotonic() + seconds
        with self._changed:
            while envelope not in self.acknowledged and time.monotonic() < end:
                if failed.is_set():
                    end, failed = min(end, time.monotonic() + 0.3), threading.Event()
                self._changed.wait(0.02)
            return envelope in self.acknowledged

    def refresh(self) -> None:
        """Ask the client to connect anew, as Slack does every few hours."""
        self.connections[-1].send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def drop(self, *, politely: bool) -> None:
        """Close all connections, with a closing frame or by cutting the line."""
        for connection in list(self.connections):
            if politely:
                connection.close()
            else:
                connection.socket.shutdown(2)

    def close(self) -> None:
        """End everything."""
        self.drop(politely=True)
        self._server.shutdown()
        self._thread.join()
