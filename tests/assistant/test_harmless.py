"""What makes a text look like another is shown as what it is."""

from __future__ import annotations

import pytest

from assistant.dingtalk.rendering import render
from assistant.harmless import without_controls
from assistant.reply import Reply
from assistant.slack.blocks import message_of

TURNED = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize("letter", [*TURNED, "\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f", "\x85", "\x9b"])
def test_controls_are_replaced(letter: str) -> None:
    assert without_controls(f"a{letter}b") == "a�b"


def test_other_letters_stay() -> None:
    text = "a\tb\nc\r\nd 错误 שלום 😀 ‏"
    assert without_controls(text) == text


@pytest.mark.parametrize("letter", TURNED)
def test_no_channel_turns_the_letters_of_a_log(letter: str) -> None:
    text = f"file{letter}gpj.exe"
    reply = Reply("en", text, "", (("Category", text), (text, "x")))
    ding = render(reply)
    assert letter not in ding.text + ding.title
    slack = message_of(reply, "m")
    assert letter not in slack.text + str(slack.blocks)
    assert letter.encode("unicode-escape").decode() not in str(slack.blocks)
