"""Watermark and late count are as exact as the lines: whoever is killed leaves what no kill would have left."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge_base.settings import read_settings
from knowledge_base.store.intake import counts, event_times
from knowledge_base.store.store import Store
from tests.ingest.killing import Workload, kill_repeatedly

pytestmark = pytest.mark.usefixtures("model_dir")

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
ROWS = 12_000
LATE = 60
FIRST_LATE = 2_000


def write_late(path: Path) -> Workload:
    """Write rows whose times go on, and among them some new ones from the day before."""
    by = random.Random(5)
    late = set(by.sample(range(FIRST_LATE, ROWS), LATE))
    with path.open("w", encoding="utf-8") as file:
        for place in range(ROWS):
            words = " ".join("".join(by.choices("bcdfghjklmnpqrstvwxz", k=9)) for _ in range(4))
            text = words if place in late else f"task {place} finished"
            at = START + timedelta(milliseconds=10 * place) - timedelta(days=place in late)
            file.write(json.dumps({"id": place, "text": text, "at": at.isoformat()}) + "\n")
        file.write("{broken\n")
    return Workload(path, frozenset(range(ROWS)), 1)


def test_kills_change_neither_watermark_nor_late_count(
    kea_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"BATCH_SIZE": "250", "WINDOW_BY": "event", "WINDOW_SECONDS": "10"}.items():
        monkeypatch.setenv(f"KEA_{name}", value)
    work, enriched = write_late(tmp_path / "rows.jsonl"), tmp_path / "enriched.jsonl"
    arguments = ("--format", "jsonl", "--enriched", str(enriched), "--dead-letters", str(tmp_path / "dead.jsonl"))
    assert kill_repeatedly(work, enriched, arguments, kills=5, seed=3) >= 3
    with Store(read_settings(home=kea_home).url) as store, store.read() as db:
        assert counts.total(db, "default") == ROWS
        times = event_times.read(db, "default")
    newest = START + timedelta(milliseconds=10 * (ROWS - 1))
    assert (times.watermark, times.delayed, times.late) == (newest - timedelta(seconds=5), 0, LATE)
    assert not times.sources, "what was read to its end holds nothing back"
