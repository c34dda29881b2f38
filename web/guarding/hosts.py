"""Which names this server answers to: a page of somebody else's name must not reach it (DNS rebinding)."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import Kind, Problem

UNKNOWN_HOST = Kind(421, "unknown-host", "This server does not go by that name")


def host_name(header: str) -> str:
    """Take the port and brackets off a Host header.

    >>> host_name("[::1]:8080"), host_name("Kea.example:80"), host_name("localhost")
    ('::1', 'kea.example', 'localhost')
    """
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower().rstrip(".")


def is_own_name(name: str, configured: str, public: str = "") -> bool:
    """Whether a request to this name is for this server.

    An address cannot be rebound, a name can: names count only where they are this machine's own.
    """
    try:
        ipaddress.ip_address(name)
    except ValueError:
        machine = socket.gethostname().lower()
        own = {"localhost", configured.lower(), machine, machine.partition(".")[0], public} - {""}
        return name in own
    return True


class CheckHosts:
    """Refuses requests to other names with 421."""

    def __init__(self, app: ASGIApp, *, configured: str, public_url: str = "") -> None:
        self.app = app
        self.configured = configured
        self.public = (urlsplit(public_url).hostname or "").lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on where its Host is one of ours."""
        if scope["type"] == "http":
            header = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if not is_own_name(host_name(header), self.configured, self.public):
                problem = Problem(
                    UNKNOWN_HOST,
                    "Open Kea under the address that it was started with, or name this one in KEA_PUBLIC_URL.",
                )
                await problem.response(scope["path"])(scope, receive, send)
                return
        await self.app(scope, receive, send)
