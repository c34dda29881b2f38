"""Lines to records: joined as joining says, with what their headers and rows tell."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats import Format, guess
from ingest.joining import JoinLimits, JoinMode, Line, join_lines
from ingest.line_kinds import kind_of
from ingest.plain_reader import PlainReader
from ingest.reading import Origin, Reading
from ingest.row_reader import RowReader, cut_text
from ingest.rows import parse_row, usable_time
from ingest.shapes import Shape, Shapes
from ingest.sources.port import RawLine
from ingest.stamps import read_stamp
from knowledge_base.errors import BadRow
from knowledge_base.signature import read_header, read_time

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin("shop", "a.log")
PIECES = (
    "2026-02-28 10:00:00,123 ERROR [main] org.acme.Job: read of part-{} failed",
    "2026-02-28T10:00:00.5Z worker-{} WARN slow",
    "Feb 28 10:00:0{} host{} sshd[{}]: closed",
    "E0228 10:00:00.12345{} 77 pod.go:{}] no such pod",
    "[ERROR] org.acme.A{} - broken",
    "java.io.IOException: part {}",
    "\tat org.acme.Job{}.run(Job.java:{})",
    "Caused by: java.lang.RuntimeException: {}",
    "Traceback (most recent call last):",
    '  File "a{}.py", line {}, in f',
    "ValueError: {}",
    "DETAIL:  Key (id)=({}) exists.",
    "goroutine {} [running]:",
    "",
    "  ",
    "plain {} words",
    '{{"level": "error", "msg": "disk {}"}}',
)
LINES = st.lists(
    st.builds(lambda piece, number: piece.format(*[number] * 3), st.sampled_from(PIECES), st.integers(0, 99)),
    max_size=25,
)
ENDS = st.sampled_from(["", "", " ", "\t"])
LIMITS = JoinLimits(max_bytes=400, max_lines=6)


def raw_lines(texts: list[str]) -> list[RawLine]:
    lines, place = [], 0
    for text in texts:
        end = place + len(text.encode()) + 1
        lines.append(RawLine(place, end, text))
        place = end
    return lines


def everything(reader: PlainReader | RowReader, lines: list[RawLine], size: int = 1000) -> Reading:
    whole = Reading()
    for start in range(0, len(lines), size):
        found = reader.feed(lines[start : start + size], NOW)
        whole.records += found.records
        whole.rejected += found.rejected
        whole.cut += found.cut
    whole.records += reader.flush(NOW).records
    return whole


class TestPlain:
    @settings(max_examples=300)
    @given(LINES, st.integers(1, 9))
    def test_events_are_those_of_joining(self, texts: list[str], size: int) -> None:
        lines = raw_lines(texts)
        reader = PlainReader(ORIGIN, mode=JoinMode.AUTO, limits=LIMITS)
        records = everything(reader, lines, size).records
        expected = join_lines(
            (Line(line.text, line.start, line.end) for line in lines), mode=JoinMode.AUTO, limits=LIMITS
        )
        assert [(each.text, each.offset) for each in records] == [
            (event.text, lines_end(event.end, lines)) for event in expected
        ]

    @given(LINES, st.integers(0, 25))
    def test_reading_on_at_the_first_open_line_gives_the_same_events(self, texts: list[str], stop: int) -> None:
        lines = raw_lines(texts)
        whole = everything(PlainReader(ORIGIN, mode=JoinMode.AUTO, limits=LIMITS), lines).records
        reader = PlainReader(ORIGIN, mode=JoinMode.AUTO, limits=LIMITS)
        first = reader.feed(lines[:stop], NOW).records
        since = reader.open_since
        rest = [line for line in lines if line.start >= (since if since is not None else _end(lines[:stop]))]
        again = everything(PlainReader(ORIGIN, mode=JoinMode.AUTO, limits=LIMITS), rest).records
        assert [each.text for each in [*first, *again]] == [each.text for each in whole]

    def test_what_the_header_tells(self) -> None:
        line = "2026-02-28 10:00:00,123 ERROR [main] org.acme.Job: read failed"
        record = everything(PlainReader(ORIGIN, mode=JoinMode.AUTO, limits=LIMITS), raw_lines([line])).records[0]
        assert record.at == datetime(2026, 2, 28, 10, 0, 0, 123_000, UTC)
        assert (record.service, record.level, record.text) == ("org.acme.Job", "ERROR", line)

    def test_a_named_service_wins_over_the_header(self) -> None:
        origin = Origin("shop", "a.log", "billing")
        line = "2026-02-28 10:00:00,123 ERROR [main] org.acme.Job: read failed"
        assert (
            everything(PlainReader(origin, mode=JoinMode.AUTO, limits=LIMITS), raw_lines([line])).records[0].service
            == "billing"
        )

    def test_a_line_without_time_has_that_of_the_clock(self) -> None:
        reader = PlainReader(ORIGIN, mode=JoinMode.AUTO, limits=LIMITS)
        assert everything(reader, raw_lines(["disk full"])).records[0].at == NOW

    def test_an_event_waits_for_its_next_line_and_not_for_ever(self) -> None:
        reader = PlainReader(ORIGIN, mode=JoinMode.AUTO, limits=LIMITS)
        assert reader.feed(raw_lines(["ERROR: broken"]), NOW).records == []
        assert reader.open_since == 0
        assert reader.idle(NOW).records == []
        later = NOW.replace(second=1)
        assert [each.text for each in reader.idle(later).records] == ["ERROR: broken"]
        assert reader.open_since is None


def lines_end(end: int, lines: list[RawLine]) -> int:
    """An event's end is that of a line."""
    assert end in {line.end for line in lines}
    return end


