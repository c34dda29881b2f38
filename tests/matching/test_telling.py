"""Lines of a message that are known and are not what it is about."""

from __future__ import annotations

import pytest

from knowledge_base.matching.telling import is_harmless, telling, without_harmless
from tests.matching.bench import Bench

DOOR = "INFO door of the kiosk opened on port 8080"
ENDED = "Process of the kiosk finished with exit code 1"
GONE = "ORA-00942: table or view does not exist"


@pytest.mark.parametrize(
    "asked",
    [
        f"{DOOR}\nERROR crane lifted the wrong container",
        f"2026-03-02T09:30:00Z ERROR crane lifted the wrong container\n2026-03-02T09:30:01Z {DOOR}",
        f"2026-03-02T09:30:00Z ERROR crane lifted the wrong container\n{ENDED}",
        "crane lifted the wrong container\nTask failed",
    ],
    ids=["before", "behind", "how it ended", "says too little"],
)
def test_a_known_line_that_is_no_error_is_not_certain(bench: Bench, asked: str) -> None:
    bench.know(DOOR, ENDED, "Task failed")
    assert all(each.score < 1.0 and each.evidence.kind != "exact" for each in bench.match(asked, is_complete=False))


def test_what_logs_say_besides_the_error_is_not_compared(bench: Bench) -> None:
    door, crane = bench.know(DOOR, "crane lifted a wrong container")
    asked = f"2026-03-02T09:30:00Z {DOOR}\n2026-03-02T09:30:01Z ERROR crane lifted the wrong container"
    assert bench.found(asked)[0] == crane
    assert bench.found("crane lifted the wrong container", around=asked)[0] == crane
    assert bench.found(DOOR, is_complete=False) == [door], "asked by itself it is known"


def test_of_known_lines_the_error_is_certain(bench: Bench) -> None:
    _, ended, gone = bench.know(DOOR, ENDED, GONE)
    assert bench.found(f"{DOOR}\n{GONE}\n{ENDED}", is_complete=False) == [gone]
    assert bench.found(f"hi all,\n{ENDED}\nany idea?", is_complete=False) == [ended]


@pytest.mark.parametrize(
    ("line", "harmless"),
    [
        ("INFO door opened", True),
        ("2026-03-02 09:30:00,120 DEBUG [main] shop.Door - opened", True),
        ("2026-03-02 09:30:00,120 INFO [main] shop.Door - retried after java.io.IOException: gone", False),
        ("INFO gave up with ORA-00942", False),
        ("WARN door jammed", False),
        ("Informing nobody", False),
    ],
)
def test_what_is_harmless(line: str, harmless: bool) -> None:
    assert is_harmless(line) is harmless


def test_a_text_of_harmless_lines_stays() -> None:
    assert without_harmless(f"{DOOR}\n\n{DOOR}") == f"{DOOR}\n\n{DOOR}"
    assert telling([DOOR]) == []
