"""Traces of the languages that people run: one event, and the chain of errors with the user's own frames."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.joining import JoinLimits, JoinMode, Line, join_lines
from knowledge_base.signature import has_header, sign
from knowledge_base.signature.traces import condense
from tests.signature.traces import TRACES, Trace

PLAIN = "FAILED: the query was refused"
HEADED = "24/06/11 10:22:33 INFO executor.Executor: Running task"


EACH = pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)


def join(rows: list[str]) -> list[str]:
    lines = [Line(row, at, at + 1) for at, row in enumerate(rows)]
    return [event.text for event in join_lines(lines, mode=JoinMode.AUTO, limits=JoinLimits())]


@EACH
def test_the_template(trace: Trace) -> None:
    assert tuple(sign(trace.text).template.split("\n")) == trace.template


@EACH
def test_condensing_once_more_changes_nothing(trace: Trace) -> None:
    template = sign(trace.text).template
    assert condense(template) == template
    assert sign(template) == sign(trace.text)


@pytest.mark.parametrize("name", [name for name in TRACES if name != "python syntax"])
def test_a_trace_is_one_event_between_plain_lines(name: str) -> None:
    text = TRACES[name].text
    assert join([PLAIN, *text.split("\n"), PLAIN, *text.split("\n")]) == [PLAIN, text.rstrip(), PLAIN, text.rstrip()]


@pytest.mark.parametrize("name", [name for name, trace in TRACES.items() if re.match("[0-9fJ=]", trace.text)])
def test_a_trace_with_a_header_is_one_event_between_lines_with_headers(name: str) -> None:
    text = TRACES[name].text
    if has_header(text.split("\n")[0]) and "KeyError" not in text.split("\n")[-1]:
        events = join([HEADED, *text.split("\n"), HEADED])
        assert events[-1] == HEADED
        assert text.rstrip() in events[-2]


def _moved(text: str, numbers: st.DataObject) -> str:
    """The same trace at other lines, in another thread, with other lambdas and addresses."""

    def other(match: re.Match[str]) -> str:
        return f"{match[1]}{numbers.draw(st.integers(1, 99_999))}"

    text = re.sub(r"(\.(?:java|kt|scala|py|js|mjs|go|rs|cs|rb|ex):(?:line )?)[0-9]+", other, text)
    text = re.sub(
        r"(line |goroutine |lambda\$\w+\$|Lambda\$|Accessor|Proxy|d__|b__|func|anonfun\$\w+\$)[0-9]+", other, text
    )
    return re.sub(r"(\+0x)[0-9a-f]+", other, text)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(TRACES)), numbers=st.data())
def test_places_do_not_count(name: str, numbers: st.DataObject) -> None:
    text = TRACES[name].text
    assert sign(_moved(text, numbers)).fingerprint == sign(text).fingerprint


@pytest.mark.parametrize(
    ("name", "root", "other"),
    [
        ("java suppressed", "IOException: disk is full", "IOException: disk is gone"),
        ("java root first", "java.io.IOException", "java.io.EOFException"),
        ("python chained", "KeyError", "IndexError"),
        ("python group", "ValueError: one", "OSError: one"),
        ("pyspark", "ValueError: no number", "OverflowError: large"),
        ("go", "panic: second", "panic: third"),
        ("node", "Error: disk is full", "RangeError: disk is full"),
        ("dotnet", "System.IO.IOException", "System.TimeoutException"),
        ("rust", "index out of bounds", "attempt to divide by zero"),
        ("anyhow", "No such file", "No such host"),
        ("ruby", "Acme::DiskError", "Acme::TapeError"),
        ("cri java", "RuntimeException: gone", "RuntimeException: busy"),
    ],
)
def test_another_root_cause_is_another_error(name: str, root: str, other: str) -> None:
    text = TRACES[name].text
    changed = text.replace(root, other)
    assert changed != text
    assert sign(changed).fingerprint != sign(text).fingerprint


@pytest.mark.parametrize("name", ["java suppressed", "java circular", "cri java", "pyspark", "python chained"])
def test_half_a_trace_keeps_the_line_of_its_root_cause(name: str) -> None:
    trace = TRACES[name]
    half = trace.text.split("\n", 1)[1]
    root = next(line for line in reversed(trace.template) if not line.startswith("at "))
    assert root.removeprefix("Caused by: ") in sign(half).template


def test_generated_frames_are_no_code_of_the_user() -> None:
    frames = [
        "com.sun.proxy.$Proxy7.run(Unknown Source)",
        "org.acme.Job$$EnhancerBySpringCGLIB$$a1.run(<generated>)",
        "org.acme.Job$$Lambda$4/0x0000000800c8d440.run(Unknown Source)",
        "org.acme.Job$$Lambda/0x0000000800c8d440.run(Unknown Source)",
        "jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)",
        "java.base/java.lang.Thread.run(Thread.java:829)",
        "app//org.acme.Job.run(Job.java:3)",
    ]
    text = "\n".join(["a.BError: x", *(f"\tat {frame}" for frame in frames)])
    assert sign(text).template.split("\n") == ["a.BError: x", "at org.acme.Job.run"]


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.sampled_from([row for trace in TRACES.values() for row in trace.text.split("\n")]), max_size=20)
)
def test_any_lines_condense_to_what_condenses_to_itself(rows: list[str]) -> None:
    signature = sign("\n".join(rows))
    assert sign(signature.template) == signature


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.sampled_from([row for trace in TRACES.values() for row in trace.text.split("\n")]), max_size=30)
)
def test_no_line_is_lost_in_joining(rows: list[str]) -> None:
    assert [row for event in join(rows) for row in event.split("\n") if row.strip()] == [r for r in rows if r.strip()]
