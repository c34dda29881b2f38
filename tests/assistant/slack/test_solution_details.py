"""Where a solution applies and where more is written, as Block Kit: told, without effect, within the limits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reply import Reply
from assistant.slack.blocks import LINKS, message_of
from tests.assistant.hostile_links import ADDRESS, HOSTILE, NAMES, REFUSED
from tests.assistant.slack.rules import SECTION, error_in, shown_in

TOKEN = re.compile(r"<([^<>|]*)\|([^<>|]*)>")


def blocks(reply: Reply, **more: int) -> list[dict[str, Any]]:
    message = message_of(reply, "kea:default:M-1", **more)
    assert error_in({"text": message.text, "blocks": message.blocks}) == ""
    return message.blocks


def links_in(reply: Reply) -> str:
    [section] = [each for each in blocks(reply)[1:] if each["type"] == "section"]
    assert set(section["text"]) == {"type", "text", "verbatim"}
    return str(section["text"]["text"])


@pytest.mark.parametrize(
    ("language", "applies", "links", "opens"),
    [
        ("en", "Applies to: etl-* >= 4.2", "Links", "Open in Kea"),
        ("zh", "适用于: etl-* >= 4.2", "链接", "在 Kea 中打开"),
    ],
)
def test_both_are_told_in_the_language_of_the_reply(language: str, applies: str, links: str, opens: str) -> None:
    reply = Reply(
        language,
        "The disk is full",
        "Delete old files",
        (("Category", "KE-1"),),
        "https://kea.example.com/categories/KE-1",
        "Q-1",
        feedback=True,
        applies="etl-* >= 4.2",
        links=(("Runbook", f"{ADDRESS}?a=1&b=2"), ("", ADDRESS)),
    )
    found = blocks(reply)
    assert [each["type"] for each in found] == [
        "header", "context", "markdown", "context", "section", "context", "context", "actions",
    ]  # fmt: skip
    assert found[0]["block_id"] == "kea:default:M-1"
    assert found[1]["elements"] == [{"type": "plain_text", "text": applies, "emoji": False}]
    assert found[4]["text"] == {
        "type": "mrkdwn",
        "text": f"*{links}*\n• <{ADDRESS}?a=1&amp;b=2|Runbook>\n• <{ADDRESS}|{ADDRESS}>",
        "verbatim": True,
    }
    assert opens in shown_in(found[5])


def test_without_them_the_message_is_what_it_was() -> None:
    reply = Reply("en", "Known", "Restart", (("Category", "KE-1"),), "https://kea.example.com/c", "Q-1", feedback=True)

    def plain(text: str) -> dict[str, Any]:
        return {"type": "plain_text", "text": text, "emoji": False}

    def button(action: str, text: str) -> dict[str, Any]:
        return {"type": "button", "action_id": action, "text": plain(text), "value": "Q-1"}

    assert blocks(reply) == [
        {"type": "header", "block_id": "kea:default:M-1", "text": plain("Known")},
        {"type": "markdown", "text": "Restart"},
        {"type": "context", "elements": [plain("Category: KE-1")]},
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": "<https://kea.example.com/c|Open in Kea>"}],
        },
        {"type": "context", "elements": [plain("Did this help?")]},
        {
            "type": "actions",
            "block_id": "kea_feedback_en",
            "elements": [button("kea_helpful", "Helpful"), button("kea_not_helpful", "Not helpful")],
        },
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_makes_no_other_link_mention_or_line(name: str) -> None:
    head, line = links_in(Reply("en", "Known", links=((name, ADDRESS),))).split("\n")
    assert head == "*Links*"
    [(url, label)] = TOKEN.findall(line)
    assert url == ADDRESS
    assert line == f"• <{url}|{label}>"
    assert label.strip("\u200b ")
    assert "`" not in label


@pytest.mark.parametrize(("url", "written"), HOSTILE.items())
def test_an_address_ends_where_its_link_ends(url: str, written: str) -> None:
    text = links_in(Reply("en", "Known", links=(("Runbook", url), ("Next", ADDRESS))))
    assert TOKEN.findall(text) == [(written.replace("&", "&amp;"), "Runbook"), (ADDRESS, "Next")]
    assert "<" not in TOKEN.sub("", text)


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_address_is_not_sent(url: str) -> None:
    text = links_in(Reply("zh", "Known", links=(("Runbook", url),)))
    assert text == "*链接*\n…另有 1 个链接，请在 Kea 中查看"


def test_conditions_have_no_effect() -> None:
    for name in NAMES:
        [_, context] = blocks(Reply("en", "Known", applies=name))
        [element] = context["elements"]
        assert element["type"] == "plain_text"
        assert not re.search(r"<[!@#]|<[a-z]+:|\]\(", element["text"])


def test_many_links_leave_room_for_the_steps_and_the_way_to_all_of_them() -> None:
    links = tuple((f"Page {n} {'&' * 100}", f"https://wiki.example.com/{n}/{'x' * 900}") for n in range(50))
    reply = Reply(
        "en", "T" * 300, "Restart the node.\n" * 5_000, (("Category", "KE-1"),), "https://kea.example.com/c", "Q-1",
        feedback=True, applies="etl-* >= 4.2", links=links,
    )  # fmt: skip
    text = links_in(reply)
    told = TOKEN.findall(text)
    assert [url for url, _ in told] == [url for _, url in links[:1]]
    assert text.endswith(f"… further links in Kea: {50 - len(told)}")
    assert len(text) < SECTION
    shown = "\n".join(map(shown_in, blocks(reply)))
    assert "(shortened)" in shown
    assert "<https://kea.example.com/c|Open in Kea>" in shown
    assert shown.count("Restart the node.") > 100
    assert "further links" in "\n".join(map(shown_in, blocks(reply, body_limit=2_000)))


pairs = st.tuples(st.text(max_size=300), st.sampled_from([*HOSTILE, *REFUSED, f"https://x.example/{'&' * 1_900}"]))


@settings(max_examples=60, deadline=None)
@given(
    body=st.sampled_from(["", "x", "`<!@\n" * 9_000, "字" * 20_000]),
    applies=st.text(max_size=400),
    links=st.lists(pairs, max_size=50),
    facts=st.lists(st.tuples(st.just("n"), st.text(max_size=900)), max_size=12),
)
def test_any_reply_is_within_the_limits(
    body: str, applies: str, links: list[tuple[str, str]], facts: list[tuple[str, str]]
) -> None:
    reply = Reply(
        "zh", "T" * 4_000, body, tuple(facts), "https://k/", "Q-1", feedback=True, applies=applies, links=tuple(links)
    )
    for each in blocks(reply)[1:]:
        assert each["type"] != "section" or len(each["text"]["text"]) < LINKS + 100
