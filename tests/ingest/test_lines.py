"""Bytes to lines: exact places, bounded memory, and no dependence on how the bytes arrive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.lines import LineSplitter
from ingest.sources.port import RawLine


def split(data: bytes, *, limit: int = 1000, chunk: int = 1 << 20, offset: int = 0) -> list[RawLine]:
    splitter = LineSplitter(offset=offset, limit=limit)
    lines: list[RawLine] = []
    for start in range(0, len(data), chunk):
        lines += splitter.feed(data[start : start + chunk])
    return lines + splitter.finish()


@given(st.binary(max_size=200), st.integers(1, 7), st.integers(1, 12))
def test_chunks_make_no_difference(data: bytes, chunk: int, limit: int) -> None:
    assert split(data, chunk=chunk, limit=limit) == split(data, limit=limit)


@given(st.binary(max_size=200), st.integers(1, 7))
def test_lines_cover_the_source_without_gaps(data: bytes, chunk: int) -> None:
    lines = split(data, chunk=chunk)
    ends = [0, *(line.end for line in lines)]
    assert [line.start for line in lines] == ends[:-1]
    assert ends[-1] == len(data)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\ufeff"), max_size=20)))
def test_text_comes_back(texts: list[str]) -> None:
    data = "".join(text + "\n" for text in texts).encode()
    assert [line.text for line in split(data, chunk=3)] == texts


@given(st.binary(max_size=100), st.data())
def test_reading_on_from_any_line_gives_the_rest(data: bytes, choice: st.DataObject) -> None:
    lines = split(data)
    at = choice.draw(st.integers(0, len(lines)))
    offset = lines[at].start if at < len(lines) else len(data)
    assert split(data[offset:], offset=offset) == lines[at:]


def test_a_last_line_without_break_counts() -> None:
    assert [line.text for line in split(b"one\ntwo")] == ["one", "two"]


def test_a_break_at_the_end_starts_no_line() -> None:
    assert split(b"one\n") == [RawLine(0, 4, "one")]


def test_carriage_returns_and_the_byte_order_mark_go() -> None:
    assert [line.text for line in split(b"\xef\xbb\xbfone\r\ntwo\r\n")] == ["one", "two"]


def test_only_the_line_feed_ends_a_line() -> None:
    assert [line.text for line in split("a\x0bb\x0cc\u2028d\x85e\rf\n".encode())] == ["a\x0bb\x0cc\u2028d\x85e\rf"]


def test_a_long_line_is_cut_and_its_end_is_kept_right() -> None:
    lines = split(b"a" * 5000 + b"\nnext\n", limit=100, chunk=64)
    assert lines == [RawLine(0, 5001, "a" * 100, cut=True), RawLine(5001, 5006, "next")]


def test_memory_is_bounded_on_an_endless_line() -> None:
    splitter = LineSplitter(offset=0, limit=1000)
    for _ in range(1000):
        assert splitter.feed(b"x" * 10_000) == []
        assert len(splitter._held) <= 1000
    assert splitter.finish() == [RawLine(0, 10_000_000, "x" * 1000, cut=True)]


def test_a_cut_through_a_character_is_no_broken_text() -> None:
    for limit in range(4, 9):
        line = split("错误错误\n".encode(), limit=limit)[0]
        assert line.text == "错误错误"[: limit // 3]
        assert (line.cut, line.undecodable) == (True, False)


def test_bytes_that_are_no_text_are_replaced_and_told() -> None:
    assert split(b"good\nb\xffd\n") == [RawLine(0, 5, "good"), RawLine(5, 9, "b\ufffdd", undecodable=True)]
