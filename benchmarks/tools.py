"""What the measurements share."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEADLINE = 60.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs, and what its clients send along."""

    port: int
    pid: int
    headers: Mapping[str, str]


def kea() -> str:
    """Name the command of this very environment."""
    return str(Path(sysconfig.get_path("scripts")) / "kea")


def environment(home: Path) -> Mapping[str, str]:
    """Give the environment of a command that works on ``home``."""
    return {**os.environ, "KEA_HOME": str(home), "HF_HUB_OFFLINE": "1"}


def run_scorer(data: Path, script: str, arguments: Sequence[str]) -> None:
    """Run a scorer that lies beside the labelled data; say so where it is missing."""
    path = data / script
    if not path.is_file():
        print(f"left out: {path} is not there (name the folder of the labelled data with --data)")
        return
    command = [sys.executable, str(path), *arguments, "--kea", kea()]
    subprocess.run(command, check=True)


@contextmanager
def serving(
    home: Path, *, workers: int = 1, role: str = "engineer", extra: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """Run ``kea serve`` on ``home``; ``extra`` is what its environment has besides."""
    env = {**environment(home), **(extra or {})}
    token = subprocess.run(
        [kea(), "token", "bench", "--role", role],
        env=env,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout.strip()
    log = os.open(home / "serve.log", os.O_CREAT | os.O_WRONLY, 0o600)
    with subprocess.Popen(
        [kea(), "serve", "--port", "0", "--workers", str(workers)], env=env, stdout=log, stderr=log
    ) as process:
        try:
            yield Serving(_port(home / "serve.log"), process.pid, {"Authorization": f"Bearer {token}"})
        finally:
            process.terminate()
            process.wait(DEADLINE)
            os.close(log)


def _port(log: Path) -> int:
    """Read the port off what the server says when it has started."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        for word in log.read_text(encoding="utf-8", errors="replace").split():
            if word.startswith("http://127.0.0.1:"):
                return int(word.removeprefix("http://127.0.0.1:").split("/")[0].rstrip(".,"))
        time.sleep(LOOK_SECONDS)
    raise RuntimeError("the server did not start")
