"""Whatever comes in, a message comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading import LIMIT, read_message

PIECES = st.lists(
    st.sampled_from(
        [
            "```",
            "`",
            "~~~",
            "> ",
            "<@U1>",
            "<",
            ">",
            "|",
            "&lt;",
            "{code}",
            "*",
            "_",
            "~",
            ":x:",
            "\n",
            "\n\n",
            " ",
            "1. ",
            "- ",
            "at a.b(C.java:1)",
            "\tat ",
            "Caused by: ",
            "ERROR ",
            "java.io.IOException: x",
            "\x1b[0m",
            "\ud800",
            "\x00",
            "我",
            "😭",
            "？",
            "ORA-00942: ",
            "+--+",
            "│",
            "@mei ",
            '"',
            "“",
            "(",
            "... 3 more",
            "2031-01-02 03:04:05 ",
            "Traceback (most recent call last):",
        ]
    ),
    max_size=60,
).map("".join)


@given(text=st.one_of(PIECES, st.text(max_size=300)))
def test_any_text_is_read(text: str) -> None:
    message = read_message(text)
    assert message == read_message(text)
    ends = 0
    for error in message.errors:
        assert message.plain[error.start : error.end] == error.text
        assert error.text.strip()
        assert error.start >= ends
        ends = error.end


@pytest.mark.parametrize(
    "piece",
    [
        "`",
        "`a",
        "```a```\n",
        "<@U",
        "<b>",
        "*a ",
        "at ",
        "a.",
        "(",
        '"a" ',
        "\n",
        "a\n",
        ">",
        "{code}",
        "| a |\n",
        "1. x\n",
        "&#1;",
        ":a:",
        "😀",
        "\x1b[",
        "[0m",
        "a: ",
        "I have ",
        "怎么办，",
        "- ERROR a: b\n",
        "x" * 79 + "\n",
        "\ud800",
    ],
)
def test_long_texts_are_read_whatever_they_repeat(piece: str) -> None:
    text = piece * (LIMIT // len(piece))
    assert len(read_message(text).errors) <= 40


@pytest.mark.parametrize(
    ("before", "piece", "behind"),
    [
        ("| head |\n|", "-", "x |"),
        ("|a|\n|--|\n", "-", "x"),
        ("", " ", "please help me"),
        ("x please", " ", "y"),
        ("x please", "\u3000", "y"),
        ("x please", "\x1f", "y"),
        ("please it says", "\t", "x"),
        ("请问报", " ", "x"),
        ("please help me now\n\n", ".", "x"),
        ("", "1) error: a 2) error: b 3) error: c 4) error: d 5) error: e 6) error: f 7) 8) 9) error: g ", ""),
    ],
)
def test_long_runs_inside_a_line_are_read(before: str, piece: str, behind: str) -> None:
    """Each would take minutes where time grows with the square of the length."""
    text = before + piece * ((LIMIT - 100) // len(piece)) + behind
    assert len(read_message(text).errors) <= 40


def test_the_end_of_a_very_long_log_is_read_too() -> None:
    log = "hello, my job fails:\n" + "INFO all is well with shelf\n" * 3_500 + "ORA-00942: table or view does not exist"
    assert len(log) < LIMIT
    assert "ORA-00942: table or view does not exist" in read_message(log).errors[-1].text


def test_what_is_behind_the_limit_is_kept() -> None:
    text = "why is it slow? " * 10_000
    message = read_message(text)
    assert message.errors == ()
    assert message.prose.endswith(text[LIMIT:].strip()) or message.prose.endswith(text[LIMIT:])
