"""A process may die at any moment, and others may work on the same home: counts stay exact."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from knowledge_base.settings import read_settings
from knowledge_base.store.intake import counts
from knowledge_base.store.store import Store
from tests.ingest.killing import (
    check_exact,
    finish,
    kill_repeatedly,
    size_of,
    start_ingest,
    write_workload,
)

pytestmark = pytest.mark.usefixtures("model_dir")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many commits in a short run."""
    monkeypatch.setenv("KEA_BATCH_SIZE", "250")


@pytest.mark.usefixtures("small_batches")
def test_kills_in_the_middle_lose_and_double_nothing(kea_home: Path, tmp_path: Path) -> None:
    work = write_workload(tmp_path / "rows.jsonl", 20_000)
    enriched, dead = tmp_path / "enriched.jsonl", tmp_path / "dead.jsonl"
    arguments = ("--format", "jsonl", "--enriched", str(enriched), "--dead-letters", str(dead))
    assert kill_repeatedly(work, enriched, arguments, kills=6, seed=11) >= 4
    check_exact(kea_home, work, enriched, dead)


@pytest.mark.usefixtures("small_batches")
def test_two_ingests_and_a_reader_share_a_home(kea_home: Path, tmp_path: Path) -> None:
    works = [write_workload(tmp_path / f"rows{number}.jsonl", 5_000) for number in range(2)]
    outputs = [(tmp_path / f"out{number}.jsonl", tmp_path / f"dead{number}.jsonl") for number in range(2)]
    processes = [
        start_ingest(work.path, "--enriched", enriched, "--dead-letters", dead)
        for work, (enriched, dead) in zip(works, outputs, strict=True)
    ]
    seen = [0]
    with Store(read_settings(home=kea_home).url) as store:
        while any(process.poll() is None for process in processes):
            with store.read() as db:
                seen.append(counts.total(db, "default"))
            time.sleep(0.05)
        with store.read() as db:
            assert counts.total(db, "default") == sum(len(work.ids) for work in works)
    assert seen == sorted(seen)
    assert [finish(process)[0] for process in processes] == [3, 3]
    assert all(size_of(enriched) and size_of(dead) for enriched, dead in outputs)


@pytest.mark.usefixtures("small_batches")
def test_a_second_reader_of_a_file_takes_it_over(kea_home: Path, tmp_path: Path) -> None:
    # The first one commits so often that it still reads when the second has started, however slow that is.
    work = write_workload(tmp_path / "rows.jsonl", 30_000)
    enriched, dead = tmp_path / "enriched.jsonl", tmp_path / "dead.jsonl"
    arguments = (work.path, "--enriched", enriched, "--dead-letters", dead)
    first = start_ingest(*arguments, KEA_BATCH_SIZE="2")
    while not size_of(enriched):
        assert first.poll() is None
        time.sleep(0.01)
    code, said = finish(start_ingest(*arguments))
    assert code == 3, said
    lost, reason = finish(first)
    assert (lost, "another process" in reason, "Traceback" in reason) == (1, True, False), reason
    check_exact(kea_home, work, enriched, dead)


def test_a_kill_before_anything_was_committed_is_harmless(kea_home: Path, tmp_path: Path) -> None:
    work = write_workload(tmp_path / "rows.jsonl", 3_000)
    enriched, dead = tmp_path / "enriched.jsonl", tmp_path / "dead.jsonl"
    arguments = (work.path, "--enriched", enriched, "--dead-letters", dead)
    process = start_ingest(*arguments, KEA_BATCH_SIZE="2")  # it is far from its end when it is killed
    while not enriched.exists():
        assert process.poll() is None
        time.sleep(0.001)
    process.kill()
    process.communicate()
    code, said = finish(start_ingest(*arguments))
    assert code == 3, said
    check_exact(kea_home, work, enriched, dead)
