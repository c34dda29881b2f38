from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from knowledge_base.signature import Header, error_codes, exception_classes, has_header, read_header, read_time, sign
from tests.signature.samples import ANY_LINE, LINES

AT = datetime(2024, 6, 11, 10, 22, 33, tzinfo=UTC)
NOW = datetime(2024, 7, 1, tzinfo=UTC)

_KUBERNETES = "2024-06-11T10:22:33.000Z Warning Unhealthy pod/a-1 ready"
_EVENT = {_KUBERNETES: "Unhealthy pod/a-1 ready"}
LAYOUTS = [
    ("2024-06-11 10:22:33 INFO  [main] org.acme.Job: ready", "INFO", "org.acme.Job", ""),
    ("2024-06-11 10:22:33.000  WARN 12345 --- [nio-1] c.acme.Web   : ready", "WARN", "c.acme.Web", ""),
    ("24/06/11 10:22:33 ERROR executor.Executor: ready", "ERROR", "executor.Executor", ""),
    ("240611 102233 32 INFO dfs.DataNode$Receiver: ready", "INFO", "dfs.DataNode$Receiver", ""),
    ("2024-06-11 10:22:33,000 - WARN  [Cnx:17:Quorum@79] - ready", "WARN", "", ""),
    ("I0611 10:22:33.000000   12345 a/kubelet.go:123] ready", "INFO", "a/kubelet.go:123", ""),
    ("E0611 10:22:33.000000    1234 file.go:217] ready", "ERROR", "file.go:217", ""),
    (_KUBERNETES, "WARN", "", ""),
    ("2024-06-11T10:22:33.000Z warn ready", "WARN", "", ""),
    ("2024-06-11T10:22:33.000Z\twarn\tready", "WARN", "", ""),
    ("2024-06-11 10:22:33.000 UTC [4711] app@shop 错误:  ready", "ERROR", "", ""),
    ("2024-06-11 10:22:33.000 UTC [4711] app@shop 致命错误:  ready", "FATAL", "", ""),
    ("2024-06-11 10:22:33.000 UTC [4711] [unknown]@[unknown] FATAL:  ready", "FATAL", "", ""),
    ("2024-06-11 10:22:33,000 WARN  c.acme.Task    [] - ready", "WARN", "c.acme.Task", ""),
    ("2024-06-11 10:22:33.000 ERROR 1 --- [nio-1] c.acme.Web : ready", "ERROR", "c.acme.Web", ""),
    ("Jun 11 10:22:33 gate1 sshd[4100]: ready", "", "sshd", "gate1"),
    ("<34>1 2024-06-11T10:22:33.000Z web-3.example.com su 12 ID47 - ready", "", "su", "web-3.example.com"),
    ("2024-06-11 10:22:33,000 - pipeline.load - ERROR - ready", "ERROR", "pipeline.load", ""),
    ("2024-06-11 10:22:33.000 UTC [4711] app@shop FATAL:  ready", "FATAL", "", ""),
    ("2024-06-11T10:22:33.000000Z 8 [Warning] ready", "WARN", "", ""),
    ("2024/06/11 10:22:33 [error] 31#31: *123 ready", "ERROR", "", ""),
    ("2024-06-11T10:22:33.000000000Z stderr F ready", "", "", ""),
    ("2024-06-11T10:22:33Z stdout F 2024-06-11 10:22:34 ERROR c.acme.Pay: ready", "ERROR", "c.acme.Pay", ""),
    ("2024-06-11 10:22:33, Info                  CBS    ready", "INFO", "CBS", ""),
    ("[2024-06-11 10:22:33,000] {task.py:1150} ERROR - ready", "ERROR", "task.py", ""),
    ("[2024-06-11T18:22:33.000+08:00] ERROR [worker-1] c.acme.Job - ready", "ERROR", "c.acme.Job", ""),
    ("20240611-10:22:33:0|Sync_Worker|3000|ready", "", "Sync_Worker", ""),
    (
        '{"@timestamp":"2024-06-11T10:22:33Z","level":"error","service":"pay","host":"h1","message":"ready"}',
        "ERROR",
        "pay",
        "h1",
    ),
    ('{"ts":1718101353,"severity":"warning","msg":"ready"}', "WARN", "", ""),
]


@pytest.mark.parametrize(("line", "level", "service", "host"), LAYOUTS)
def test_layouts(line: str, level: str, service: str, host: str) -> None:
    header = read_header(line, now=NOW)
    assert header == Header(AT, level, service, host, _EVENT.get(line, "ready"))
    assert sign(line).fingerprint == sign(header.message).fingerprint


@pytest.mark.parametrize("line", [layout[0] for layout in LAYOUTS if not layout[0].startswith("{")])
def test_each_layout_starts_an_event(line: str) -> None:
    assert has_header(line)


