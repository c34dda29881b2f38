"""``kea serve`` as a process that is started, killed and started again on one home and port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from knowledge_base.settings import read_settings
from knowledge_base.store.projects import ensure_project
from knowledge_base.store.store import Store
from tests.support.ports import HeldPort
from web.identity.signin import make_token

SECONDS_TO_START = 60.0


class Kea:
    """A server. ``settings`` are environment variables without their ``KEA_``."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self._port = HeldPort()
        self._settings = {f"KEA_{name.upper()}": value for name, value in settings.items()}
        self._log = home.parent / f"{home.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx2.Client(base_url=self.url, timeout=30)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port.number}"

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    @property
    def store(self) -> Store:
        """Its database, to be opened beside it."""
        url = self._settings.get("KEA_DATABASE_URL", "")
        return Store(read_settings(home=self.home, database_url=url).url)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it; fails with what it said where it does not become ready."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
            "KEA_HOME": str(self.home),
            "KEA_PORT": str(self._port.number),
            "NO_PROXY": "*",
            **self._settings,
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from web.cli import main; main()", "serve"],
                env=environment,
                stdout=log,
                stderr=log,
            )
        wait_until(self.is_ready, "kea serve becomes ready", seconds=SECONDS_TO_START, alive=self.is_alive, told=self)

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx2.HTTPError:
            return False

    def kill(self) -> None:
        """Kill it, as ``kill -9`` does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        """Stop it in order; fails where that does not work."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                assert process.wait(60) in (0, -signal.SIGTERM), self.log[-4000:]
            finally:
                process.kill()

    def close(self) -> None:
        """Stop it, and let its port go."""
        try:
            self.stop()
        finally:
            self.client.close()
            self._port.release()

    def sign_in(self) -> None:
        """Let the client call the API from now on."""
        with self.store as store:
            with store.write() as db:
                ensure_project(db, "default", store.clock())
            token = make_token(store, "default", "Mei")
        self.client.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Any:
        """Read from the API."""
        response = self.client.get(f"/api/v1/{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Kea]:
    """Run a server, signed in to, for as long as the context lasts."""
    kea = Kea(home, **settings)
    try:
        kea.start()
        kea.sign_in()
        yield kea
    finally:
        kea.close()


def wait_until(
    true: Callable[[], bool],
    what: str,
    *,
    seconds: float = 60.0,
    alive: Callable[[], bool] = lambda: True,
    told: Kea | None = None,
) -> None:
    """Wait for something; fails with the log where it never happens."""
    end = time.monotonic() + seconds
    while not true():
        said = "" if told is None else told.log[-6000:]
        assert alive(), f"it died before {what}\n{said}"
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}\n{said}"
        time.sleep(0.05)