def _end(lines: list[RawLine]) -> int:
    return lines[-1].end if lines else 0


def agrees_with_the_line(line: str, shape: Shape, shapes: Shapes) -> None:
    heading, header = shapes.heading(line, shape, now=NOW), read_header(line, now=NOW)
    assert (heading.at, heading.level, heading.service) == (header.at, header.level, header.service)
    assert shape.kind is kind_of(line)


class TestShapes:
    @settings(max_examples=300)
    @given(LINES, st.booleans(), st.data())
    def test_a_remembered_shape_reads_as_the_line_itself(
        self, texts: list[str], at_once: bool, data: st.DataObject
    ) -> None:
        shapes = Shapes(capacity=8)
        runs = st.text("0123456789", min_size=1, max_size=5)
        lines = [re.sub("[0-9]+", lambda _: data.draw(runs), text) + data.draw(ENDS) for text in texts]
        for line, shape in zip(lines, shapes.of_all(lines) if at_once else map(shapes.of, lines), strict=True):
            agrees_with_the_line(line, shape, shapes)
            # So it does as the first line of an event.
            event = f"{line}\n\tat org.acme.Job.run(Job.java:7)"
            heading, header = shapes.heading(event, shape, now=NOW), read_header(event, now=NOW)
            assert (heading.at, heading.level, heading.service) == (header.at, header.level, header.service)

    @given(st.lists(st.text(max_size=30) | st.text("019:-.,[]{}() TZ", max_size=30), max_size=5))
    def test_any_line_has_a_shape(self, lines: list[str]) -> None:
        shapes = Shapes(capacity=4)
        for line, shape in zip(lines, shapes.of_all(lines), strict=True):
            agrees_with_the_line(line, shape, shapes)

    @pytest.mark.parametrize(
        "line", ["}12", "}1234", "2026-02-28 10:00:00 ERROR " + "x1 " * 300, "half \ud800 1", "\x1e"]
    )
    def test_lines_that_are_read_by_themselves(self, line: str) -> None:
        shapes = Shapes()
        for shape in (shapes.of(line), *shapes.of_all(["}1", line])[1:]):
            agrees_with_the_line(line, shape, shapes)

    @pytest.mark.parametrize(
        "stamp",
        [
            "2026-02-30 10:00:00",
            "2026-02-28 25:00:00,123",
            "0024-01-01 00:00:00",
            "0000-00-00 00:00:00",
            "2026-02-28T10:00:00.123456",
            "2026-02-28 10:00:00+02:00",
            "1999-12-31 23:59:60",
            "2026-02-28 10:00:00.5",
            "2026-02-28 10:00:00,123Z",
            "2026-02-28 10:00:00.123 UTC",
            "2026-02-28 10:00:00 CST",
            "26/02/28 10:00:00",
            "32/02/28 10:00:00",
            "26/02/32 10:00:00",
            "26/13/28 10:00:00",
            "28/02/2026 1:00",
            "２０26-02-28 10:00:00",
        ],
    )
    def test_odd_times_are_read_as_without_the_shortcut(self, stamp: str) -> None:
        assert read_stamp(stamp, now=NOW) == read_time(stamp, now=NOW)