@pytest.mark.parametrize(
    ("line", "level", "message"),
    [
        ("ERROR:root:lost", "ERROR", "lost"),
        ("[WARN] lost", "WARN", "lost"),
        ('ERROR:  relation "x" is gone', "ERROR", 'relation "x" is gone'),
        ("Error: lost", "", "Error: lost"),
        ("ERROR 1146 (42S02): lost", "", "ERROR 1146 (42S02): lost"),
        ("error: lost", "", "error: lost"),
        ("2024-06-11 10:22:33 Error opening file", "", "Error opening file"),
        ("2024-06-11 10:22:33 ERROR java.io.IOException: lost", "ERROR", "java.io.IOException: lost"),
        ("2024-06-11 10:22:33 error opening file", "", "error opening file"),
        ("2024-06-11T10:22:33.000Z Warning signs seen", "", "Warning signs seen"),
        ("2024-06-11 10:22:33 ERROR 1045 (28000): lost", "", "ERROR 1045 (28000): lost"),
        ("2024-06-11 10:22:33 ERROR [MY-010457] lost", "ERROR", "[MY-010457] lost"),
        ("java.lang.IllegalStateException: lost", "", "java.lang.IllegalStateException: lost"),
        ("FAILED: lost", "", "FAILED: lost"),
        ("", "", ""),
    ],
)
def test_what_is_header_and_what_is_message(line: str, level: str, message: str) -> None:
    header = read_header(line)
    assert (header.level, header.message) == (level, message)


def test_the_exception_of_a_json_line_is_part_of_the_message() -> None:
    line = '{"message": "load failed", "exception": {"class": "java.io.IOException", "message": "disk full"}}'
    assert read_header(line).message == "load failed\njava.io.IOException: disk full"


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2024-13-45 10:22:33", None),
        ("2024-02-30 10:22:33", None),
        ("99999999999999", None),
        ("Jun 31 10:22:33", None),
        ("2024-06-11 10:22:33 +0800", datetime(2024, 6, 11, 2, 22, 33, tzinfo=UTC)),
        ("1718101353123", AT.replace(microsecond=123000)),
        ("Dec 31 23:00:00", datetime(2023, 12, 31, 23, tzinfo=UTC)),
        ("11/Jun/2024:10:22:33 +0000", AT),
        ("Tue Jun 11 10:22:33 2024"[4:], AT),
    ],
)
def test_times(stamp: str, expected: datetime | None) -> None:
    assert read_time(stamp, now=NOW) == expected


def test_a_time_without_year_needs_the_clock() -> None:
    assert read_time("Jun 11 10:22:33") is None


@settings(max_examples=300, deadline=None)
@given(text=ANY_LINE)
def test_any_text_has_a_header(text: str) -> None:
    header = read_header(text, now=NOW)
    assert header.at is None or header.at.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("FAILED: ODPS-0130131:[3,27] x", ("ODPS-0130131",)),
        ("ORA-00942 and ORA-00942", ("ORA-00942",)),
        ("ERROR 1045 (28000): Access denied", ("ERROR 1045", "28000")),
        ("SQLSTATE: 42P01", ("42P01",)),
        ("OSError: [Errno 28] No space", ("errno 28",)),
        ("exited with code 137", ("exit 137",)),
        ("HTTP/1.1 503 unavailable", ("HTTP 503",)),
        ("HRESULT 0x80070005", ("0x80070005",)),
        ("connect ECONNREFUSED 10.0.0.1:80", ("ECONNREFUSED",)),
        ("took 503 ms on host-12", ()),
        ("", ()),
        ("ora-00942 again, Ora-00942", ("ORA-00942",)),
        ("failed: odps-0130131:[3,27] x", ("ODPS-0130131",)),
        ("sqlstate 42p01, sqlstate: 42p01, SqlState=42P01", ("42P01",)),
        ("error 1146 (42s02): no such table", ("ERROR 1146", "42S02")),
        ("error 1040 (hy000): too many, [my-000035]", ("ERROR 1040", "HY000", "MY-000035")),
        ("sqlstate error", ()),
        ("sql0204n on db2, sql2019 is a product", ("SQL0204N",)),
        ("connect econnrefused 10.0.0.1:80", ("ECONNREFUSED",)),
        ("enoent: no such file", ("ENOENT",)),
        ("aadsts50011 and msb3073", ("AADSTS50011", "MSB3073")),
        ("host-00942, part-0001, utf-1600, lora-00942, ora-00942-x, task (10h30), eleven errors", ()),
        ("\u0130 ora-00942", ()),
    ],
)
def test_error_codes(text: str, codes: tuple[str, ...]) -> None:
    assert error_codes(text) == codes


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        (
            "org.apache.spark.SparkException: x\nCaused by: java.lang.OutOfMemoryError",
            ("SparkException", "OutOfMemoryError"),
        ),
        ("KeyError: 'x'", ("KeyError",)),
        ("sqlalchemy.exc.OperationalError: x", ("OperationalError",)),
        ("DB::Exception: x", ()),
        ("Error: x", ()),
        ("an error", ()),
    ],
)
def test_exception_classes(text: str, classes: tuple[str, ...]) -> None:
    assert exception_classes(text) == classes


def test_the_samples_have_the_header_that_they_show() -> None:
    assert sum(has_header(line) for line in LINES) >= 12
