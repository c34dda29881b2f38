"""Kills ``kea ingest`` in the middle of its work, and tells what is left.

When to kill is measured from the enriched file's growth, never from a clock, so that each kill lands
between two commits or inside one, however slow the machine is.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.settings import read_settings
from knowledge_base.store.intake import counts, positions
from knowledge_base.store.store import Store
from tests.ingest.support import held_by

KINDS = (
    "2026-03-01 10:00:{second:02d},{place:06d} ERROR [pool-{small}] org.acme.Store: block blk_{place} is corrupt",
    "2026-03-01 10:00:{second:02d},{place:06d} WARN [main] org.acme.Net: 10.0.0.{small} lost after {place} ms",
    "2026-03-01 10:00:{second:02d},{place:06d} INFO [main] org.acme.Scheduler: task {place} finished",
    "2026-03-01 10:00:{second:02d},{place:06d} ERROR [main] org.acme.Table: partition dt={place} has no owner",
)
BROKEN_EVERY = 1000
DEADLINE = 120.0


@dataclass(frozen=True)
class Workload:
    """A file of JSON rows; some cannot be used. ``ids`` are those that can, ``broken`` counts the others."""

    path: Path
    ids: frozenset[int]
    broken: int


def write_workload(path: Path, rows: int) -> Workload:
    """Write rows with an id each."""
    ids = set()
    with path.open("w", encoding="utf-8") as file:
        for place in range(rows):
            if place % BROKEN_EVERY == BROKEN_EVERY - 1:
                file.write(f'{{"id": {place}, "text": broken\n')
                continue
            ids.add(place)
            text = KINDS[place % len(KINDS)].format(place=place, small=place % 200, second=place % 60)
            file.write(json.dumps({"id": place, "text": text}) + "\n")
    return Workload(path, frozenset(ids), rows - len(ids))


def start_ingest(*arguments: str | Path, **settings: str) -> subprocess.Popen[str]:
    """Start ``kea ingest`` as a process of its own; what is not set here, as KEA_HOME, comes from the environment."""
    command = [sys.executable, "-c", "from web.cli import main; main()", "ingest", *map(str, arguments)]
    environment = {**os.environ, **settings}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def size_of(path: Path) -> int:
    """Tell how long a file is; 0 where it is not there."""
    return path.stat().st_size if path.exists() else 0


def kill_midway(process: subprocess.Popen[str], watched: Path, *, beyond: int, by: random.Random) -> bool:
    """Kill a process soon after a file has grown beyond a size; False where it ended by itself."""
    end = time.monotonic() + DEADLINE
    while size_of(watched) <= beyond:
        if process.poll() is not None:
            return False
        assert time.monotonic() < end, "the ingest does not get on"
        time.sleep(0.001)
    time.sleep(by.random() * 0.05)  # so that it falls upon any step of a batch
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; give exit code and what was said on standard error."""
    _, said = process.communicate(timeout=DEADLINE * 3)
    return process.returncode, said


def kill_repeatedly(work: Workload, enriched: Path, arguments: Sequence[str], *, kills: int, seed: int) -> int:
    """Kill an ingest again and again at even steps of its way; then let it end. Tell how many kills landed."""
    by = random.Random(seed)
    whole = work.path.stat().st_size * 2.3  # an enriched row is longer than its original
    landed = 0
    for step in range(kills):
        beyond = max(size_of(enriched), int(whole * 0.9 * (step + by.random()) / kills))
        process = start_ingest(work.path, *arguments)
        if not kill_midway(process, enriched, beyond=beyond, by=by):
            break
        landed += 1
    code, said = finish(start_ingest(work.path, *arguments))
    assert code == 3, said  # the broken rows
    return landed


def check_exact(home: Path, work: Workload, enriched: Path, dead_letters: Path) -> None:
    """Assert that all of a workload is counted once and written once."""
    rows = [json.loads(line) for line in enriched.read_text(encoding="utf-8").splitlines()]
    times = Counter(row["id"] for row in rows)
    assert set(times) == work.ids
    assert max(times.values()) == 1
    letters = [json.loads(line)["offset"] for line in dead_letters.read_text(encoding="utf-8").splitlines()]
    assert len(letters) == len(set(letters)) == work.broken
    with Store(read_settings(home=home).url) as store:
        with store.read() as db:
            assert counts.total(db, "default") == len(work.ids)
            position = positions.peek(db, "default", f"file:{work.path.resolve()}")
        assert position is not None
        assert (position.finished, position.offset) == (True, work.path.stat().st_size)
        templates = list(held_by(store, "default").templates.values())
    assert sorted(templates) == sorted(Counter(place % len(KINDS) for place in work.ids).values())
