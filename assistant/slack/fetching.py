"""Requests to Slack that follow no redirect, and whose answers have an end.

The SDK opens URLs with urllib, which follows redirects to any host and takes the token there, and whose time-out
is about single waits.
"""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from io import BytesIO
from ssl import SSLContext
from typing import Any
from urllib.error import HTTPError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from assistant.deadline import Deadline, Line


def fetch(
    request: Request, deadline: Deadline, *, timeout: float, largest: int, proxy: str | None, context: SSLContext | None
) -> tuple[int, dict[str, str], str]:
    """Give status, headers and body of an answer.

    Raises HTTPError for other statuses than 2xx, redirects among them, HTTPException for an answer that is too long or
    not whole, TooLate, and what urllib raises.
    """

    def read(line: Line) -> tuple[int, dict[str, str], str]:
        try:
            with _opener(line, proxy, context).open(request, timeout=timeout) as response:
                return (
                    response.status,
                    dict(response.headers.items()),
                    _body(response, largest).decode(errors="replace"),
                )
        except HTTPError as error:
            with error:  # the SDK reads the body again, when the time may be over
                body = BytesIO(_body(error, largest).decode(errors="replace").encode())
            del error.headers["Content-Type"]  # it is UTF-8 now
            raise HTTPError(request.full_url, error.code, error.reason, error.headers, body) from None

    return deadline.run(read)


def _opener(line: Line, proxy: str | None, context: SSLContext | None) -> OpenerDirector:
    """Make what opens HTTP and HTTPS; what it has no handler for it cannot do, such as to follow a redirect."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler({"http": proxy, "https": proxy} if proxy else None),
        _Http(line),
        _Https(line, context),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _body(response: Any, largest: int) -> bytes:
    body: bytes = response.read(largest + 1)
    if len(body) > largest:
        raise HTTPException("the answer is too long")
    told = response.headers.get("Content-Length", "")
    if told.isascii() and told.isdigit() and told != str(len(body)):
        raise IncompleteRead(body)
    return body


class _HttpConnection(HTTPConnection):
    line: Line

    def connect(self) -> None:
        super().connect()
        self.line.take(self.sock)


class _HttpsConnection(HTTPSConnection, _HttpConnection):
    """Connects as above, then encrypts."""


class _Http(HTTPHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def http_open(self, req: Request) -> Any:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, /, **named: Any) -> HTTPConnection:
        connection = _HttpConnection(host, **named)
        connection.line = self._line
        return connection


class _Https(HTTPSHandler):
    def __init__(self, line: Line, context: SSLContext | None) -> None:
        super().__init__()
        self._line = line
        self._tls = context

    def https_open(self, req: Request) -> Any:
        return self.do_open(self._connection, req)

    def _connection(self, host: str, /, **named: Any) -> HTTPConnection:
        connection = _HttpsConnection(host, context=self._tls, **named)
        connection.line = self._line
        return connection
