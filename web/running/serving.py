"""Runs the web application on a socket, in one process or several, and prints the way in."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.errors import KeaError, Unavailable
from knowledge_base.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

BACKLOG = 128
"""Connections that wait until a process takes them."""


def bind(settings: Settings) -> socket.socket:
    """Take the address before anything slow starts; raises Unavailable where it is in use."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Where the protocol is not named the event loop does not send at once, and each answer waits for that 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise Unavailable(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror});"
            " stop what uses it, or choose another with --port"
        ) from None
    listener.listen(BACKLOG)
    return listener


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve until the process is told to stop; prints a sign-in link once requests are answered.

    Raises Unavailable where one of several processes ends before all are ready.
    """
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    ready = partial(_tell_way_in, settings)
    if settings.workers == 1:
        _serve(settings, listener, ready)
        return
    from web.running.supervising import Supervisor

    told = settings.home_path / f"background-{settings.port}.json"
    told.unlink(missing_ok=True)  # one that was killed may have left it
    try:
        Supervisor(partial(_serve_beside_others, settings, listener, told), settings.workers, ready=ready).run()
    finally:
        told.unlink(missing_ok=True)


def _tell_way_in(settings: Settings) -> None:
    from web.identity.signin import make_link

    print(f"Kea is ready. Sign in: {make_link(settings)}", flush=True)
    print("The link works once, for 24 hours; `kea sign-in-link` makes another.", file=sys.stderr)


def _serve_beside_others(
    settings: Settings, listener: socket.socket, told: Path, number: int, ready: Callable[[], None]
) -> None:
    """Be one of several processes; the first runs what goes on beside requests."""
    from web.cli.logs import log_to_standard_error

    log_to_standard_error()
    try:
        _serve(settings, listener, ready, runs_background=number == 0, told=told)
    except KeaError as error:
        sys.exit(f"kea: {error}")


def _serve(
    settings: Settings,
    listener: socket.socket,
    ready: Callable[[], None],
    *,
    runs_background: bool = True,
    told: Path | None = None,
) -> None:
    import uvicorn

    from web.app import create_app
    from web.running.warming import Warming

    app = create_app(settings, runs_background=runs_background, told=told)
    warming = Warming(app.state.parts.knowledge)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            listener.listen(BACKLOG)
            if self.started and not self.should_exit:
                warming.start()
                ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await app.state.parts.live.close()  # it would be waited for otherwise
            await asyncio.to_thread(warming.stop)
            await super().shutdown(sockets)

    Server(configure(app, settings)).run(sockets=[listener])


def configure(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Tell how an application is served."""
    import uvicorn

    # With a backlog of one, a process takes one connection at a time and leaves the others to whoever is idle; what
    # waits in the system is set anew as soon as the server has started.
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        backlog=1,
        forwarded_allow_ips=settings.trusted_proxies,
    )
