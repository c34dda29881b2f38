"""Text from screens: borders, margins, broken lines, odd characters."""

from __future__ import annotations

import pytest

from assistant.reading import read_message
from tests.assistant.reading.plain_errors import JAVA, PYTHON


def errors(text: str) -> list[str]:
    return [error.text for error in read_message(text).errors]


@pytest.mark.parametrize("error", [JAVA, PYTHON])
def test_line_numbers_at_the_margin_go(error: str) -> None:
    drawn = "\n".join(f"{number:4} | {line}" for number, line in enumerate(error.split("\n"), 8))
    assert errors(drawn) == [error]


def test_borders_of_a_table_go() -> None:
    said = "ORA-00942: table or view does not exist"
    rule = "+" + "-" * (len(said) + 2) + "+"
    assert errors(f"{rule}\n| {said} |\n{rule}") == [said]
    assert errors(f"┌{'─' * 41}┐\n│ {said} │\n└{'─' * 41}┘") == [said]


def test_a_traceback_of_an_exception_group_keeps_its_bars() -> None:
    group = (
        "  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/srv/a.py", line 3, in run\n'
        "  | ExceptionGroup: two (2 sub-exceptions)\n"
        "  +-+---------------- 1 ----------------\n"
        "    | ValueError: a\n"
        "    +------------------------------------"
    )
    assert errors(group) == [group.strip()]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("java.lang.OutOfMem\noryError: Java heap space", "java.lang.OutOfMemoryError: Java heap space"),
        ("dial tcp 10.1.2.3:6379: connection ref\nused by peer", "dial tcp 10.1.2.3:6379: connection refused by peer"),
        (
            "java.lang.RuntimeException: x\n\tat org.acme.stock.Load\ner.run(Loader.java:41)",
            "java.lang.RuntimeException: x\n\tat org.acme.stock.Loader.run(Loader.java:41)",
        ),
    ],
)
def test_words_that_were_broken_are_whole_again(broken: str, whole: str) -> None:
    assert errors(broken) == [whole]


def test_lines_broken_at_the_edge_of_a_screen_are_whole_again() -> None:
    whole = "ERROR: cannot reserve shelf " + " ".join(f"item-{n}" for n in range(25)) + " in the stock of today"
    broken = "\n".join(whole[at : at + 80] for at in range(0, len(whole), 80))
    assert errors(broken) == [whole]


def test_lines_of_equal_length_are_not_taken_for_one() -> None:
    lines = [f"cannot connect to the stock server number {n} at 10.0.0.{n}: connection was refused" for n in (1, 2)]
    assert errors("\n".join([*lines, "bye: closed"]))[0].count("\n") == 2


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("ＯＲＡ－００９４２：ｔａｂｌｅ ｏｒ ｖｉｅｗ does not exist", "ORA-00942:table or view does not exist"),
        ("\x1b[31mERROR:\x1b[0m disk is full", "ERROR: disk is full"),
        ("[31mERROR:[0m disk is full", "ERROR: disk is full"),
        ("ERROR: con\u00adnection\u00a0re\u200bfused", "ERROR: connection refused"),
        ("Table “a.b” doesn’t exist in ‘shop’", "Table \"a.b\" doesn't exist in 'shop'"),
        ("ERROR: ﬁle not found", "ERROR: file not found"),
        ("ERROR: a\r\nDETAIL: b", "ERROR: a\nDETAIL: b"),
    ],
)
def test_characters_are_those_that_were_meant(shown: str, meant: str) -> None:
    assert errors(shown) == [meant]


@pytest.mark.parametrize(
    "error",
    [
        "error: ‘shelf’ undeclared (first use in this function)",
        "错误：表 “订单” 不存在，无法读取",
        "query failed: rate(http_requests[5m]) is not allowed",
        "Null Pointer Exception",
        "NulIPointerException: l1ne 3",
    ],
)
def test_characters_that_may_be_meant_stay(error: str) -> None:
    assert errors(error) == [error]
