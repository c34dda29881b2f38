"""What a question takes: exact repeats and questions by meaning, alone and many at once over HTTP.

Stores are those of ``asking_store``; they are kept in the temporary folder for the next time. Each process has read
nothing before, so that the first round of questions shows what is asked about for the first time, and the second what
is remembered. Times are those of one thread's processor beside those of the clock, for much else may run on the
machine.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks import asking_store
from benchmarks.scale import FOLDER
from benchmarks.scale_store import PROJECT
from benchmarks.tools import environment, serving
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from web.running.warming import spare_what_lives

SIZES = (10_000, 100_000)
MUST_MS = {10_000: 30.0, 100_000: 60.0}
MUST_EXACT_MS = 5.0
MUST_A_SECOND = 100

QUESTIONS = 300
WARM = 50
"""Questions that are not counted: the catalogue of kinds is read when its wordings are first met."""

SECONDS = 20.0
CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds a question: of the processor and of the clock, the median and what one in a hundred exceeds."""

    cpu: float
    cpu_p99: float
    wall: float
    wall_p99: float

    @classmethod
    def of(cls, cpu: Sequence[float], wall: Sequence[float]) -> Times:
        """Sum up what questions took, in seconds."""
        found = (float(1000 * np.quantile(each, at)) for each in (cpu, wall) for at in (0.5, 0.99))
        return cls(*found)


def measure(_data: Path, *, sizes: Sequence[int] = SIZES) -> None:
    """Print the figures of each size, and the answers a second of the first."""
    for size in sizes:
        home = asking_store.prepare(FOLDER, size, QUESTIONS)
        command = [sys.executable, "-m", "benchmarks.asking", str(home)]
        done = subprocess.run(command, env=environment(home), stdout=subprocess.PIPE, check=True, encoding="utf-8")
        print(f"{size:>9,} categories, a solution for one in {asking_store.SOLVED}")
        must = {"exactly": MUST_EXACT_MS}
        for name, times in json.loads(done.stdout.splitlines()[-1]).items():
            _print(name, Times(**times), must.get(name, MUST_MS.get(size, float("inf"))))
    _many_at_once(asking_store.prepare(FOLDER, sizes[0], QUESTIONS))


def _print(name: str, times: Times, must: float) -> None:
    print(
        f"  {name:<28} p50 {times.cpu:>6.1f} ms   p99 {times.cpu_p99:>6.1f} ms of the processor"
        f" (must: p99 {must:.0f} ms)   by the clock {times.wall:.1f} / {times.wall_p99:.1f} ms",
        flush=True,
    )


def _measured(home: Path) -> dict[str, Times]:
    """Ask in this process; it must have read nothing before."""
    known = itertools.cycle(asking_store.known_lines(home))
    asked = list(itertools.islice(asking_store.questions(), QUESTIONS))
    with KnowledgeBase(Settings(home=home)) as knowledge:
        knowledge.matcher.warm(PROJECT)
        spare_what_lives()  # as a server does

        def certain(text: str) -> None:
            if knowledge.matcher.match(PROJECT, text, is_complete=False).matches[0].score < 1.0:
                raise RuntimeError("a known line is not known")

        def by_meaning(text: str) -> None:
            if not knowledge.match(PROJECT, text).matches:
                raise RuntimeError("nothing was found")

        return {
            "by meaning, the first time": _timed(by_meaning, asked[:WARM], asked[WARM:]),
            "by meaning, once more": _timed(by_meaning, (), asked[WARM:]),
            "exactly": _timed(certain, itertools.islice(known, WARM), list(itertools.islice(known, 5 * QUESTIONS))),
        }


def _timed(ask: Callable[[str], None], before: Iterator[str] | Sequence[str], asked: Sequence[str]) -> Times:
    for text in before:
        ask(text)
    cpu, wall = [], []
    for text in asked:
        begun = time.thread_time(), time.perf_counter()
        ask(text)
        cpu.append(time.thread_time() - begun[0])
        wall.append(time.perf_counter() - begun[1])
    return Times.of(cpu, wall)


def _many_at_once(home: Path) -> None:
    """Let clients ask a server at once, each question half as often exactly and half by meaning."""
    workers = os.cpu_count() or 1
    with _copied(home) as copy, serving(copy, workers=workers) as server:
        known, strange = itertools.cycle(asking_store.known_lines(home)), asking_store.questions()
        lock, ends, answered = threading.Lock(), time.monotonic() + 2 * SECONDS, [0, 0]
        half = time.monotonic() + SECONDS

        def client() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            for number in itertools.count():
                with lock:
                    text = next(strange if number % 2 else known)
                body = json.dumps({"text": text}).encode()
                connection.request("POST", "/api/v1/ask", body, {**server.headers, "Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"the server answered {answer.status}")
                now = time.monotonic()
                if now > ends:
                    return
                with lock:
                    answered[now > half] += 1

        clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for each in clients:
            each.start()
        time.sleep(max(0.0, half - time.monotonic()))
        cpu = _processor_seconds(server.pid)
        for each in clients:
            each.join()
        cpu = _processor_seconds(server.pid) - cpu
    print(
        f"  answers a second             {answered[1] / SECONDS:.0f} by the clock, half of them exact"
        f" (must: {MUST_A_SECOND}), of {workers} processes;"
        f" {1000 * cpu / max(answered[1], 1):.1f} ms of the server's processors each",
        flush=True,
    )


@contextmanager
def _copied(home: Path) -> Iterator[Path]:
    """Work on a copy: questions are kept."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as copy:
        subprocess.run(["cp", "-r", "--reflink=auto", f"{home}/.", copy], check=True)
        yield Path(copy)


def _processor_seconds(process: int) -> float:
    """Tell how long a process and those that it started have kept processors busy."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    own = (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return own + sum(_processor_seconds(int(each)) for each in children)


if __name__ == "__main__":
    print(json.dumps({name: asdict(times) for name, times in _measured(Path(sys.argv[1])).items()}))
