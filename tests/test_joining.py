import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.join_state import dump_state, load_state
from ingest.joining import Event, JoinLimits, JoinMode, JoinState, Line, close_idle, flush, join_lines, step
from ingest.line_kinds import LineKind, kind_of
from knowledge_base.errors import BadRow

LIMITS = JoinLimits()
JAVA = """2024-06-11 10:22:33,123 ERROR [main] org.acme.Job: load failed
java.lang.RuntimeException: cannot load
\tat org.acme.Job.load(Job.java:41)
\tat org.acme.Job.main(Job.java:12)
\tSuppressed: java.io.IOException: close failed
\t\tat org.acme.Pool.close(Pool.java:7)
Caused by: java.io.IOException: disk is full
\tat org.acme.Disk.write(Disk.java:9)
\t... 2 more"""
PYTHON = """2024-06-11 10:22:33,123 ERROR job: failed
Traceback (most recent call last):
  File "/opt/job.py", line 3, in run
    read()
KeyError: 'day'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/job.py", line 9, in main
    run()
JobError: no day"""
GO = """panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.pick(0xc000010000, 0x5)
\t/app/main.go:17 +0x1d
main.main()
\t/app/main.go:8 +0x2a
exit status 2"""
POSTGRES = """2024-06-11 10:22:33.250 UTC [4711] ERROR:  duplicate key value violates unique constraint "orders_pkey"
2024-06-11 10:22:33.250 UTC [4711] DETAIL:  Key (id)=(12) already exists.
2024-06-11 10:22:33.250 UTC [4711] STATEMENT:  INSERT INTO orders VALUES
\t(12)"""
PLAIN = "FAILED: the query was refused"
HEADED = "24/06/11 10:22:33 INFO executor.Executor: Running task"


def lines_of(text: str) -> list[Line]:
    lines, offset = [], 0
    for row in text.split("\n"):
        end = offset + len(row.encode()) + 1
        lines.append(Line(row, offset, end))
        offset = end
    return lines


def join(text: str, *, mode: JoinMode = JoinMode.AUTO, limits: JoinLimits = LIMITS) -> list[Event]:
    return join_lines(lines_of(text), mode=mode, limits=limits)


@pytest.mark.parametrize("block", [JAVA, PYTHON, GO, POSTGRES], ids=["java", "python", "go", "postgresql"])
@pytest.mark.parametrize("around", [HEADED, PLAIN], ids=["headed", "plain"])
def test_a_trace_is_one_event_between_its_neighbours(block: str, around: str) -> None:
    texts = [event.text for event in join(f"{around}\n{block}\n{around}\n{block}")]
    assert texts == [around, block, around, block]


def test_events_carry_their_offsets() -> None:
    text = f"{PLAIN}\n{JAVA}\n{HEADED}\n"
    data = text.encode()
    events = join(text)
    assert [data[event.start : event.end].decode().rstrip("\n") for event in events] == [PLAIN, JAVA, HEADED]
    assert events[-1].end == len(data) + 1  # the empty line behind the last line end
    assert [event.lines for event in events] == [1, 9, 1]


def test_plain_lines_stay_alone() -> None:
    assert [event.text for event in join(f"{HEADED}\n{PLAIN}\n{PLAIN}")] == [HEADED, PLAIN, PLAIN]


def test_a_traceback_of_a_script_does_not_join_the_plain_line_before() -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nKeyboardInterrupt'
    assert [event.text for event in join(f"{PLAIN}\n{trace}\n{PLAIN}")] == [PLAIN, trace, PLAIN]


def test_psql_prints_details_without_header() -> None:
    block = 'ERROR:  relation "t" does not exist\nDETAIL:  none\nHINT:  look'
    assert [event.text for event in join(f"{block}\n{PLAIN}")] == [block, PLAIN]


def test_a_message_that_names_a_query_is_its_own_event() -> None:
    text = "2024-06-11 10:22:33 INFO driver: QUERY: select 1"
    assert [event.text for event in join(f"{HEADED}\n{text}")] == [HEADED, text]


