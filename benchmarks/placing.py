"""How long a line that was never seen takes from its arrival to its final category, in a steady stream.

Lines come to ``kea ingest -`` through a pipe, and to ``kea serve`` by HTTP: known ones, and a few that are new each
second. A reader beside it looks in the database when each new template was clustered.
"""

from __future__ import annotations

import http.client
import itertools
import random
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from benchmarks.tools import environment, kea, serving
from benchmarks.workloads import own_numbers
from knowledge_base.settings import Settings
from knowledge_base.store.store import Store
from knowledge_base.store.tables import TemplateRow

SECONDS = 60.0
TICK = 0.1
KNOWN_A_TICK = 20
NEW_A_SECOND = 5
FORMS = 500
DEADLINE = 60.0
LOOK_SECONDS = 0.02
PROJECT = "default"

Send = Callable[[list[str]], None]


def measure(_data: Path) -> None:
    """Send the stream each way; print the times of its new templates, and the settings."""
    settings = Settings()
    print(
        f"windows by {settings.window_by}, {settings.window_seconds} s, {settings.window_size:,} templates at most;"
        f" {KNOWN_A_TICK / TICK:,.0f} known lines and {NEW_A_SECOND} new a second, for {SECONDS:,.0f} s"
    )
    for name, receiver in (("kea ingest -", _pipe), ("kea serve", _server)):
        with tempfile.TemporaryDirectory() as folder, receiver(Path(folder)) as send:
            _report(name, _stream(send, Path(folder)))


def _report(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(
        f"{name:<14}{len(ordered):>5} templates   p50 {statistics.median(ordered):.2f} s   p99 {p99:.2f} s"
        f"   longest {ordered[-1]:.2f} s (must: p99 3 s)",
        flush=True,
    )


def _stream(send: Send, home: Path) -> list[float]:
    """Send lines at an even pace; give the seconds that each new one took."""
    known, strange = itertools.cycle(own_numbers(FORMS)), _strange()
    sent: dict[str, float] = {}
    with Store(Settings(home=home).url) as store:
        send([next(known) for _ in range(FORMS)])
        send([warm := next(strange)])
        _wait_for(store, [warm])
        begun, stopping = time.monotonic(), threading.Event()
        placed: dict[str, float] = {}
        watcher = threading.Thread(target=_watch, args=(store, placed, stopping), daemon=True)
        watcher.start()
        try:
            for tick in range(int(SECONDS / TICK)):
                time.sleep(max(0.0, begun + tick * TICK - time.monotonic()))
                lines = [next(known) for _ in range(KNOWN_A_TICK)]
                if tick % round(1 / TICK / NEW_A_SECOND) == 0:
                    line = next(strange)
                    lines.insert(tick % KNOWN_A_TICK, line)
                    sent[line.rpartition(" ")[2]] = time.monotonic()
                send(lines)
            end = time.monotonic() + DEADLINE
            while sent.keys() - placed.keys() and time.monotonic() < end:
                time.sleep(TICK)
        finally:
            stopping.set()
            watcher.join()
    if lost := sent.keys() - placed.keys():
        raise RuntimeError(f"{len(lost)} new lines are in no final category after {DEADLINE:,.0f} s")
    return [placed[word] - at for word, at in sent.items()]


def _watch(store: Store, placed: dict[str, float], stopping: threading.Event) -> None:
    """Note when templates are clustered, by their last word."""
    done = 0
    while not stopping.wait(LOOK_SECONDS):
        with store.read() as db:
            rows = list(
                db.execute(
                    select(col(TemplateRow.id), col(TemplateRow.text), col(TemplateRow.clustered))
                    .where(col(TemplateRow.project) == PROJECT, col(TemplateRow.id) > done)
                    .order_by(col(TemplateRow.id))
                )
            )
        now = time.monotonic()
        for _, text, is_clustered in rows:
            if is_clustered:
                placed.setdefault(text.rpartition(" ")[2], now)
        done = next((number - 1 for number, _, is_clustered in rows if not is_clustered), rows[-1][0] if rows else done)


def _wait_for(store: Store, lines: list[str]) -> None:
    """Wait until everything that was sent is clustered."""
    wanted, end = {line.rpartition(" ")[2] for line in lines}, time.monotonic() + 4 * DEADLINE
    while time.monotonic() < end:
        with store.read() as db:
            query = select(col(TemplateRow.text), col(TemplateRow.clustered)).where(col(TemplateRow.project) == PROJECT)
            rows = [(text.rpartition(" ")[2], is_clustered) for text, is_clustered in db.execute(query)]
        if wanted <= {word for word, _ in rows} and all(is_clustered for _, is_clustered in rows):
            return
        time.sleep(TICK)
    raise RuntimeError("the first lines were not clustered")


def _strange() -> Iterator[str]:
    """Write errors of a form of their own, whose last word no other one has."""
    by = random.Random(7)
    while True:
        one, two, three, last = ("".join(by.choices("bcdfghjklmnpqrstvwxz", k=9)) for _ in range(4))
        yield f"2026-01-15 10:00:00 ERROR [main] {one} cannot {two} its {three} for {last}"


@contextmanager
def _pipe(home: Path) -> Iterator[Send]:
    """Run ``kea ingest -``, which clusters beside reading."""
    command = [kea(), "ingest", "-"]
    with subprocess.Popen(command, env=environment(home), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        pipe = process.stdin
        if pipe is None:
            raise RuntimeError("there is no pipe")

        def send(lines: list[str]) -> None:
            pipe.write("".join(f"{line}\n" for line in lines).encode())
            pipe.flush()

        try:
            yield send
        finally:
            pipe.close()
            process.wait(DEADLINE)


@contextmanager
def _server(home: Path) -> Iterator[Send]:
    """Run ``kea serve`` and send lines by HTTP."""
    with serving(home) as server:
        headers = {**server.headers, "Content-Type": "text/plain"}

        def send(lines: list[str]) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
            connection.request("POST", "/api/v1/logs", "\n".join(lines).encode(), headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            if answer.status != 200:
                raise RuntimeError(f"the server answered {answer.status}")

        yield send