class TestRows:
    def test_fields_under_their_usual_names(self) -> None:
        row = parse_row(
            '{"message": "x", "@timestamp": "2026-02-28T10:00:00+08:00", "level": "warn", "service": "api"}', now=NOW
        )
        assert (row.text, row.at, row.level, row.service) == (
            "x",
            datetime(2026, 2, 28, 2, tzinfo=UTC),
            "WARN",
            "api",
        )

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("{", "broken JSON"),
            ('{"text": "a"} {', "broken JSON: Extra data"),
            ("[" * 100_000, "nested too deeply"),
            ('{"text": "a", "n": NaN}', "NaN is no JSON number"),
            ('{"n": ' + "9" * 10_000 + "}", "broken JSON"),
            ("null", "not a JSON object but null"),
            ("3", "not a JSON object but a number"),
            ("{}", "no text"),
            ('{"text": null}', "no text"),
            ('{"text": {"a": 1}}', "is not a text but an object"),
            ('{"text": true}', "is not a text but a truth value"),
            ('{"text": " \\n "}', "is empty"),
        ],
    )
    def test_rows_that_cannot_be_used(self, line: str, reason: str) -> None:
        with pytest.raises(BadRow, match=reason):
            parse_row(line, now=NOW)

    @given(st.text(max_size=60))
    def test_any_line_is_a_row_or_a_reason(self, line: str) -> None:
        reading = everything(RowReader(ORIGIN, max_event_bytes=1000), raw_lines([line]))
        assert len(reading.records) + len(reading.rejected) == bool(line.strip())
        assert all(letter.reason for letter in reading.rejected)

    def test_a_field_twice_counts_as_its_last(self) -> None:
        assert parse_row('{"text": "a", "text": "b"}', now=NOW).text == "b"

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (1_772_272_800, datetime(2026, 2, 28, 10, tzinfo=UTC)),
            (1_772_272_800_000, datetime(2026, 2, 28, 10, tzinfo=UTC)),
            ("2026-02-28 10:00:00", datetime(2026, 2, 28, 10, tzinfo=UTC)),
            ("yesterday", None),
            (0, None),
            (-1e300, None),
            (float("inf"), None),
            ("9999-12-31 23:59:59", None),
            (True, None),
            ([], None),
            (None, None),
        ],
    )
    def test_times(self, value: object, expected: datetime | None) -> None:
        assert usable_time(value, now=NOW) == expected

    def test_broken_rows_stand_between_good_ones(self) -> None:
        lines = raw_lines(['{"text": "a"}', "broken", "", '{"text": "b"}'])
        reading = everything(RowReader(ORIGIN, max_event_bytes=1000), lines)
        assert [each.text for each in reading.records] == ["a", "b"]
        assert [(each.offset, each.source) for each in reading.rejected] == [(lines[1].start, "a.log")]

    def test_time_and_level_from_the_text_where_the_row_has_none(self) -> None:
        row = '{"text": "2026-02-28 10:00:00,123 ERROR [main] org.acme.Job: read failed"}'
        record = everything(RowReader(ORIGIN, max_event_bytes=1000), raw_lines([row])).records[0]
        assert (record.at.day, record.level, record.service) == (28, "ERROR", "org.acme.Job")

    @given(st.text(max_size=40), st.integers(0, 60))
    def test_cutting_keeps_whole_characters(self, text: str, limit: int) -> None:
        cut = cut_text(text, limit)
        assert text.startswith(cut)
        assert len(cut.encode("utf-8", "surrogatepass")) <= limit or cut is text


class TestGuess:
    @pytest.mark.parametrize(
        ("title", "head", "expected"),
        [
            ("a.log", b'{"text": "x"}\n{"msg": "y"}\n', Format.JSONL),
            ("a.log", b'{"text": "x"}\nplain\n', Format.PLAIN),
            ("a.log", b'{"event": "x"}\n', Format.PLAIN),
            ("a.jsonl", b'{broken\n{"text": "x"}\n', Format.JSONL),
            ("a.ndjson.gz", b"{broken\n", Format.JSONL),
            ("a.log", b"", Format.PLAIN),
            ("a.log", b"[" * 70_000, Format.PLAIN),
            ("standard input", b'\n{"message": "x"}', Format.JSONL),
        ],
    )
    def test_by_the_first_rows(self, title: str, head: bytes, expected: Format) -> None:
        assert guess(title, head) is expected
