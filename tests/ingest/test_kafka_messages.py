"""From the messages of a partition to records: joining by key, rows and lines, times, saved state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.reading import Origin
from ingest.sources.kafka.messages import OPEN_BYTES, OPEN_STREAMS, MessageOptions, PartitionReader
from ingest.sources.kafka.place import parse_place
from knowledge_base.errors import BadRow, InputError
from knowledge_base.types import LogRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAMP = int((NOW - timedelta(hours=1)).timestamp() * 1000)
OPTIONS = MessageOptions(Format.AUTO, JoinMode.AUTO, 1000)
TRACE = (b"2026-03-01 10:00:00 ERROR job failed", b"java.io.IOException: disk full", b"\tat a.B.c(B.java:1)")


@dataclass
class Sent:
    offset: int
    value: bytes | None
    key: bytes | None = None
    timestamp: int = STAMP


def reader(options: MessageOptions = OPTIONS, *, offset: int = 0) -> PartitionReader:
    return PartitionReader(Origin("default", "logs/0"), options, offset=offset)


def read(messages: list[Sent], options: MessageOptions = OPTIONS) -> list[LogRecord]:
    partition = reader(options)
    reading = partition.feed(messages, NOW)
    return [*reading.records, *partition.flush(NOW).records]


def numbered(*values: bytes | tuple[bytes, bytes]) -> list[Sent]:
    return [
        Sent(number, value[1], value[0]) if isinstance(value, tuple) else Sent(number, value)
        for number, value in enumerate(values)
    ]


def test_lines_join_with_their_neighbours() -> None:
    records = read(numbered(*TRACE, b"2026-03-01 10:00:01 INFO all is well"))
    assert [record.text.count("\n") for record in records] == [2, 0]
    assert [record.offset for record in records] == [3, 4]


def test_lines_of_several_keys_join_each_by_itself() -> None:
    messages = numbered(*(pair for line in TRACE for pair in ((b"a", line), (b"b", line))))
    assert [record.text.encode().split(b"\n") for record in read(messages)] == [list(TRACE), list(TRACE)]


def test_a_value_of_several_lines_is_one_event() -> None:
    records = read(numbered(b"first", b"\n".join([*TRACE, b"2026-03-01 10:00:02 ERROR and again"]), b"last"))
    assert [record.text.count("\n") for record in records] == [0, 3, 0]


@pytest.mark.parametrize(
    ("value", "text", "level"),
    [
        (b'{"message": "disk full", "level": "error"}', "disk full", "ERROR"),
        (b'{"what": "no text that we know"}', '{"what": "no text that we know"}', ""),
        (b'{"message": broken', '{"message": broken', ""),
        ("磁盘已满".encode(), "磁盘已满", ""),
        (b"bad \xff byte", "bad � byte", ""),
    ],
)
def test_each_value_is_read_as_what_it_is(value: bytes, text: str, level: str) -> None:
    [record] = read(numbered(value))
    assert (record.text, record.level) == (text, level)


def test_rows_alone_reject_what_is_none() -> None:
    partition = reader(MessageOptions(Format.JSONL, JoinMode.AUTO, 1000))
    reading = partition.feed(numbered(b'{"text": "x"}', b"no row"), NOW)
    assert [record.text for record in reading.records] == ["x"]
    assert [letter.offset for letter in reading.rejected] == [1]


def test_what_is_deleted_is_passed_over() -> None:
    partition = reader()
    assert partition.feed([Sent(0, None), Sent(5, None)], NOW).records == []
    assert partition.next_offset == 6


def test_the_time_is_that_of_the_line_or_else_of_the_message() -> None:
    lines = numbered(b"2026-03-01 10:00:00 ERROR own time", b'{"text": "a row"}')
    own, message = sorted(read(lines), key=lambda record: record.offset)
    assert own.at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert message.at == NOW - timedelta(hours=1)


@pytest.mark.parametrize("end", ["next line", "idle", "flush", "restart"])
def test_an_event_that_is_closed_later_has_the_time_of_its_message(end: str) -> None:
    partition = reader()
    partition.feed([Sent(0, b"ERROR no time of its own", b"k")], NOW)
    later = NOW + timedelta(seconds=10)
    if end == "restart":
        saved, partition = partition.dump(), reader(offset=1)
        partition.load(saved)
    reading = {
        "next line": lambda: partition.feed([Sent(1, b"another", b"k", STAMP + 5000)], later),
        "idle": lambda: partition.idle(later),
        "flush": lambda: partition.flush(later),
        "restart": lambda: partition.flush(later),
    }[end]()
    [record] = reading.records
    assert record.at == NOW - timedelta(hours=1)


def test_a_message_that_makes_no_sense_as_a_time_counts_as_now() -> None:
    assert [record.at for record in read([Sent(0, b"x", timestamp=-1), Sent(1, b"y", timestamp=10**17)])] == [NOW, NOW]


def test_a_long_line_is_cut() -> None:
    [record] = read(numbered(b"x" * 5000))
    assert len(record.text) == 1000


def test_what_was_read_before_is_left_out() -> None:
    partition = reader(offset=2)
    reading = partition.feed(numbered(b"a", b"b", b"c"), NOW)
    assert [record.text for record in [*reading.records, *partition.flush(NOW).records]] == ["c"]


@given(
    st.lists(
        st.tuples(st.sampled_from([b"", b"a", b"b"]), st.sampled_from([*TRACE, b"x", b'{"text": "y"}'])), max_size=25
    ),
    st.integers(0, 25),
)
def test_a_restart_anywhere_loses_and_doubles_nothing(sent: list[tuple[bytes, bytes]], cut: int) -> None:
    messages = [Sent(number, value, key or None) for number, (key, value) in enumerate(sent)]
    whole = sorted((record.offset, record.text) for record in read(messages))
    first = reader()
    before = first.feed(messages[:cut], NOW).records
    second = reader(offset=first.next_offset)
    second.load(first.dump())
    after = [*second.feed(messages, NOW).records, *second.flush(NOW).records]
    assert sorted((record.offset, record.text) for record in [*before, *after]) == whole


def test_secrets_of_an_open_event_are_not_saved() -> None:
    partition = reader()
    partition.feed(numbered(b"2026-03-01 10:00:00 ERROR login password=hunter2secret failed"), NOW)
    assert partition.is_open
    assert "hunter2secret" not in str(partition.dump())


@pytest.mark.parametrize(
    "state", [{"": 1}, {"": {"headed": None, "joining": "{"}}, {"": {"headed": [1], "joining": "x"}}]
)
def test_a_state_that_was_tampered_with_is_refused(state: dict[str, object]) -> None:
    with pytest.raises(BadRow, match="start the source again"):
        reader().load(state)


def test_open_events_are_bounded() -> None:
    partition = reader()
    for number in range(OPEN_STREAMS * 2):
        partition.feed([Sent(number, b"2026-03-01 10:00:00 ERROR x", b"k%d" % number)], NOW)
    assert len(partition.dump()) <= OPEN_STREAMS


def test_what_is_open_is_bounded_in_size() -> None:
    options = MessageOptions(Format.AUTO, JoinMode.AUTO, 1_000_000)
    partition = reader(options)
    for number in range(20):
        partition.feed([Sent(number, b"2026-03-01 10:00:00 ERROR " + b"x" * 900_000, b"k%d" % number)], NOW)
    assert len(str(partition.dump())) < OPEN_BYTES + 1_000_000


@pytest.mark.parametrize("number", ["1e999", "-1e999", "Infinity", "NaN"])
def test_a_number_that_json_does_not_have_makes_no_row(number: str) -> None:
    partition = reader(MessageOptions(Format.JSONL, JoinMode.AUTO, 1000))
    reading = partition.feed(numbered(b'{"text": "x", "load": %s}' % number.encode()), NOW)
    assert (len(reading.records), len(reading.rejected)) == (0, 1)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("http://a/b", "looks like"),
        ("kafka://user:secret@host/logs", "does not belong into the address"),
        ("kafka://host/", "name a broker and a topic"),
        ("kafka:///logs", "name a broker and a topic"),
        ("kafka://host/lo gs", "cannot be a topic"),
        ("kafka://host/logs?colour=red", "no option 'colour'"),
        ("kafka://host/logs?format=xml", "none of"),
        ("kafka://host/logs?start=now", "none of"),
        ("kafka://host/logs?enriched=logs", "at the same time"),
        ("kafka://ho$t/logs", "is no host"),
        ("kafka://host/logs?group=", "needs a name"),
    ],
)
def test_a_wrong_address_is_explained(address: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        parse_place(address)
    assert "secret" not in str(caught.value)
