"""Runs of the local runner: resumed, repeated, contested, and on bad input."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.runners.local import ReadOptions
from ingest.runners.ports import NoClustering
from ingest.runners.summary import Summary
from ingest.sinks.file import FileSink
from ingest.sinks.memory import MemorySink
from ingest.sources.directory import Skipped, find_files
from ingest.sources.file import FileSource
from ingest.sources.memory import MemorySource
from ingest.sources.port import Batch, RawLine
from knowledge_base.errors import (
    AlreadyDone,
    LostOwnership,
    ModelUnavailable,
    StorageUnavailable,
    Unavailable,
    UnreadableInput,
)
from knowledge_base.store import engine
from tests.ingest.support import NOW, PROJECT, Runs, held, knowledge_in, log, numbered, rows_of

AGAIN = ReadOptions(again=True)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with knowledge_in(tmp_path / "home", batch_size=10) as knowledge:
        yield Runs(knowledge, tmp_path)


class Breaking(MemorySource):
    """Fails after some reads, as a process that is stopped does."""

    def __init__(self, data: bytes, reads: int) -> None:
        super().__init__("a.log", data, chunk=100)
        self.reads = reads

    def read(self) -> Batch:
        self.reads -= 1
        if self.reads < 0:
            raise KeyboardInterrupt
        return super().read()


class TestWhole:
    def test_each_line_is_an_event_with_its_template(self, runs: Runs) -> None:
        summary = runs.run(MemorySource("a.log", numbered(25)))
        assert (summary.lines, summary.events, summary.new_templates) == (25, 25, 2)
        assert sorted(held(runs.knowledge).templates.values()) == [12, 13]
        assert held(runs.knowledge).counted == 25
        assert runs.texts() == numbered(25).decode().splitlines()
        assert [row["is_new"] for row in rows_of(runs.enriched)] == [True, True, *[False] * 23]

    def test_lines_that_belong_together_are_joined(self, runs: Runs) -> None:
        trace = ("2026-02-28 10:00:00 ERROR a.B: broken", "java.io.IOException: x", "\tat a.B.c(B.java:7)")
        runs.run(MemorySource("a.log", log(*trace, *trace)))
        assert runs.texts() == ["\n".join(trace)] * 2

    def test_lines_stay_alone_where_that_is_wanted(self, runs: Runs) -> None:
        runs.run(MemorySource("a.log", log("ERROR: a", "\tb", "", "c")), options=ReadOptions(join=JoinMode.OFF))
        assert runs.texts() == ["ERROR: a", "\tb", "c"]

    def test_rows_keep_their_fields(self, runs: Runs) -> None:
        runs.run(MemorySource("a.jsonl", b'{"id": 7, "msg": "disk full", "host": {"n": 1}, "template_id": "mine"}\n'))
        row = rows_of(runs.enriched)[0]
        assert {name: row[name] for name in ("id", "msg", "host")} == {"id": 7, "msg": "disk full", "host": {"n": 1}}
        assert row["template_id"] == "T-1"
        assert row["category_id"] == "KE-1"
        assert row["why"] == "first"

    def test_nothing_secret_is_stored(self, runs: Runs) -> None:
        runs.run(MemorySource("a.log", log("login of ann@example.com failed: password=hunter2")))
        for path in runs.knowledge.settings.home_path.rglob("*"):
            assert path.is_dir() or b"hunter2" not in path.read_bytes()
        assert "hunter2" not in str(held(runs.knowledge))

    def test_projects_do_not_mix(self, runs: Runs) -> None:
        source = MemorySource("a.log", numbered(4))
        for project in ("one", "two"):
            runs.run(source, project=project, enriched=MemorySink())
        assert held(runs.knowledge, "one").counted == held(runs.knowledge, "two").counted == 4


class TestAgain:
    def test_a_finished_source_is_refused(self, runs: Runs) -> None:
        runs.run(MemorySource("a.log", numbered(4)))
        with pytest.raises(AlreadyDone, match="was read to its end before"):
            runs.run(MemorySource("a.log", numbered(4)))
        assert held(runs.knowledge).counted == 4

    def test_again_counts_once_more_and_writes_anew(self, runs: Runs) -> None:
        runs.run(MemorySource("a.log", numbered(4)))
        runs.run(MemorySource("a.log", numbered(4)), options=AGAIN)
        assert held(runs.knowledge).counted == 8
        assert len(runs.texts()) == 4

    def test_what_grew_is_continued(self, runs: Runs) -> None:
        runs.run(MemorySource("a.log", numbered(15)))
        summary = runs.run(MemorySource("a.log", numbered(40)))
        assert (summary.lines, summary.continued) == (25, ["a.log"])
        assert runs.texts() == numbered(40).decode().splitlines()

    @pytest.mark.parametrize("other", [b"another beginning\n" * 30, b"short\n"])
    def test_another_file_under_the_name_is_read_from_its_start(self, runs: Runs, other: bytes) -> None:
        runs.run(MemorySource("a.log", numbered(15)))
        summary = runs.run(MemorySource("a.log", other))
        assert (summary.lines, summary.replaced) == (other.count(b"\n"), ["a.log"])

    def test_an_empty_source_is_told_and_may_grow(self, runs: Runs) -> None:
        assert runs.run(MemorySource("a.log", b"")).empty == 1
        assert runs.run(MemorySource("a.log", numbered(3))).lines == 3


class TestInterrupted:
    @pytest.mark.parametrize("reads", range(0, 9, 2))
    @pytest.mark.parametrize("trace", [False, True])
    def test_a_resumed_run_counts_and_writes_each_event_once(self, runs: Runs, reads: int, trace: bool) -> None:
        kinds = ("ERROR: disk {} is full\n\tat a.B.c(B.java:7)\n\n  more",) if trace else ("disk {} is full",)
        data = numbered(50, kinds)
        with pytest.raises(KeyboardInterrupt):
            runs.run(Breaking(data, reads))
        runs.run(MemorySource("a.log", data))
        once = MemorySink()
        runs.run(MemorySource("whole", data), enriched=once, project="other")
        assert runs.texts() == [str(row) for row in _texts(once)]
        assert held(runs.knowledge).counted == held(runs.knowledge, "other").counted == len(once.rows)
        assert held(runs.knowledge).templates == held(runs.knowledge, "other").templates

    def test_a_failed_batch_leaves_nothing(self, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
        sink = FileSink(runs.enriched, project=PROJECT, clock=lambda: NOW)
        append = sink.append
        calls = []

        def full(db: object, rows: object) -> None:
            append(db, rows)  # type: ignore[arg-type]
            calls.append(rows)
            if len(calls) == 3:
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(sink, "append", full)
        with pytest.raises(StorageUnavailable, match="is full; free some space"):
            runs.run(MemorySource("a.log", numbered(50)), enriched=sink)
        assert held(runs.knowledge).counted == len(runs.texts()) == 20
        runs.run(MemorySource("a.log", numbered(50)))
        assert held(runs.knowledge).counted == 50
        assert runs.texts() == numbered(50).decode().splitlines()

    def test_dead_letters_are_there_once(self, runs: Runs) -> None:
        data = b"".join(b'{"text": "disk %d is full"}\n{broken %d\n' % (place, place) for place in range(40))
        with pytest.raises(KeyboardInterrupt):
            runs.run(Breaking(data, 9), options=ReadOptions(form=Format.JSONL))
        summary = runs.run(MemorySource("a.log", data), options=ReadOptions(form=Format.JSONL))
        assert not summary.complete
        excerpts = [row["excerpt"] for row in rows_of(runs.dead_letters)]
        assert excerpts == [f"{{broken {place}" for place in range(40)]
        assert held(runs.knowledge).counted == len(runs.texts()) == 40


class TestContested:
    def test_the_later_reader_wins_and_nothing_is_counted_twice(self, runs: Runs) -> None:
        data = numbered(50)

        class Contested(MemorySource):
            taken = False

            def read(self) -> Batch:
                if self._place >= 300 and not self.taken:
                    self.taken = True
                    runs.run(MemorySource("a.log", data), enriched=MemorySink())
                return super().read()

        with pytest.raises(LostOwnership, match="another process"):
            runs.run(Contested("a.log", data, chunk=100))
        assert held(runs.knowledge).counted == 50


class TestBadInput:
    def test_what_cannot_be_read_goes_to_the_dead_letters(self, runs: Runs, tmp_path: Path) -> None:
        folder = tmp_path / "logs"
        folder.mkdir()
        (folder / "a.log").write_bytes(numbered(3))
        (folder / "b.bin").write_bytes(b"\x00\x01\x02")
        (folder / "c.jsonl").write_bytes(
            b'{"text": "disk full"}\n{"no": "text"}\n"text"\n\n{"text": "x"\n{"text": []}\n'
        )
        (folder / "d.log").write_bytes(b"")
        summary = runs.run(*find_files(folder), Skipped("closed", "permission denied"))
        assert (summary.lines, summary.events, summary.read, summary.empty) == (9, 4, 2, 1)
        assert summary.dead_letters == 6
        assert summary.dead_letter_files == [str(runs.dead_letters)]
        assert not summary.complete
        reasons = [str(row["reason"]) for row in rows_of(runs.dead_letters)]
        expected = ("is a binary", "no text", "not a JSON object but a text", "broken JSON", "but a list", "permission")
        assert [part in reason for part, reason in zip(expected, reasons, strict=True)] == [True] * 6

    def test_secrets_do_not_reach_the_dead_letters(self, runs: Runs) -> None:
        runs.run(MemorySource("a.jsonl", b'{"password": "hunter2", "user": "ann@example.com"}\n'))
        assert "hunter2" not in runs.dead_letters.read_text()
        assert "ann@example.com" not in runs.dead_letters.read_text()

    def test_an_only_input_that_cannot_be_read_fails(self, runs: Runs, tmp_path: Path) -> None:
        (tmp_path / "b.bin").write_bytes(b"\x00\x01")
        with pytest.raises(UnreadableInput, match="binary file"):
            runs.run(FileSource(tmp_path / "b.bin"))

    def test_an_input_that_breaks_midway_is_kept_as_far_as_it_went(self, runs: Runs) -> None:
        class Torn(MemorySource):
            def read(self) -> Batch:
                if self._place >= 300:
                    raise UnreadableInput("a.log cannot be read: Input/output error")
                return super().read()

        summary = runs.run(Torn("a.log", numbered(50), chunk=100))
        assert summary.dead_letters == 1
        assert summary.events == held(runs.knowledge).counted == len(runs.texts())
        assert 0 < summary.events < 50
        runs.run(MemorySource("a.log", numbered(50)))
        assert held(runs.knowledge).counted == 50

    def test_an_event_that_is_too_long_is_cut_and_told(self, tmp_path: Path) -> None:
        with knowledge_in(tmp_path / "home", max_event_bytes=1000) as knowledge:
            runs = Runs(knowledge, tmp_path)
            summary = runs.run(MemorySource("a.log", b"short\n" + b"x" * 100_000 + b"\nlast\n"))
            assert (summary.events, summary.cut) == (3, 1)
            assert [len(text) for text in runs.texts()] == [5, 1000, 4]
            rows = b'{"text": "%s"}\n{"text": "%s"}\n' % (b"y" * 5000, b"z" * 50_000)
            summary = runs.run(MemorySource("b.jsonl", rows))
            assert (summary.events, summary.cut, summary.dead_letters) == (1, 2, 1)
            assert len(runs.texts()[-1]) == 1000

    def test_broken_bytes_are_replaced_and_counted(self, runs: Runs) -> None:
        summary = runs.run(MemorySource("a.log", b"good\nb\xffd\n"))
        assert summary.undecodable == 1
        assert summary.complete
        assert runs.texts() == ["good", "b\ufffdd"]

    def test_all_done_before_is_told_for_many(self, runs: Runs) -> None:
        sources = [MemorySource(name, numbered(2)) for name in ("a", "b")]
        runs.run(*sources)
        with pytest.raises(AlreadyDone, match="all 2 files were read"):
            runs.run(*sources)
        summary = runs.run(*sources, MemorySource("c", numbered(2)))
        assert (summary.done_before, summary.lines) == (2, 2)


class Scripted(MemorySource):
    """Gives batches as they were written down; each read moves the clock."""

    def __init__(self, batches: list[Batch], clock: SteppedClock, *, seconds: float) -> None:
        super().__init__("stream", b"x")
        self.resumable = False
        self.batches = batches
        self.clock = clock
        self.seconds = seconds
        self.stored: list[int] = []

    def read(self) -> Batch:
        self.clock.now += timedelta(seconds=self.seconds)
        self.stored.append(self.clock.count())
        return self.batches.pop(0)


class SteppedClock:
    def __init__(self) -> None:
        self.now = NOW
        self.count: Callable[[], int] = int

    def __call__(self) -> datetime:
        return self.now


class CountingClusterer(NoClustering):
    def __init__(self, *, failure: Unavailable | None = None) -> None:
        self.events: list[str] = []
        self.failure = failure
        self.merged = 2

    def start(self) -> None:
        self.events.append("start")

    def notify(self) -> None:
        self.events.append("new")

    def stop(self) -> None:
        self.events.append("stop")

    def drain(self, project: str) -> int:
        self.events.append(f"drain {project}")
        if self.failure is not None:
            raise self.failure
        return 3


class TestSlowStreams:
    @pytest.fixture
    def clock(self) -> SteppedClock:
        return SteppedClock()

    @pytest.fixture
    def slow_runs(self, clock: SteppedClock, tmp_path: Path) -> Iterator[Runs]:
        with knowledge_in(tmp_path / "home", clock=clock) as knowledge:
            clock.count = lambda: held(knowledge).counted
            yield Runs(knowledge, tmp_path)

    def test_what_waits_is_stored_when_nothing_more_comes(self, slow_runs: Runs, clock: SteppedClock) -> None:
        line = RawLine(0, 10, "ERROR: disk full")
        source = Scripted([Batch([line]), Batch([]), Batch([]), Batch([], ended=True)], clock, seconds=0.4)
        slow_runs.run(source)
        assert source.stored == [0, 0, 1, 1]

    def test_lines_that_drip_in_are_stored_twice_a_second(self, slow_runs: Runs, clock: SteppedClock) -> None:
        lines = [Batch([RawLine(place, place + 1, f"ERROR: disk {place} full")]) for place in range(12)]
        source = Scripted([*lines, Batch([], ended=True)], clock, seconds=0.25)
        slow_runs.run(source)
        assert max(right - left for left, right in pairwise(source.stored)) == 3
        assert held(slow_runs.knowledge).counted == 12


class TestClustering:
    def run(self, runs: Runs, clusterer: CountingClusterer, data: bytes) -> Summary:
        return runs.runner(clustering=clusterer).run([MemorySource("a.log", data)])

    def test_it_runs_beside_the_reading_and_is_drained(self, runs: Runs) -> None:
        clusterer = CountingClusterer()
        assert self.run(runs, clusterer, numbered(30)).merged == 5
        assert clusterer.events == ["start", "new", "stop", f"drain {PROJECT}"]

    def test_it_is_told_at_once_of_what_is_new_and_not_of_the_rest(self, tmp_path: Path) -> None:
        with knowledge_in(tmp_path / "home", batch_size=10, window_size=4) as knowledge:
            clusterer = CountingClusterer()
            words = [f"component {left}{right} broke" for left in "abcdef" for right in "klmnop"]
            self.run(Runs(knowledge, tmp_path), clusterer, log(*words))
            assert clusterer.events.count("new") == 4  # one a batch, however many windows it fills
            self.run(Runs(knowledge, tmp_path / "again"), clusterer, log(*words, words[0]))
            assert clusterer.events.count("new") == 4

    def test_a_failure_is_told_and_the_lines_stay(self, runs: Runs) -> None:
        clusterer = CountingClusterer(failure=ModelUnavailable("no model"))
        with pytest.raises(
            ModelUnavailable, match="all lines are read and kept, but new templates are not clustered yet"
        ):
            self.run(runs, clusterer, numbered(30))
        assert held(runs.knowledge).counted == len(runs.texts()) == 30

    def test_it_is_stopped_after_a_failure(self, runs: Runs) -> None:
        clusterer = CountingClusterer()
        with pytest.raises(KeyboardInterrupt):
            runs.runner(clustering=clusterer).run([Breaking(numbered(30), 1)])
        assert clusterer.events == ["start", "stop"]


def test_a_locked_database_is_told_and_can_be_continued(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_SECONDS", 0.1)
    with (
        knowledge_in(tmp_path / "home", batch_size=10) as impatient,
        runs.knowledge.store.write(),
        pytest.raises(StorageUnavailable, match="is locked by another process; stop that process or try again"),
    ):
        Runs(impatient, tmp_path).run(MemorySource("a.log", numbered(30)))
    assert runs.run(MemorySource("a.log", numbered(30))).lines == 30


@pytest.mark.postgres
def test_a_run_on_postgresql_is_resumed_too(postgres_database: str, tmp_path: Path) -> None:
    data = numbered(50)
    with knowledge_in(tmp_path / "home", url=postgres_database, batch_size=10) as knowledge:
        runs = Runs(knowledge, tmp_path)
        with pytest.raises(KeyboardInterrupt):
            runs.run(Breaking(data, 4))
        assert 0 < held(knowledge).counted < 50
        runs.run(MemorySource("a.log", data))
        assert held(knowledge).counted == 50
        assert runs.texts() == data.decode().splitlines()
        with pytest.raises(AlreadyDone):
            runs.run(MemorySource("a.log", data))


def _texts(sink: MemorySink) -> list[object]:
    return [json.loads(row)["text"] for row in sink.rows]
