"""A server that says exactly what a test wants it to say, byte for byte; and hosts that nobody reaches."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Answer = Callable[[socket.socket], None]
JSON, HTML = "application/json", "text/html"
ENDLESS, SOON = 60.0, 10.0
"""Seconds that something takes which nobody cuts, and by when what is cut at its time has ended on any machine."""


@dataclass
class Raw:
    """A running server; ``requests`` are what came, whole."""

    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def serving(answer: Answer | bytes, *, context: ssl.SSLContext | None = None) -> Iterator[Raw]:
    """Answer each request with these bytes, or let a function do it; encrypted where there is a context."""
    listener = socket.create_server(("127.0.0.1", 0))
    raw = Raw(listener.getsockname()[1])
    open_ones: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(plain: socket.socket) -> None:
        with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) if context else plain as connection:
            request = _request(connection)
            if request:
                raw.requests.append(request)
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)

    def listen() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                open_ones.append(connection)
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

    threads.append(threading.Thread(target=listen, daemon=True))
    threads[0].start()
    try:
        yield raw
    finally:
        for each in (listener, *open_ones):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(5)


def encrypting(folder: Path, patch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Make a certificate of this machine that it trusts, and what a server encrypts with."""
    key, own = folder / "key.pem", folder / "own.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(own)]
    subprocess.run(made, check=True, capture_output=True)
    patch.setenv("SSL_CERT_FILE", str(own))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    return context


def response(status: int, body: bytes = b"", kind: str = HTML, *, length: int | None = None, **headers: str) -> bytes:
    """Write an answer; ``length`` is what it says its length is."""
    told = {"Content-Type": kind, "Content-Length": str(len(body) if length is None else length), **headers}
    lines = [f"HTTP/1.1 {status} Told", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def dripping(head: bytes, *, seconds: float = ENDLESS) -> Answer:
    """Say something, then a letter every now and then."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(b"a")
            time.sleep(0.05)

    return answer


DRIPS = {
    "headers": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Filler: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
    "status": b"HTTP/1.1 ",
}


@contextmanager
def dead_host(patch: pytest.MonkeyPatch, name: str, *, addresses: int = 7) -> Iterator[int]:
    """Make a name that has so many addresses where nobody answers; gives the port."""
    with socket.socket() as hole, suppress(OSError):
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(hole.getsockname())
        port, real = hole.getsockname()[1], socket.getaddrinfo

        def look_up(host: object, *more: object, **named: object) -> object:
            if host in (name, name.encode()):
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * addresses
            return real(host, *more, **named)  # type: ignore[arg-type]

        patch.setattr(socket, "getaddrinfo", look_up)
        try:
            yield port
        finally:
            for each in waiting:
                each.close()


@contextmanager
def slow_names(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every look-up of a name take until the end of the test."""
    over, real = threading.Event(), socket.getaddrinfo

    def look_up(*given: object, **named: object) -> object:
        over.wait(ENDLESS)
        return real(*given, **named)  # type: ignore[arg-type]

    patch.setattr(socket, "getaddrinfo", look_up)
    try:
        yield
    finally:
        over.set()


def _request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        request += chunk
    head, _, body = request.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while found and len(body) < int(found[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
