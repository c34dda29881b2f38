"""Markdown that is cut or closed stays whole, as CommonMark reads it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.shortening import closed, shorten


@pytest.mark.parametrize(
    ("open_one", "end"),
    [
        ("```\nls", "\n```"),
        ("```sh\nls", "\n```"),
        ("````\n```\nls", "\n````"),
        ("~~~ a`b\nls", "\n~~~"),
        ("text\n\n   ```\nls", "\n```"),
        ("```\nls\n~~~", "\n```"),
        ("```\nls\n``` sh\nmore", "\n```"),
        ("```\n\nls\n\n", "\n```"),
        ("```\nx\x0b```", "\n```"),
        ("```\nx\u2028```", "\n```"),
        ("```", "\n```"),
    ],
)
def test_an_open_block_is_closed(open_one: str, end: str) -> None:
    assert closed(open_one) == open_one + end


@pytest.mark.parametrize(
    "whole",
    [
        "",
        "text",
        "```\nls\n```",
        "```\nls\n`````  \nmore",
        "```inline``` text\nmore",
        "``` a`b\nmore",
        "    ```\nmore",
        "a ``` b",
        "``\nls",
        "- ```\n  ls\n  ```",
        "1. step\n   ```\n   ls",
        "> ```\n> ls",
        "~~~\n```\n~~~",
    ],
)
def test_what_is_not_open_stays(whole: str) -> None:
    assert closed(whole) == whole


lines = st.lists(st.sampled_from(["```", "````", "~~~", "```sh", "``` a`b", "text", "", "  ```  ", "`x`"]), max_size=9)


@settings(max_examples=300, deadline=None)
@given(lines=lines, breaks=st.sampled_from(["\n", "\r\n"]))
def test_what_follows_a_closed_text_is_no_code(lines: list[str], breaks: str) -> None:
    tokens = MarkdownIt("commonmark").parse(closed(breaks.join(lines)) + "\n\nfollowing")
    assert tokens[-2].content == "following"


def test_code_in_a_line_does_not_leave_a_long_text_in_a_block() -> None:
    cut = shorten("```inline``` text\n" + "line of words\n" * 900, 500, ending="…")
    assert not cut.rstrip("…").rstrip().endswith("```")


@pytest.mark.timeout(60)  # each line is read once, not for every other
def test_closing_takes_no_longer_for_hostile_texts() -> None:
    for text in ("`" * 150_000, "\n" * 150_000, "```\n" * 37_500, "~" * 150_000, "``` `" * 30_000, " " * 150_000):
        assert closed(closed(text)) == closed(text)
