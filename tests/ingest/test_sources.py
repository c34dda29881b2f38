"""Every source passes the same suite; then what is special to files, folders and streams."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.sources.directory import Skipped, find_files
from ingest.sources.file import FileSource
from ingest.sources.memory import MemorySource
from ingest.sources.port import Batch, RawLine, Source
from ingest.sources.stream import StreamSource
from knowledge_base.errors import UnreadableInput

Maker = Callable[[bytes], Source]
LOG = b"first\nsecond \xe2\x82\xac\n\nlast"


def make_memory(data: bytes, _folder: Path) -> Source:
    return MemorySource("memory", data, chunk=7)


def make_file(data: bytes, folder: Path) -> Source:
    path = folder / "a.log"
    path.write_bytes(data)
    return FileSource(path)


def make_packed(data: bytes, folder: Path) -> Source:
    return make_file(gzip.compress(data, mtime=0), folder)


RESUMABLE = {"memory": make_memory, "file": make_file, "gzip": make_packed}


@pytest.fixture(params=[*RESUMABLE, "stream"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Maker]:
    opened: list[int] = []

    def make_stream(data: bytes) -> Source:
        reading, writing = os.pipe()
        os.write(writing, data)
        os.close(writing)
        opened.append(reading)
        return StreamSource(reading, title="pipe")

    maker = RESUMABLE.get(request.param)
    yield make_stream if maker is None else lambda data: maker(data, tmp_path)
    for descriptor in opened:
        os.close(descriptor)


@pytest.fixture(params=list(RESUMABLE))
def make_resumable(request: pytest.FixtureRequest, tmp_path: Path) -> Maker:
    return lambda data: RESUMABLE[request.param](data, tmp_path)


def read_all(source: Source, offset: int = 0, limit: int = 1000) -> list[RawLine]:
    source.open(offset, limit=limit)
    lines: list[RawLine] = []
    while True:
        batch = source.read()
        lines += batch.lines
        if batch.ended:
            source.close()
            return lines


class TestEverySource:
    def test_gives_all_lines_with_their_places(self, make: Maker) -> None:
        assert read_all(make(LOG)) == [
            RawLine(0, 6, "first"),
            RawLine(6, 17, "second €"),
            RawLine(17, 18, ""),
            RawLine(18, 22, "last"),
        ]

    def test_an_empty_one_ends_at_once(self, make: Maker) -> None:
        source = make(b"")
        assert source.peek(10) == b""
        assert read_all(source) == []

    def test_peeking_moves_nothing(self, make: Maker) -> None:
        source = make(LOG)
        assert source.peek(3) == b"fir"
        assert read_all(source)[0].text == "first"

    def test_long_lines_are_cut(self, make: Maker) -> None:
        assert read_all(make(b"x" * 5000 + b"\ny\n"), limit=10) == [
            RawLine(0, 5001, "x" * 10, cut=True),
            RawLine(5001, 5003, "y"),
        ]

    def test_closing_what_is_not_open_is_harmless(self, make: Maker) -> None:
        source = make(LOG)
        source.close()
        source.close()


class TestEveryResumableSource:
    def test_goes_on_at_each_line(self, make_resumable: Maker) -> None:
        lines = read_all(make_resumable(LOG))
        for place, line in enumerate(lines):
            assert read_all(make_resumable(LOG), line.start) == lines[place:]

    def test_knows_itself_again(self, make_resumable: Maker) -> None:
        source = make_resumable(LOG)
        identity = source.identify()
        assert source.is_same(identity.head)
        assert identity == source.identify()
        assert not make_resumable(b"another\n").is_same(identity.head)


@pytest.mark.parametrize("maker", [make_memory, make_file])
def test_a_source_that_grew_is_the_same(maker: Callable[[bytes, Path], Source], tmp_path: Path) -> None:
    identity = maker(LOG, tmp_path).identify()
    assert identity.length == len(LOG)
    assert maker(LOG + b"\nmore\n" * 1000, tmp_path).is_same(identity.head)


class TestFiles:
    def test_a_missing_file(self, tmp_path: Path) -> None:
        for act in (FileSource(tmp_path / "no.log").identify, lambda: FileSource(tmp_path / "no.log").open(0, limit=9)):
            with pytest.raises(UnreadableInput, match="does not exist; check the path"):
                act()

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableInput, match="is a folder"):
            FileSource(tmp_path).peek(1)

    def test_permission_is_explained(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(UnreadableInput, match="permission denied; check its owner"):
            FileSource(tmp_path / "a.log").identify()

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"\x7fELF\x02\x01\x00\x00", "is a binary file"),
            ("text\n".encode("utf-16-le").join([b"\xff\xfe", b""]), "is UTF-16LE; convert it first: iconv"),
        ],
    )
    def test_what_is_no_text(self, tmp_path: Path, data: bytes, words: str) -> None:
        path = tmp_path / "a.log"
        path.write_bytes(data)
        with pytest.raises(UnreadableInput, match=words):
            FileSource(path).peek(100)

    def test_a_broken_gzip_file_is_read_as_far_as_it_goes(self, tmp_path: Path) -> None:
        path = tmp_path / "a.log.gz"
        data = b"".join(os.urandom(20).hex().encode() + b"\n" for _ in range(60_000))
        path.write_bytes(gzip.compress(data)[:-40_000])
        source = FileSource(path)
        source.open(0, limit=1000)
        assert source.read().lines
        with pytest.raises(UnreadableInput, match="broken gzip file"):
            list(iter(source.read, None))
        source.close()

    def test_names_of_any_bytes_and_any_length_are_keys(self, tmp_path: Path) -> None:
        odd = FileSource(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.log")))
        assert odd.name.encode().endswith(b"\\xff.log")
        deep = [FileSource(tmp_path / ("d/" * 900) / name) for name in ("a.log", "b.log")]
        assert all(len(source.name) <= 1000 for source in deep)
        assert deep[0].name != deep[1].name


class TestFolders:
    def test_all_files_below_in_order(self, tmp_path: Path) -> None:
        for name in ("b.log", "a/2.log", "a/1.log", ".hidden", ".git/config", "a/.swp", "out.jsonl"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("x\n")
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "a" / "loop").symlink_to(tmp_path)
        (tmp_path / "itself").symlink_to(tmp_path / "itself")
        (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
        found = list(find_files(tmp_path, exclude={(tmp_path / "out.jsonl").resolve()}))
        names = [str(Path(each.title).relative_to(tmp_path)) for each in found if isinstance(each, FileSource)]
        assert names == ["a/1.log", "a/2.log", "b.log"]
        skipped = {Path(each.title).name: each for each in found if isinstance(each, Skipped)}
        assert set(skipped) == {".hidden", ".git", ".swp", "pipe", "loop", "itself", "dangling", "out.jsonl"}
        assert not any(each.wanted for each in skipped.values())

    def test_a_folder_inside_that_cannot_be_read_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "closed").mkdir()
        (tmp_path / "open.log").write_text("x\n")
        scan = os.scandir

        def refuse(path: Path) -> object:
            if Path(path).name == "closed":
                raise PermissionError(13, "Permission denied")
            return scan(path)

        monkeypatch.setattr(os, "scandir", refuse)
        skipped, source = find_files(tmp_path)
        assert isinstance(skipped, Skipped)
        assert skipped.wanted
        assert "permission denied" in skipped.reason
        assert isinstance(source, FileSource)

    def test_names_cannot_write_to_the_terminal(self, tmp_path: Path) -> None:
        (tmp_path / "a\x1b[2J\n.log").write_bytes(b"\x00")
        (source,) = find_files(tmp_path)
        assert source.title.endswith("a\\x1b[2J\\n.log")


class TestStreams:
    def test_silence_is_an_empty_batch_and_no_end(self) -> None:
        reading, writing = os.pipe()
        source = StreamSource(reading, title="pipe", idle_seconds=0.01)
        source.open(0, limit=100)
        os.write(writing, b"one\ntw")
        assert [line.text for line in source.read().lines] == ["one"]
        assert source.read() == Batch([])
        os.close(writing)
        last = source.read()
        assert ([line.text for line in last.lines], last.ended) == (["tw"], True)
        os.close(reading)