def test_off_gives_one_event_a_line_and_drops_empty_ones() -> None:
    events = join(f"{JAVA}\n\n  \n{PLAIN}", mode=JoinMode.OFF)
    assert [event.text for event in events] == [*JAVA.split("\n"), PLAIN]


def test_the_size_of_an_event_is_bounded_in_bytes() -> None:
    limits = JoinLimits(max_bytes=1_000)
    (event,) = join("文" * 10 + "\n" + "\n".join("\t文" + "字" * 50 for _ in range(100)), limits=limits)
    assert event.truncated
    assert 900 < len(event.text.encode()) <= 1_000
    assert event.lines == 101
    (long,) = join("x" * 5_000, limits=limits)
    assert (long.truncated, len(long.text)) == (True, 1_000)


def test_the_number_of_lines_is_bounded_but_all_are_taken_in() -> None:
    (event,) = join("first\n" + "\tmore\n" * 500 + "\tlast", limits=JoinLimits(max_lines=20))
    assert (event.truncated, event.text.count("\n"), event.lines) == (True, 19, 502)


def test_idle_and_flush_close_what_is_open() -> None:
    state, events = step(JoinState(), Line("ERROR: x", 10, 19), 5.0, limits=LIMITS)
    assert (events, state.open_since) == ((), 10)
    assert close_idle(state, 5.2, limits=LIMITS) == (state, ())
    closed, events = close_idle(state, 5.31, limits=LIMITS)
    assert ([event.text for event in events], closed.open_since) == (["ERROR: x"], None)
    assert flush(closed) == (closed, ())


def test_empty_lines_alone_make_no_event() -> None:
    assert join("\n\n  \n") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\tat a.b.C.d(C.java:1)", LineKind.FRAME),
        ("    at run (/app/index.js:3:5)", LineKind.FRAME),
        ("... 12 more", LineKind.FRAME),
        ("Caused by: x", LineKind.FRAME),
        ("  indented", LineKind.INDENTED),
        ("}", LineKind.CLOSER),
        ("at noon the job failed", LineKind.PLAIN),
        ("ValueError: x", LineKind.EXCEPTION),
        ("<34>1 2024-06-11T10:22:33Z host app - - - x", LineKind.HEADER),
        ("Jun 11 10:22:33 host sshd[3]: x", LineKind.HEADER),
        ("I0611 10:22:33.123456    12 a.go:1] x", LineKind.HEADER),
        ("HINT:  x", LineKind.SIDE),
    ],
)
def test_kinds(text: str, kind: LineKind) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"mode":"auto","open":{"texts":1},"last_at":0}', '{"mode":"x"}'])
def test_a_broken_state_says_so(text: str) -> None:
    with pytest.raises(BadRow, match="cannot be read"):
        load_state(text)


ROWS = st.lists(
    st.sampled_from(
        [*JAVA.split("\n"), *PYTHON.split("\n"), *GO.split("\n"), *POSTGRES.split("\n"), PLAIN, HEADED, "}"]
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, cut=st.integers(0, 40))
def test_a_state_saved_in_between_changes_nothing_and_no_line_is_lost(rows: list[str], cut: int) -> None:
    lines = lines_of("\n".join(rows)) if rows else []
    whole = join_lines(lines, mode=JoinMode.AUTO, limits=LIMITS)
    state, events = JoinState(), []
    for number, line in enumerate(lines):
        if number == cut:
            saved = dump_state(state)
            json.loads(saved)
            state = load_state(saved)
        state, finished = step(state, line, float(number), limits=LIMITS)
        events += finished
    assert [*events, *flush(state)[1]] == whole
    assert [row for event in whole for row in event.text.split("\n") if row.strip()] == [r for r in rows if r.strip()]
    for before, after in pairwise(whole):
        assert before.end <= after.start


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_can_be_joined(text: str) -> None:
    for event in join(text):
        assert event.text.strip()
