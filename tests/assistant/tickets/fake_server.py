"""An HTTP server that plays a ticket system's API, and fails on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.ports import HeldPort

SLOW_SECONDS = 60.0
"""Longer than anybody waits: a slow answer comes when the test is over."""


@dataclass(frozen=True)
class Call:
    """A request as it came over the wire; the path is not decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Told:
    """What is answered: a document as JSON, bytes as a page."""

    status: int
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class FakeApi:
    """Listens on one port all its life; ``answer`` is a platform's own part."""

    throttling = Told(429, {"message": "slow down"}, {"Retry-After": "5"})
    refusing = Told(404, {"message": "Not Found"})

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.notes: list[dict[str, Any]] = []
        self.breaks: list[str | Told] = []
        self.released = threading.Event()
        self._port = HeldPort()
        self._server: ThreadingHTTPServer | None = None
        self.come_back()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port.number}"

    def answer(self, call: Call) -> Told:
        raise NotImplementedError

    def break_next(self, how: str | Told) -> None:
        if how == "away":
            self.go_away()
        else:
            self.breaks.append(how)

    def go_away(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def come_back(self) -> None:
        if self._server is not None:
            return
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port.number), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self.go_away()
        self._port.release()

    def handle(self, call: Call, connection: BaseHTTPRequestHandler) -> None:
        self.calls.append(call)
        how = self.breaks.pop(0) if self.breaks and call.method != "GET" else ""
        if isinstance(how, Told):
            _tell(connection, how)
        elif how == "throttled":
            _tell(connection, self.throttling)
        elif how == "refused":
            _tell(connection, self.refusing)
        elif how == "error":
            _tell(connection, Told(502, {"message": "bad gateway"}))
        elif how == "dropped":
            self.answer(call)
        elif how == "slow":
            self.answer(call)
            self.released.wait(SLOW_SECONDS)
        elif how == "dripping":
            self.answer(call)
            while not self.released.wait(0.1):
                connection.wfile.write(b"H")
        elif how == "half":
            told = self.answer(call)
            connection.send_response(told.status)
            connection.send_header("Content-Length", "1000")
            connection.end_headers()
            connection.wfile.write(b'{"id"')
        else:
            _tell(connection, self.answer(call))


def _tell(connection: BaseHTTPRequestHandler, told: Told) -> None:
    is_page = isinstance(told.document, bytes)
    body = told.document if is_page else json.dumps(told.document).encode()
    connection.send_response(told.status)
    for name, value in told.headers.items():
        connection.send_header(name, value)
    connection.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "application/json")
    connection.send_header("Content-Length", str(len(body)))
    connection.end_headers()
    connection.wfile.write(body)


def _handler(fake: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):
                fake.handle(Call(self.command, parts.path, query, headers, body), self)

        do_GET = do_POST = do_PUT = do_PATCH = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    return Handler
