"""Every sink passes the same suite; a file holds what was committed, and nothing twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sinks.file import FileSink
from ingest.sinks.memory import MemorySink
from ingest.sinks.port import Sink
from ingest.sinks.stream import StreamSink
from knowledge_base.errors import AlreadyDone, Conflict, LostOwnership, StorageUnavailable
from knowledge_base.knowledge import KnowledgeBase
from tests.ingest.support import NOW, PROJECT, knowledge_in


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with knowledge_in(tmp_path / "home") as knowledge:
        yield knowledge


class Failed(Exception):
    pass


def append(knowledge: KnowledgeBase, sink: Sink, *rows: bytes, fail: bool = False) -> None:
    """Do as the runner does: write in a transaction, then tell the sink how it ended."""
    try:
        with knowledge.store.write() as db:
            sink.append(db, rows)
            if fail:
                raise Failed
    except Exception:
        with knowledge.store.read() as db:
            sink.recover(db)
        raise
    sink.committed()


def open_sink(knowledge: KnowledgeBase, sink: Sink) -> Sink:
    with knowledge.store.write() as db:
        sink.open(db)
    sink.committed()
    return sink


def finish(knowledge: KnowledgeBase, sink: Sink) -> None:
    with knowledge.store.write() as db:
        sink.finish(db)
    sink.close()


def file_sink(path: Path, *, anew: bool = False, foreign: bool = False) -> FileSink:
    return FileSink(path, project=PROJECT, clock=lambda: NOW, anew=anew, foreign=foreign)


class TestEverySink:
    @pytest.fixture(params=["memory", "file"])
    def sink(self, request: pytest.FixtureRequest, tmp_path: Path) -> Sink:
        return MemorySink() if request.param == "memory" else file_sink(tmp_path / "out.jsonl")

    def content(self, sink: Sink) -> bytes:
        return b"".join(sink.rows) if isinstance(sink, MemorySink) else Path(sink.title).read_bytes()

    def test_keeps_what_was_committed_in_order(self, knowledge: KnowledgeBase, sink: Sink) -> None:
        open_sink(knowledge, sink)
        append(knowledge, sink, b"1\n", b"2\n")
        append(knowledge, sink)
        append(knowledge, sink, b"3\n")
        finish(knowledge, sink)
        assert self.content(sink) == b"1\n2\n3\n"

    def test_drops_what_was_rolled_back(self, knowledge: KnowledgeBase, sink: Sink) -> None:
        open_sink(knowledge, sink)
        append(knowledge, sink, b"1\n")
        with pytest.raises(Failed):
            append(knowledge, sink, b"a long row that is not kept\n", fail=True)
        assert self.content(sink) == b"1\n"
        append(knowledge, sink, b"2\n")
        finish(knowledge, sink)
        assert self.content(sink) == b"1\n2\n"

    def test_closing_twice_is_harmless(self, knowledge: KnowledgeBase, sink: Sink) -> None:
        sink.close()
        open_sink(knowledge, sink)
        sink.close()
        sink.close()


class TestFiles:
    def test_what_a_dead_process_did_not_commit_is_cut_off(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        dead = open_sink(knowledge, file_sink(path))
        append(knowledge, dead, b"1\n")
        dead.close()
        with path.open("ab") as file:
            file.write(b"2\nhalf a r")
        following = open_sink(knowledge, file_sink(path))
        append(knowledge, following, b"2\n")
        finish(knowledge, following)
        assert path.read_bytes() == b"1\n2\n"

    def test_a_finished_file_is_appended_to(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        for row in (b"1\n", b"2\n"):
            sink = open_sink(knowledge, file_sink(path))
            append(knowledge, sink, row)
            finish(knowledge, sink)
        assert path.read_bytes() == b"1\n2\n"

    def test_others_may_append_between_two_runs(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        finish(knowledge, open_sink(knowledge, file_sink(path)))
        path.write_bytes(b"theirs\n")
        sink = open_sink(knowledge, file_sink(path))
        append(knowledge, sink, b"ours\n")
        finish(knowledge, sink)
        assert path.read_bytes() == b"theirs\nours\n"

    def test_a_file_of_others_is_refused_unless_that_is_wanted(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        path.write_bytes(b"precious\n")
        refused = file_sink(path)
        with pytest.raises(AlreadyDone, match="holds rows already"):
            open_sink(knowledge, refused)
        refused.close()
        assert path.read_bytes() == b"precious\n"
        sink = open_sink(knowledge, file_sink(path, foreign=True))
        append(knowledge, sink, b"1\n")
        finish(knowledge, sink)
        assert path.read_bytes() == b"precious\n1\n"

    def test_anew_empties_it(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        path.write_bytes(b"old\n")
        sink = open_sink(knowledge, file_sink(path, anew=True))
        append(knowledge, sink, b"1\n")
        finish(knowledge, sink)
        assert path.read_bytes() == b"1\n"

    def test_committed_rows_that_are_gone_are_told(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        dead = open_sink(knowledge, file_sink(path))
        append(knowledge, dead, b"1\n")
        dead.close()
        path.unlink()
        sink = file_sink(path)
        with pytest.raises(Conflict, match="is shorter than what an interrupted run had written"):
            open_sink(knowledge, sink)
        sink.close()

    def test_the_later_process_owns_the_file(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        earlier = open_sink(knowledge, file_sink(path))
        append(knowledge, earlier, b"1\n")
        later = open_sink(knowledge, file_sink(path))
        with pytest.raises(LostOwnership, match="another process writes to"):
            append(knowledge, earlier, b"lost\n")
        append(knowledge, later, b"2\n")
        with pytest.raises(LostOwnership):
            append(knowledge, earlier, b"lost\n")
        finish(knowledge, later)
        earlier.close()
        assert path.read_bytes() == b"1\n2\n"

    def test_a_folder_is_made_and_a_wrong_path_is_told(self, knowledge: KnowledgeBase, tmp_path: Path) -> None:
        finish(knowledge, open_sink(knowledge, file_sink(tmp_path / "a" / "b" / "out.jsonl")))
        (tmp_path / "file").write_text("x")
        with pytest.raises(StorageUnavailable, match="cannot be written"):
            open_sink(knowledge, file_sink(tmp_path / "file" / "out.jsonl"))


class TestStreams:
    def test_rows_go_out_at_once(self, knowledge: KnowledgeBase) -> None:
        reading, writing = os.pipe()
        sink = open_sink(knowledge, StreamSink(writing, title="pipe", owned=True))
        append(knowledge, sink, b"1\n", b"2\n")
        finish(knowledge, sink)
        assert os.read(reading, 100) == b"1\n2\n"
        os.close(reading)

    def test_a_full_disk_is_told(self, knowledge: KnowledgeBase) -> None:
        sink = StreamSink(os.open("/dev/full", os.O_WRONLY), title="/dev/full", owned=True)
        with pytest.raises(StorageUnavailable, match="the disk of /dev/full is full; free some space"):
            append(knowledge, sink, b"1\n")
        sink.close()

    def test_a_closed_pipe_is_told(self, knowledge: KnowledgeBase) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        sink = StreamSink(writing, title="pipe", owned=True)
        with pytest.raises(StorageUnavailable, match="nobody reads pipe"):
            append(knowledge, sink, b"1\n")
        sink.close()
