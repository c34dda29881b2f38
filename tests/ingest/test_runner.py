"""Runs of the local runner: resumed, repeated, contested, and on bad input."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.runners.local import ReadOptions
from ingest.sinks.file import FileSink
from ingest.sinks.memory import MemorySink
from ingest.sources.directory import Skipped, find_files
from ingest.sources.file import FileSource
from ingest.sources.memory import MemorySource
from ingest.sources.port import Batch
from knowledge_base.errors import AlreadyDone, LostOwnership, StorageUnavailable, UnreadableInput
from tests.ingest.support import NOW, PROJECT, Runs, held, log, numbered, open_knowledge, rows_of

AGAIN = ReadOptions(again=True)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with open_knowledge(tmp_path / "home", batch_size=10) as knowledge:
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
        with open_knowledge(tmp_path / "home", max_event_bytes=1000) as knowledge:
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


def _texts(sink: MemorySink) -> list[object]:
    import json

    return [json.loads(row)["text"] for row in sink.rows]
