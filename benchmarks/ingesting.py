"""Lines a second from a file into the store, beside a loop that only reads the file."""

from __future__ import annotations

import resource
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.tools import environment, kea
from web.demo.generate import generate_lines

LINES = 100_000


def measure(_data: Path) -> None:
    """Ingest generated lines into a fresh home, with and without the enriched file."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = work / "errors.log"
        texts = [event.text for event in generate_lines(end=datetime(2026, 1, 15, tzinfo=UTC), seed=3, lines=LINES)]
        source.write_text("\n".join(texts) + "\n", encoding="utf-8")
        lines = source.read_bytes().count(b"\n")
        begin = time.perf_counter()
        with source.open(encoding="utf-8") as file:
            read = sum(1 for _ in file)
        bare = time.perf_counter() - begin
        print(f"reading alone           {read / bare:>12,.0f} lines/s")
        for name, more in (("kea ingest", []), ("kea ingest --enriched", ["--enriched", str(work / "enriched.jsonl")])):
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(
                [kea(), "ingest", str(source), *more],
                env=environment(work / f"home-{len(more)}"),
                check=True,
                stdout=subprocess.DEVNULL,
            )
            seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            rates = f"{lines / seconds:>12,.0f} lines/s{lines / cpu:>12,.0f} lines/CPU second"
            print(f"{name:<24}{rates}  ({lines:,} lines)")
