"""One request to a ticket system, that says whether it was ever sent; nothing is tried again here."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from assistant.tickets.loading import Secrets
from assistant.tickets.mapping import Auth

CONNECT_SECONDS = 5.0
LARGEST_ANSWER = 16_000_000


class NotSent(Exception):
    """The request certainly did not reach anybody."""


class NoAnswer(Exception):
    """The request was sent, and whether it was taken is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``whole`` is False where the body broke off or was too large."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    whole: bool = True


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    seconds: float,
    query: Mapping[str, str] | None = None,
    document: object = None,
) -> Answer:
    """Send a request and wait for its answer; the names of the answer's headers are in lower case.

    Redirects are not followed. It ends within ``seconds`` and the time to connect, however slowly the
    answer drips in. Raises NotSent and NoAnswer.
    """
    timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    with _Deadline(seconds + timeout.connect) as deadline, httpx2.Client(timeout=timeout) as client:  # type: ignore[operator]
        try:
            request = client.build_request(
                method,
                url,
                params=query,
                json=document,
                headers={"User-Agent": "kea", "Accept-Encoding": "identity", **headers},
                extensions={"timeout": timeout.as_dict(), "trace": deadline.watch},
            )
            response = client.send(request, stream=True, follow_redirects=False)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
            raise NotSent(f"no connection to {httpx2.URL(url).host}: {str(error) or type(error).__name__}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            # The error's own words may hold a header, and with it the token.
            raise NoAnswer(f"no answer came ({type(error).__name__})") from None
        try:
            body, whole = _read(response)
        finally:
            response.close()
        return Answer(response.status_code, dict(response.headers), body, whole)


def auth_headers(auth: Auth, secrets: Secrets) -> dict[str, str]:
    """Give the header by which the platform knows us."""
    if auth.kind == "bearer":
        return {"Authorization": f"Bearer {secrets.token}"}
    if auth.kind == "basic":
        pair = base64.b64encode(f"{secrets.user}:{secrets.token}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {auth.header: f"{auth.prefix}{secrets.token}"}


def _read(response: httpx2.Response) -> tuple[bytes, bool]:
    body = bytearray()
    try:
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > LARGEST_ANSWER:
                return bytes(body), False
    except (httpx2.HTTPError, OSError):
        return bytes(body), False
    return bytes(body), True


class _Deadline:
    """Cuts a connection that is still open after so many seconds: each single wait may be short enough."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._streams: list[Any] = []

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of the connection when it is made, and again when TLS has begun on it."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._streams.append(info["return_value"])

    def _cut(self) -> None:
        for stream in self._streams:
            try:
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already
