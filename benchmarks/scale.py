"""What size costs: the clusterer's time for a new template, its memory and its start, with more and more categories.

Each size is measured in a process of its own, on a store that is kept in the temporary folder for the next time.
Times are those of one processor, so that what else runs on the machine matters little.
"""

from __future__ import annotations

import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import scale_store
from benchmarks.tools import environment
from benchmarks.varied import texts
from ingest.clustering.clusterer import Clusterer
from ingest.pipeline import Pipeline
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.types import LogRecord

FOLDER = Path(tempfile.gettempdir()) / "kea-scale"
SIZES = "1000,10000,100000"
SINGLE = 300
WARM = 20
WINDOW = 250
WINDOWS = 4
QUESTIONS = 100
MOST_RATIO = 3.0
MOST_MEMORY = 1_500


@dataclass(frozen=True, slots=True)
class Figures:
    """What one size showed; times in ms but for those of the start, memory in MB at most."""

    first_load_seconds: float
    restart_seconds: float
    single: float
    single_p99: float
    windowed: float
    question: float
    question_p99: float
    memory: float


def measure(_data: Path, *, sizes: str = SIZES) -> None:
    """Print the figures of each size, and their ratio to the first one."""
    found: list[Figures] = []
    for size in map(int, sizes.split(",")):
        home = scale_store.prepare(FOLDER, size)
        found.append(_in_a_process(home))
        one, first = found[-1], found[0]
        ratio, windowed = one.single / first.single, one.windowed / first.windowed
        print(
            f"{size:>9,} categories, {scale_store.REPRESENTATIVES} representatives each\n"
            f"  a new template by itself   {one.single:>7.1f} ms   p99 {one.single_p99:.1f} ms   {ratio:.2f} x"
            f" (must: {MOST_RATIO:.0f} x)\n"
            f"  in windows of {WINDOW}          {one.windowed:>7.1f} ms   {windowed:.2f} x\n"
            f"  a question                 {one.question:>7.1f} ms   p99 {one.question_p99:.1f} ms\n"
            f"  index made / read again    {one.first_load_seconds:>7.1f} s / {one.restart_seconds:.1f} s\n"
            f"  memory at most             {one.memory:>7,.0f} MB (must: {MOST_MEMORY:,} MB)",
            flush=True,
        )


def _in_a_process(home: Path) -> Figures:
    """Work on a copy of the database, so that each run begins with the same one."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as copy:
        subprocess.run(["cp", "--reflink=auto", str(home / "kea.db"), copy], check=True)
        command = [sys.executable, "-m", "benchmarks.scale", copy]
        done = subprocess.run(
            command, env=environment(Path(copy)), stdout=subprocess.PIPE, check=True, encoding="utf-8"
        )
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def _measured(home: Path) -> Figures:
    new = texts(seed=99)
    with KnowledgeBase(Settings(home=home)) as knowledge:
        knowledge.embedder.embed(["warm"])
        first = _seconds(lambda: _refresh(knowledge))
        pipeline, clusterer = Pipeline(knowledge, scale_store.PROJECT), Clusterer(knowledge)

        def window(size: int) -> float:
            pipeline.keep(_records(list(itertools.islice(new, size))))
            return _seconds(lambda: clusterer.run_window(scale_store.PROJECT)) / size * 1000

        single = [window(1) for _ in range(WARM + SINGLE)][WARM:]
        windowed = [window(WINDOW) for _ in range(WINDOWS)]
        asked = [
            _seconds(lambda text=text: knowledge.match(scale_store.PROJECT, text).matches) * 1000  # type: ignore[misc]
            for text in itertools.islice(new, WARM + QUESTIONS)
        ][WARM:]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    with KnowledgeBase(Settings(home=home)) as knowledge:
        restart = _seconds(lambda: _refresh(knowledge))
    return Figures(
        first_load_seconds=first,
        restart_seconds=restart,
        single=float(np.median(single)),
        single_p99=float(np.quantile(single, 0.99)),
        windowed=float(np.median(windowed)),
        question=float(np.median(asked)),
        question_p99=float(np.quantile(asked, 0.99)),
        memory=memory,
    )


def _refresh(knowledge: KnowledgeBase) -> None:
    with knowledge.store.read() as db:
        knowledge.replica(db, scale_store.PROJECT)


def _records(lines: Sequence[str]) -> list[LogRecord]:
    at = datetime(2026, 1, 15, tzinfo=UTC)
    return [
        LogRecord(scale_store.PROJECT, "scale", place, text, at, "etl", "ERROR") for place, text in enumerate(lines)
    ]


def _seconds(run: Callable[[], object]) -> float:
    begun = time.process_time()
    run()
    return time.process_time() - begun


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(Path(sys.argv[1])))))
