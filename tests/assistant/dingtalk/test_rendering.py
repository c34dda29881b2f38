"""Replies as DingTalk's Markdown: below the limit in bytes, harmless, and with words of feedback that Kea reads."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from assistant.dingtalk.rendering import LONGEST_PARAMETER, ZERO_WIDTH_SPACE, Message, fit, render, size
from assistant.reply import Reply
from assistant.words import read_feedback
from knowledge_base.types import Verdict

LINK = "https://kea.example.com/categories/KE-1?project=default"


def parameter(message: Message) -> int:
    """Count the bytes of msgParam as the robot's API does."""
    return len(json.dumps({"title": message.title, "text": message.text}, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "body",
    ["错误" * 40_000, "a" * 200_000, '"\\\n' * 50_000, "```\n" + "日志 line\n" * 20_000 + "```", "一行\n\n" * 30_000],
    ids=["chinese", "one line", "escaped", "code", "paragraphs"],
)
def test_a_long_body_is_cut_to_bytes_and_keeps_its_end(body: str) -> None:
    facts = tuple((f"名称{n}", "值" * 2000) for n in range(4))
    message = render(Reply("zh", "标题" * 500, body, facts, LINK, "Q-12", feedback=True), mention="ana")
    assert 9_000 < parameter(message) <= LONGEST_PARAMETER
    assert f"[在 Kea 中打开]({LINK})" in message.text
    assert "…（已截断）" in message.text
    assert "没用 Q-12" in message.text
    assert message.text.count("```") % 2 == 0


def test_a_short_body_is_not_touched() -> None:
    body = "1. Run `a_b --c`\n2. See [the page](https://wiki.example.com)\n\n```sh\nls\n```"
    assert body in render(Reply("en", "Known", body)).text


@pytest.mark.parametrize("body", ["Run\n```sh\nls", "Run\n\n~~~~\n```\nls", "```\nls\n```sh\nls"])
def test_a_code_block_that_is_not_closed_ends_with_the_body(body: str) -> None:
    text = render(Reply("en", "Known", body, (("Category", "KE-1"),), LINK, "Q-1", feedback=True)).text
    html = MarkdownIt("commonmark").render(text)
    assert "<strong>Category:</strong>" in html
    assert f'<a href="{LINK}">' in html


@pytest.mark.parametrize("room", [0, 10, 200])
def test_a_body_without_room_is_cut_or_left_out(room: int) -> None:
    cut = fit("错误\n" * 1000, room, ending="…")
    assert cut == "" or size(cut) <= room


HOSTILE = (
    "[click](https://evil.example)",
    "![](https://evil.example/i.png)",
    "<https://evil.example>",
    "<script>x</script><img src=x><font color=red>",
    "a\n\n# heading\n\n> quote\n\n---\n\n```\ncode",
    "[a]: https://evil.example\n\n[a]",
    "@all @13800000000 @ana",
    "dtmd://dingtalkclient/sendMessage?content=x www.evil.example https://evil.example",
    "&lt;b&gt; &#64;all",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_logs_make_no_link_picture_mention_or_heading(text: str) -> None:
    message = render(Reply("en", text, "", (("Category", f"KE-1 {text}"), (text, "x")), LINK))
    html = MarkdownIt("commonmark", {"html": True}).render(message.text)
    assert re.findall(r'<a href="([^"]*)"', html) == [LINK]
    assert set(re.findall(r"<(\w+)", html)) <= {"h4", "p", "ul", "li", "strong", "a", "em", "code"}
    assert html.count("<h4>") == 1
    assert not re.search(r"@\w", message.text + message.title)
    assert not re.search(r"(?<!\()\w+://|www\.", message.text.replace(LINK, ""))


def test_what_is_made_harmless_can_still_be_read() -> None:
    text = render(Reply("en", "no <num> rows in [a] for @b, __init__ failed")).text
    assert text.replace(ZERO_WIDTH_SPACE, "") == "#### no <num> rows in [a] for @b, __init__ failed"
    assert "__init__" not in MarkdownIt().render(text) or "<strong>" not in MarkdownIt().render(text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_of_feedback_are_those_that_kea_reads(language: str) -> None:
    text = render(Reply(language, "Known", question_id="Q-7", feedback=True)).text
    sent = [unquote(words) for words in re.findall(r"sendMessage\?content=([^)]*)\)", text)]
    told = text.rpartition("> ")[2].split(" / ")
    assert sent == told
    verdicts = [read_feedback(words) for words in sent]
    assert [each and (each.verdict, each.question_id) for each in verdicts] == [
        (Verdict.HELPFUL, "Q-7"),
        (Verdict.NOT_HELPFUL, "Q-7"),
    ]


def test_feedback_is_not_asked_for_where_there_is_no_answer() -> None:
    assert "dtmd:" not in render(Reply("en", "Unknown", question_id="Q-7")).text
