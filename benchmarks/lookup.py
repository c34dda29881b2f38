"""A million templates in the lookup of one ingest process: its memory, and lines a second that find theirs."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ingest.known import KnownTemplates
from ingest.pipeline import Pipeline
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.signature import SIGNATURE_VERSION
from knowledge_base.store import projects
from knowledge_base.store.numbers import take_numbers

TEMPLATES = 1_000_000
BATCH = 2_000
BATCHES = 200
PROJECT = "default"
AT = datetime(2026, 1, 15, tzinfo=UTC)
WRITTEN = "2026-01-15 00:00:00.000000"


def measure(_data: Path) -> None:
    """Fill a database with a million templates; another process looks all of them up, then some again."""
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder))
        # A process of its own: filling has left memory behind in this one.
        subprocess.run([sys.executable, "-m", "benchmarks.lookup", folder], check=True)


def _fill(home: Path) -> None:
    begin = time.perf_counter()
    with KnowledgeBase(Settings(home=home)) as knowledge, knowledge.store.write() as db:
        projects.ensure_project(db, PROJECT, AT)
        for name in ("template", "category"):
            take_numbers(db, name, TEMPLATES)
        projects.add_living(db, PROJECT, TEMPLATES)
    file = home / "kea.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA cache_size=-400000")
        for table, row in (("category", _category), ("template", _template), ("fingerprint", _fingerprint)):
            names = ", ".join(f'"{name}"' for name in row(1))
            places = ", ".join(f":{name}" for name in row(1))
            statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
            db.executemany(statement, map(row, range(1, TEMPLATES + 1)))
        db.commit()
    spent = time.perf_counter() - begin
    print(f"database                {TEMPLATES:>12,} templates, {file.stat().st_size / 1e6:,.0f} MB ({spent:.0f} s)")


def _category(number: int) -> dict[str, object]:
    words = json.dumps([f"word{number % 1000}", "lease", "lost", "worker", f"part{number % 77}"])
    return {"project": PROJECT, "id": number, "state": "active", "keywords": words, "ignored": 0, "created_at": WRITTEN}


def _template(number: int) -> dict[str, object]:
    return {
        "project": PROJECT,
        "id": number,
        "category": number,
        "text": f"worker <host> of part{number:07} lost the lease of <path> after <duration>: attempt <n> of <n>, "
        "last answer <quoted>",
        "codes": "[]",
        "service": "etl",
        "level": "ERROR",
        "reason": '{"why": "similarity"}',
        "clustered": 1,
        "count": 1,
        "first_seen": WRITTEN,
        "last_seen": WRITTEN,
    }


def _fingerprint(number: int) -> dict[str, object]:
    return {"project": PROJECT, "version": SIGNATURE_VERSION, "fingerprint": _hash(number), "template": number}


def _hash(number: int) -> str:
    return f"{(number * 0x9E3779B97F4A7C15) % 2**64:016x}"


def _batches(by: random.Random) -> Iterator[list[str]]:
    for _ in range(BATCHES):
        yield [_hash(by.randrange(1, TEMPLATES + 1)) for _ in range(BATCH)]


def look_up(home: Path) -> None:
    """Bring everything into the lookup, then look batches up: of any template, and of a few that come often."""
    with KnowledgeBase(Settings(home=home)) as knowledge:
        known = Pipeline(knowledge, PROJECT)._known
        bare = _resident()
        begin = time.perf_counter()
        for first in range(1, TEMPLATES + 1, BATCH):
            _ask(knowledge, known, [_hash(number) for number in range(first, first + BATCH)])
        spent = time.perf_counter() - begin
        print(f"from the database       {TEMPLATES / spent:>12,.0f} templates/s")
        print(f"process                 {_resident():>12,.0f} MB with {len(known):,} templates, {bare:,.0f} MB before")
        for name, batches in (
            ("any of them", list(_batches(random.Random(7)))),
            ("a thousand of them", [[_hash(1 + n % 1000) for n in batch] for batch in [range(BATCH)] * BATCHES]),
        ):
            begin = time.perf_counter()
            for batch in batches:
                _ask(knowledge, known, batch)
            print(f"{name:<24}{BATCH * BATCHES / (time.perf_counter() - begin):>12,.0f} lines/s")
        print(f"process                 {_resident():>12,.0f} MB at the end")


def _ask(knowledge: KnowledgeBase, known: KnownTemplates, batch: list[str]) -> None:
    with knowledge.store.read() as db:
        known.follow(db)
        found = known.look_up(db, batch)
    if len(found) != len(set(batch)):
        raise RuntimeError("templates are missing")
    known.remember(found)


def _resident() -> float:
    """Tell the resident size of this process in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000


if __name__ == "__main__":
    look_up(Path(sys.argv[1]))
