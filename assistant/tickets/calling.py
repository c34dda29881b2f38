"""One request to a ticket system, that says whether it was ever sent; nothing is tried again here."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2

from assistant.deadline import CALL_SECONDS, Deadline, Line, TooLate
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

    Redirects are not followed. It ends within ``seconds`` and the time to connect, however many addresses a host
    has and however slowly the answer drips in. Raises NotSent and NoAnswer.
    """
    connecting = min(CONNECT_SECONDS, seconds)

    def send(line: Line) -> Answer:
        timeout = httpx2.Timeout(seconds, connect=connecting)
        with httpx2.Client(timeout=timeout) as client:
            request = client.build_request(
                method,
                url,
                params=query,
                json=document,
                headers={"User-Agent": "kea", "Accept-Encoding": "identity", **headers},
                extensions={"timeout": timeout.as_dict(), "trace": line.trace},
            )
            response = client.send(request, stream=True, follow_redirects=False)
            try:
                body, whole = _read(response)
            finally:
                response.close()
            return Answer(response.status_code, dict(response.headers), body, whole)

    try:
        return Deadline.after(min(seconds + connecting, CALL_SECONDS)).run(send)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
        raise NotSent(f"no connection to {httpx2.URL(url).host}: {str(error) or type(error).__name__}") from None
    except TooLate as error:
        if not error.connected:
            raise NotSent(f"no connection to {httpx2.URL(url).host} in time") from None
        raise NoAnswer("no answer came in time") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        # The error's own words may hold a header, and with it the token.
        raise NoAnswer(f"no answer came ({type(error).__name__})") from None


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
