"""Replies as Block Kit: within the limits, and without effect where they quote logs."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reply import Reply
from assistant.slack.blocks import message_of
from assistant.slack.text import inert_markdown, typed
from tests.assistant.slack.rules import error_in, shown_in

HOSTILE = (
    "<!channel> <!here|x> <@U1> <#C1> <https://evil.example|bank> [a](https://evil.example) <script> &lt;!here&gt;"
)
ACTIVE = re.compile(r"<[!@#]|<[a-z]+:[^>]*\||\]\(https://evil")


def raw(reply: Reply, marker: str = "kea:default:M-1", **more: int) -> dict[str, object]:
    message = message_of(reply, marker, **more)
    return {"text": message.text, "blocks": message.blocks}


def test_a_whole_answer() -> None:
    reply = Reply(
        "en",
        "This is a known error: Create the table",
        "Run `migration`",
        (("Category", "KE-1 replica not found"), ("Seen", "1,200 times")),
        "https://kea.example.com/categories/KE-1?project=a&b",
        "Q-1",
        feedback=True,
    )
    document = raw(reply)
    assert error_in(document) == ""
    kinds = [block["type"] for block in document["blocks"]]  # type: ignore[attr-defined]
    assert kinds == ["header", "markdown", "context", "context", "context", "actions"]
    assert "<https://kea.example.com/categories/KE-1?project=a&amp;b|Open in Kea>" in json.dumps(document)
    buttons = document["blocks"][-1]["elements"]  # type: ignore[index]
    assert [(each["text"]["text"], each["value"]) for each in buttons] == [("Helpful", "Q-1"), ("Not helpful", "Q-1")]


def test_chinese() -> None:
    reply = Reply("zh", "这是已知错误：重建表", "重新运行 `migration`", (("类别", "KE-1"),), "https://k/", "Q-1", True)
    text = json.dumps(raw(reply), ensure_ascii=False)
    assert all(words in text for words in ("在 Kea 中打开", "有用", "没用", "重新运行", "kea_feedback_zh"))


def test_a_sentence_alone() -> None:
    document = raw(Reply("en", "Thank you."))
    assert error_in(document) == ""
    assert len(document["blocks"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["headline", "body", "facts"])
def test_hostile_texts_have_no_effect(field: str) -> None:
    value = (("Line", HOSTILE),) if field == "facts" else HOSTILE
    document = raw(Reply("en", **{"headline": "x", field: value}))  # type: ignore[arg-type]
    assert error_in(document) == ""
    text = json.dumps(document)
    assert not re.search(r"<[!@#]|<[a-z]+:[^>]*\|", text)
    if field != "body":  # the Markdown of an engineer keeps its links
        assert not ACTIVE.search(text)
        assert "<script>" not in text


def test_markdown_stays_as_it_was_written() -> None:
    body = "a < b && c > d\n```\n#include <stdio.h>\nkubectl get <pod>\n```\n[runbook](https://kea.example.com) <https://x.example>"
    assert inert_markdown(body) == body


@settings(max_examples=60, deadline=None)
@given(
    headline=st.text(max_size=400),
    body=st.text(alphabet="a<!@`~\n #|[](字😀\u200b", max_size=400).map(lambda text: text * 80),
    facts=st.lists(st.tuples(st.text(max_size=50), st.text(max_size=2000)), max_size=15),
    link=st.sampled_from(["", "https://kea.example.com/categories/KE-1", "javascript:alert(1)", "https://k/|x>"]),
)
def test_any_reply_is_within_the_limits(headline: str, body: str, facts: list[tuple[str, str]], link: str) -> None:
    document = raw(Reply("en", headline, body, tuple(facts), link, "Q-1", feedback=True), "m" * 300)
    assert error_in(document) == ""
    assert "javascript" not in json.dumps(document) or "javascript" in headline + body + str(facts)


def test_a_long_solution_is_cut_and_its_code_closed() -> None:
    body = "```\n" + "restart node; " * 3000
    [markdown] = [each for each in message_of(Reply("en", "x", body), "m").blocks if each["type"] == "markdown"]
    assert markdown["text"].count("```") == 2
    assert markdown["text"].endswith("(shortened)")
    assert len(shown_in(markdown)) <= 12_000


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@U0KEA> it fails", "it fails"),
        ("<@U0KEA|kea>: it fails", "it fails"),
        ("it fails <@U0KEA>", "it fails"),
        ("<@U0KEA> ::1 refused", "::1 refused"),
        ("<@U1> it fails", "@U1 it fails"),
        ("<@U1|bo> <#C1|general> <!here> <!subteam^S1|@ops>", "@bo #general @here @ops"),
        (
            "<http://a.b:8080/x|a.b:8080/x> <https://c.d> <mailto:a@b.c|a@b.c> <mailto:x@y.z>",
            "a.b:8080/x https://c.d a@b.c x@y.z",
        ),
        ("List&lt;String&gt; &amp;lt; a &amp;&amp; b", "List<String> &lt; a && b"),
        ("<unclosed <@U0KEA", "<unclosed <@U0KEA"),
    ],
)
def test_questions_are_read_as_they_were_typed(written: str, read: str) -> None:
    assert typed(written, bot="U0KEA") == read


def test_reading_takes_no_longer_for_hostile_texts() -> None:
    for text in ("<" * 200_000, "<a:" * 70_000, "<@U1" * 50_000, "&amp;" * 40_000):
        typed(text, bot="U0KEA")
        inert_markdown(text)


@pytest.mark.parametrize("body", ["```\nls", "text\n~~~ sh\nls"])
def test_a_code_block_that_is_not_closed_is_closed(body: str) -> None:
    [markdown] = [each for each in message_of(Reply("en", "x", body), "m").blocks if each["type"] == "markdown"]
    assert markdown["text"] == f"{body}\n{'```' if body.startswith('`') else '~~~'}"
