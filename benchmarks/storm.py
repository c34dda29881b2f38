"""A storm of never-seen templates: how fast they are made, and what it does to the lines that are known.

Rates are by the time of one processor, so that what else runs on the machine matters little.
"""

from __future__ import annotations

import itertools
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingest.pipeline import Pipeline
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store.intake.load import read_load
from knowledge_base.types import LogRecord

NEW = 100_000
KNOWN = 500
BATCH = 2_000
SHARE_NEW = 0.5
CALM_BATCHES = 20
LONGEST = 150.0
PROJECT = "default"
AT = datetime(2026, 1, 15, tzinfo=UTC)


def measure(_data: Path) -> None:
    """Keep batches of known lines, then batches that are half made of lines of forms of their own."""
    with tempfile.TemporaryDirectory() as folder, KnowledgeBase(Settings(home=Path(folder))) as knowledge:
        pipeline = Pipeline(knowledge, PROJECT)
        pipeline.ensure_project()
        known = [f"worker of {_words(seed)} lost its lease" for seed in range(KNOWN)]
        pipeline.keep(_records(known))
        calm = _calm(pipeline, known)
        bare = _memory()
        print(f"known lines alone       {1 / calm:>12,.0f} lines/s   {bare:,.0f} MB")
        strange = (f"stage {_words(seed)} broke" for seed in itertools.count(1_000_000))
        made, seconds, slowest = _storm(pipeline, known, strange)
        per_known = seconds / made * SHARE_NEW / (1 - SHARE_NEW)
        print(f"never-seen templates    {made / seconds:>12,.0f} a second ({made:,}), {_memory():,.0f} MB")
        print(f"known lines beside them {1 / per_known:>12,.0f} lines/s   slowest batch {slowest * 1000:,.0f} ms")
        after = _calm(pipeline, known)
        print(f"known lines afterwards  {1 / after:>12,.0f} lines/s   {after / calm:.2f} x the time of before")
        with knowledge.store.read() as db:
            begin = time.perf_counter()
            load = read_load(db, PROJECT, max_templates=knowledge.settings.max_templates, now=knowledge.clock())
            spent = time.perf_counter() - begin
        waited = load.oldest.total_seconds() if load.oldest else 0.0
        print(f"backlog                 {load.pending:>12,} templates, the first for {waited:,.0f} s")
        print(f"asking for it           {spent * 1000:>12,.0f} ms")


def _calm(pipeline: Pipeline, known: list[str]) -> float:
    begin = time.process_time()
    for number in range(CALM_BATCHES):
        pipeline.keep(_records(random.Random(number).choices(known, k=BATCH)))
    return (time.process_time() - begin) / CALM_BATCHES / BATCH


def _storm(pipeline: Pipeline, known: list[str], strange: Iterator[str]) -> tuple[int, float, float]:
    by, made, slowest = random.Random(5), 0, 0.0
    begin, until = time.process_time(), time.monotonic() + LONGEST
    while made < NEW and time.monotonic() < until:
        fresh = int(BATCH * SHARE_NEW)
        texts = [*itertools.islice(strange, fresh), *by.choices(known, k=BATCH - fresh)]
        by.shuffle(texts)
        before = time.perf_counter()
        made += sum(each.is_new for each in pipeline.keep(_records(texts)))
        slowest = max(slowest, time.perf_counter() - before)
    return made, time.process_time() - begin, slowest


def _records(texts: list[str]) -> list[LogRecord]:
    return [LogRecord(PROJECT, "storm", place, text, AT, "etl", "ERROR") for place, text in enumerate(texts)]


def _words(seed: int) -> str:
    """Write words that no other seed writes, without digits, which would be masked."""
    letters = "abcdefghijklmnopqrst"
    word = ""
    while seed:
        seed, digit = divmod(seed, len(letters))
        word += letters[digit]
    return f"{word[:3]}ova {word[3:]}ender" if len(word) > 3 else f"{word}ulent"


def _memory() -> float:
    """Tell the process's largest resident size, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
