"""A hundred thousand never-seen templates at once, until the last one is in its category, and known lines meanwhile."""

from __future__ import annotations

import itertools
import random
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.varied import texts
from ingest.clustering import ClusterLoop
from ingest.pipeline import Pipeline
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.grouping import templates
from knowledge_base.types import LogRecord

NEW = 100_000
KNOWN = 500
BATCH = 1_000
CALM_BATCHES = 40
PAUSE = 0.25
REPORT_SECONDS = 60.0
MOST_SECONDS = 900
PROJECT = "default"
SEED = 5
AT = datetime(2026, 1, 15, tzinfo=UTC)


def measure(_data: Path, *, new: int = NEW) -> None:
    """Print how long it takes, by the clock and by processors, and how long batches of known lines take meanwhile."""
    with tempfile.TemporaryDirectory() as folder, KnowledgeBase(Settings(home=Path(folder))) as knowledge:
        pipeline, by = Pipeline(knowledge, PROJECT), random.Random(SEED)
        pipeline.ensure_project()
        known = list(itertools.islice(texts(SEED), KNOWN))
        loop = ClusterLoop(knowledge, PROJECT)
        pipeline.keep(_records(known))
        loop.drain(PROJECT)
        calm = [_seconds(pipeline, by.choices(known, k=BATCH)) for _ in range(CALM_BATCHES)]
        strange = list(itertools.islice(texts(SEED + 1), new))
        begun, spent = time.monotonic(), time.process_time()
        for start in range(0, len(strange), BATCH):
            pipeline.keep(_records(strange[start : start + BATCH]))
        print(f"{new:,} templates made in {time.monotonic() - begun:,.0f} s", flush=True)
        loop.start()
        busy: list[float] = []
        try:
            told = time.monotonic()
            while waiting := _waiting(knowledge):
                busy.append(_seconds(pipeline, by.choices(known, k=BATCH)))
                loop.notify()
                if time.monotonic() - told > REPORT_SECONDS:
                    told = time.monotonic()
                    print(f"  {waiting:,} wait after {told - begun:,.0f} s", flush=True)
                time.sleep(PAUSE)
        finally:
            loop.stop()
        seconds, processors = time.monotonic() - begun, time.process_time() - spent
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(
            f"all placed            {seconds:>8,.0f} s (must: {MOST_SECONDS * new / NEW:,.0f} s),"
            f" {new / seconds:,.0f} a second, {memory:,.0f} MB at most;"
            f" {processors:,.0f} s of processors, {processors / new * 1000:.1f} ms each"
        )
        for name, batches in (("before", calm), ("meanwhile", busy)):
            middle, longest = np.median(batches) * 1000, max(batches, default=0.0) * 1000
            print(f"{BATCH:,} known lines {name:<10} {middle:>6,.0f} ms a batch, {longest:,.0f} ms at most")


def _waiting(knowledge: KnowledgeBase) -> int:
    with knowledge.store.read() as db:
        return templates.pending(db, PROJECT)[0]


def _seconds(pipeline: Pipeline, lines: list[str]) -> float:
    begun = time.perf_counter()
    pipeline.keep(_records(lines))
    return time.perf_counter() - begun


def _records(lines: list[str]) -> list[LogRecord]:
    return [LogRecord(PROJECT, "flood", place, text, AT, "etl", "ERROR") for place, text in enumerate(lines)]
