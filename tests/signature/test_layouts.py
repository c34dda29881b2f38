"""The layouts that people run: what each header says, and that nothing of it is left in the template."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.line_kinds import kind_of
from knowledge_base.signature import Signer, has_header, read_header, sign
from knowledge_base.signature.headers.header import header_span
from tests.signature.layouts import LAYOUTS, ROWS, Layout
from tests.signature.samples import ANY_LINE

AT = datetime(2024, 6, 11, 10, 22, 33, tzinfo=UTC)
NOW = datetime(2024, 7, 1, tzinfo=UTC)


MESSAGES = [
    "lost parcels of ann",
    "Grumbling Zorbs: wobble failed",
    "table quux_7 not found",
    "relation 'plugh' missing at 7",
    "FizzBuzz: wobble",
    "[Errno 28] No space left on device",
    "java.io.IOException: sprocket gone",
]


@pytest.mark.parametrize("layout", LAYOUTS + ROWS, ids=lambda layout: layout.line[:60])
def test_what_the_header_says(layout: Layout) -> None:
    header = read_header(layout.line, now=NOW)
    at = header.at.replace(microsecond=0) if header.at else None
    assert at == (AT if layout.timed else None)
    assert (header.level, header.service, header.host, header.message) == layout[1:5]


@pytest.mark.parametrize("layout", LAYOUTS + ROWS, ids=lambda layout: layout.line[:60])
def test_the_header_leaves_the_template(layout: Layout) -> None:
    lines = [layout.line.replace("ready", message) for message in ("ready", *MESSAGES)]
    signatures = [sign(line) for line in lines]
    assert Signer().sign_all(lines) == signatures
    assert [sign(read_header(line, now=NOW).message) for line in lines] == signatures
    assert layout.message != "ready" or signatures[0] == sign("ready")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.line[:60])
def test_each_layout_starts_an_event(layout: Layout) -> None:
    assert has_header(layout.line.split("\n")[0])


@pytest.mark.parametrize(
    "line",
    [
        "Error: lost",
        "Exception: lost",
        "java.lang.IllegalStateException: lost",
        "FAILED: lost",
        "Key: value",
        "user=ann msg=late now",
        "type=AVC msg=audit(1718101353.123:7): avc: denied",
        "at noon the job failed",
        "12 files in dir-3",
        "a | b | c",
        "[HID] [MT] lost",
        "[client 10.0.0.1] lost",
        "Jun is a month",
        "sub-job 7 of 12 failed",
        "<unknown> lost",
        "- lost",
        "{not json}",
        "server.login: lost",
        "错误：1045，lost",
        "警告不是错误",
    ],
)
def test_messages_without_a_header_are_left_alone(line: str) -> None:
    assert (has_header(line), header_span(line).end, read_header(line).message) == (False, 0, line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2024-06-11 10:22:33 ERROR [Errno 28] No space", "[Errno 28] No space"),
        ("2024-06-11 10:22:33 ERROR [SSL: WRONG_VERSION] lost", "[SSL: WRONG_VERSION] lost"),
        ("2024-06-11 10:22:33 ERROR [HY000] lost", "[HY000] lost"),
        ("2024-06-11 10:22:33 ERROR org.acme.BadError: lost", "org.acme.BadError: lost"),
        ("2024-06-11 10:22:33 ERROR Timeout: lost", "Timeout: lost"),
        ("2024/06/11 10:22:33 ERROR Failed: lost", "Failed: lost"),
        ("2024-06-11 10:22:33 ERROR [main] org.acme.Job failed", "org.acme.Job failed"),
        ("2024-06-11 10:22:33 ERROR config.yaml is missing", "config.yaml is missing"),
        ("2024-06-11 10:22:33 a report of ERROR rates", "a report of ERROR rates"),
        ("2024-06-11 10:22:33 ORA-00942: table or view", "ORA-00942: table or view"),
        ("2024-06-11 10:22:33 ERROR cannot load (java.io.IOException)", "cannot load (java.io.IOException)"),
        ("[2024-06-11 10:22:33,123] ERROR cannot load (see the log)", "cannot load (see the log)"),
    ],
)
def test_what_carries_meaning_stays(line: str, message: str) -> None:
    assert read_header(line).message == message


def test_a_row_and_pairs_that_say_the_same_have_one_fingerprint() -> None:
    row = '{"time":"2024-06-11T10:22:33Z","level":"error","msg":"cannot pull","error":"disk is full","image":"a:1"}'
    pairs = 'time="2024-06-11T10:22:33Z" level=error msg="cannot pull" error="disk is full" image=a:1'
    assert read_header(pairs).message == "cannot pull\ndisk is full"
    assert sign(pairs) == sign(row) == sign(f"2024-06-11T10:22:33Z stderr F {pairs}")


def test_the_logger_at_the_end_of_a_line_is_the_service() -> None:
    header = read_header("[2024-06-11 10:22:33,123] WARN [Log partition=a-0] lost (kafka.log.Log)")
    assert (header.service, header.message) == ("kafka.log.Log", "lost")


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(ANY_LINE, st.sampled_from(LAYOUTS).flatmap(lambda layout: ANY_LINE.map(layout.line.__add__))))
def test_a_header_ends_within_its_text(text: str) -> None:
    assert 0 <= header_span(text).end <= len(text)


@settings(max_examples=300, deadline=None)
@given(layout=st.sampled_from(LAYOUTS), data=st.data())
def test_neither_kind_nor_extent_depends_on_the_digits(layout: Layout, data: st.DataObject) -> None:
    digits = st.sampled_from("0123456789")
    other = "".join(data.draw(digits) if character.isdigit() else character for character in layout.line)
    assert kind_of(other) is kind_of(layout.line)
    assert header_span(other).end == header_span(layout.line).end


@settings(max_examples=200, deadline=None)
@given(layout=st.sampled_from(LAYOUTS), message=st.sampled_from(MESSAGES))
def test_the_message_is_never_empty(layout: Layout, message: str) -> None:
    assert read_header(layout.line.replace("ready", message)).message.strip()
