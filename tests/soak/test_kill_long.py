"""Twenty kills of an ingest of 200,000 rows; runs for minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.killing import check_exact, kill_repeatedly, write_workload


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("model_dir")
@pytest.mark.parametrize("batch_size", ["500", "2000"])
def test_twenty_kills_lose_and_double_nothing(
    kea_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch_size: str
) -> None:
    monkeypatch.setenv("KEA_BATCH_SIZE", batch_size)
    work = write_workload(tmp_path / "rows.jsonl", 200_000)
    enriched, dead = tmp_path / "enriched.jsonl", tmp_path / "dead.jsonl"
    arguments = ("--format", "jsonl", "--enriched", str(enriched), "--dead-letters", str(dead))
    assert kill_repeatedly(work, enriched, arguments, kills=20, seed=23) >= 18
    check_exact(kea_home, work, enriched, dead)
