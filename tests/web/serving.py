"""A running server for tests that drive a browser, and what they need before."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from tests.support.missing import leave_out
from web.showing.assets import read_assets

SECONDS_TO_START = 60
SECONDS_TO_STOP = 60


class _Server(uvicorn.Server):
    """One that ends streams first, as that of `kea serve` does."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        if isinstance(app, FastAPI) and hasattr(app.state, "parts"):
            await app.state.parts.live.close()
        await super().shutdown(sockets)


def require_pages() -> None:
    """Leave the test out where scripts and styles are not built."""
    if not read_assets().built:
        leave_out("the pages are not built; run make pages")


@contextmanager
def running(app: FastAPI | uvicorn.Config) -> Iterator[int]:
    """Serve an application on a free port of this machine, as it is configured; gives the port."""
    config = app
    if isinstance(config, FastAPI):
        config = uvicorn.Config(config, log_level="warning", access_log=False, ws="none")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        end = time.monotonic() + SECONDS_TO_START
        while not server.started:
            if not thread.is_alive() or time.monotonic() > end:
                raise RuntimeError("the server did not start")
            time.sleep(0.02)
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(SECONDS_TO_STOP)
            if thread.is_alive():
                raise RuntimeError("the server did not stop")
