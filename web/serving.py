"""Runs the web application on a socket, and prints the way in."""

from __future__ import annotations

import socket
import sys

from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings


def bind(settings: Settings) -> socket.socket:
    """Take the address before anything slow starts; raises Unavailable where it is in use."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Unavailable(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror});"
            " stop what uses it, or choose another with --port"
        ) from None
    listener.listen(128)
    return listener


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve until the process is told to stop; prints a sign-in link once requests are answered."""
    import uvicorn

    from web.app import create_app
    from web.signin import make_link

    port = listener.getsockname()[1]
    app = create_app(settings.model_copy(update={"port": port}))

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started and not self.should_exit:
                link = make_link(settings, port=port)
                print(f"Kea is ready. Sign in: {link}", flush=True)
                print("The link works once, for 24 hours; `kea sign-in-link` makes another.", file=sys.stderr)

    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=10)
    Server(config).run(sockets=[listener])
