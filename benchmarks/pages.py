"""How quickly ``kea serve`` answers every page of a project with 10,000 categories and 1,000,000 templates.

Each address is asked for again and again, one after the other, while everything that goes on in a server goes on.
The time that a client waits is told, and the processor time of the threads that answer; the latter matters where the
machine does something else as well. What the rest of the server needs is told first. A browser scrolls at the end.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import numpy as np

from benchmarks.pages_addresses import Visit, visits
from benchmarks.pages_scrolling import PICTURES, scroll
from benchmarks.pages_store import prepare
from benchmarks.tools import Serving, serving
from knowledge_base.settings import Settings
from knowledge_base.store.store import Store
from web.app import create_app
from web.guarding.roles import entries

FOLDER = Path(tempfile.gettempdir()) / "kea-pages"
TIMES, WARM = 40, 3
MOST_SECONDS, LEAST = 1.2, 3
"""A visit that takes too long is not repeated as often as the others, but so many times at least."""
LIMIT = 150.0
IDLE_SECONDS = 20.0
LONGEST = 10
NOT_MEASURED = frozenset(
    [
        "/healthz",
        "/readyz",
        "/events",
        "/sign-in/oidc",
        "/sign-in/oidc/callback",
        "/solutions/{solution_id}/save",
        "/what-if/answers",
        "/rules/what-if/answers",
        "/rules/keep/what-if/answers",
        "/settings/data/export",
        "/settings/data/solutions.csv",
    ]
)
"""Probes, streams and files, what leads to another server, and questions that are asked again for two seconds."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a visit took, in milliseconds, and how much came."""

    name: str
    status: int
    kilobytes: float
    p50: float
    p95: float
    cpu50: float
    cpu95: float

    @property
    def is_slow(self) -> bool:
        """Whether it takes longer than it may."""
        return min(self.p95, self.cpu95) > LIMIT


def measure(_data: Path, *, url: str = "", only: str = "") -> None:
    """Print the table of all visits, and which of them take too long."""
    home = prepare(FOLDER, url=url)
    with _copy(home, url) as copy:
        extra = {"KEA_DATABASE_URL": url} if url else {}
        with Store(Settings(home=copy, database_url=url).url) as store:
            chosen = [each for each in visits(store) if only in each.name]
        if not only:
            _tell_missing(copy, chosen)
        with serving(copy, role="admin", extra=extra) as served:
            found = list(_measured(served, chosen))
            _tell(found)
            if not only and not url:
                scroll(copy, served.port, pictures=PICTURES)


def _tell(found: Sequence[Figures]) -> None:
    """Print what all of them come to, and those that take longest."""
    clock, used = [each.p95 for each in found], [each.cpu95 for each in found]
    slow = [each for each in found if each.is_slow]
    print(
        f"\n{len(found)} visits, {len(slow)} over {LIMIT:.0f} ms; p95 of each, median and 95 % of all:"
        f" {np.median(clock):.0f} and {np.quantile(clock, 0.95):.0f} ms by the clock,"
        f" {np.median(used):.0f} and {np.quantile(used, 0.95):.0f} ms of processors; load {os.getloadavg()[0]:.1f}"
    )
    for each in sorted(found, key=lambda one: -min(one.p95, one.cpu95))[:LONGEST]:
        print(f"  {each.name[:46]:<46} {each.p95:>7.0f} {each.cpu95:>7.0f}")


@contextmanager
def _copy(home: Path, url: str) -> Iterator[Path]:
    """Work on a copy, so that each run begins with the same rows; a database elsewhere is used as it is."""
    if url:
        yield home
        return
    with tempfile.TemporaryDirectory(dir=FOLDER) as copy:
        subprocess.run(["cp", "--reflink=auto", str(home / "kea.db"), copy], check=True)
        yield Path(copy)


def _measured(served: Serving, chosen: Sequence[Visit]) -> Iterator[Figures]:
    behind = _threads(served.pid)
    begun = sum(behind.values())
    time.sleep(IDLE_SECONDS)
    now = _threads(served.pid)
    print(
        f"without requests the server takes {(sum(now.values()) - begun) / IDLE_SECONDS * 100:.0f} % of one processor"
    )
    busy = {thread for thread, used in now.items() if thread != served.pid and used > behind.get(thread, 0.0)}
    print(f"{'':<46}{'':>4} {'kB':>6} {'p50':>7} {'p95':>7} {'CPU p50':>8} {'p95':>7}  ms")
    with httpx2.Client(base_url=f"http://127.0.0.1:{served.port}", headers=served.headers, timeout=120) as client:
        for each in chosen:
            found = _visit(client, each, served.pid, busy)
            mark = " <" if found.is_slow else ""
            print(
                f"{found.name[:46]:<46}{found.status:>4} {found.kilobytes:>6.0f} {found.p50:>7.1f} {found.p95:>7.1f}"
                f" {found.cpu50:>8.1f} {found.cpu95:>7.1f}{mark}",
                flush=True,
            )
            yield found


def _visit(client: httpx2.Client, visit: Visit, server: int, busy: set[int]) -> Figures:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if visit.is_part else {}
    waited, used, end = [], [], time.monotonic() + MOST_SECONDS
    for number in range(WARM + TIMES):
        before, begun = _answering(server, busy), time.perf_counter()
        if visit.form:
            answer = client.post(visit.path, data=dict(visit.form), headers=headers)
        else:
            answer = client.get(visit.path, headers=headers)
        taken = time.perf_counter() - begun
        if number >= WARM or taken > MOST_SECONDS:
            waited.append(taken * 1000)
            used.append((_answering(server, busy) - before) * 1000)
        if time.monotonic() > end and len(waited) >= LEAST:
            break
    middle, late = np.quantile(waited, (0.5, 0.95))
    cpu, most = np.quantile(used, (0.5, 0.95))
    return Figures(visit.name, answer.status_code, len(answer.content) / 1000, middle, late, cpu, most)


def _threads(process: int) -> dict[int, float]:
    """Tell how many seconds each thread of a process has computed."""
    found = {}
    for each in Path(f"/proc/{process}/task").iterdir():
        try:
            found[int(each.name)] = int((each / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9
        except OSError:
            continue  # it has just ended
    return found


def _answering(process: int, busy: set[int]) -> float:
    return sum(used for thread, used in _threads(process).items() if thread not in busy)


def _tell_missing(home: Path, chosen: Sequence[Visit]) -> None:
    """Name the pages that no visit leads to, so that a new one is not forgotten."""
    paths = [each.path.partition("?")[0] for each in chosen if not each.form]
    app = create_app(Settings(home=home), runs_background=False)
    for entry in entries(app.routes):
        if entry.method != "GET" or entry.path.startswith("/api/") or entry.path in NOT_MEASURED:
            continue
        matches = [path for path in paths if _fits(entry.path, path)]
        if not matches:
            print(f"not measured: {entry.path}")


def _fits(pattern: str, path: str) -> bool:
    wanted, given = pattern.split("/"), path.split("/")
    return len(wanted) == len(given) and all(a == b or a.startswith("{") for a, b in zip(wanted, given, strict=True))
