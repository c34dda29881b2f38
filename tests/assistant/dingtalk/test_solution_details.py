"""Where a solution applies and where more is written, as DingTalk's Markdown: told, harmless, below the limit."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.dingtalk.rendering import LINKS, LONGEST_PARAMETER, STEPS, ZERO_WIDTH_SPACE, Message, render, size
from assistant.reply import Reply
from tests.assistant.hostile_links import ADDRESS, HOSTILE, NAMES, REFUSED

LINK = "https://kea.example.com/categories/KE-1?project=default"
TAGS = {"h4", "p", "ul", "li", "strong", "a", "em"}


def parameter(message: Message) -> int:
    """Count the bytes of msgParam as the robot's API does."""
    return len(json.dumps({"title": message.title, "text": message.text}, ensure_ascii=False).encode())


def page_of(reply: Reply) -> str:
    return MarkdownIt("commonmark", {"html": True}).render(render(reply).text)


def links_in(page: str) -> list[tuple[str, str]]:
    return [(html.unescape(url), label) for url, label in re.findall(r'<a href="([^"]*)">(.*?)</a>', page, re.DOTALL)]


@pytest.mark.parametrize(
    ("language", "applies", "links", "opens"),
    [("en", "Applies to", "Links", "Open in Kea"), ("zh", "适用于", "链接", "在 Kea 中打开")],
)
def test_both_are_told_in_the_language_of_the_reply(language: str, applies: str, links: str, opens: str) -> None:
    reply = Reply(
        language,
        "The disk is full",
        "1. Delete old files",
        (("Category", "KE-1"),),
        LINK,
        applies="etl-* >= 4.2",
        links=(("Runbook", f"{ADDRESS}?a=1&b=2"), ("", ADDRESS)),
    )
    assert render(reply).text == (
        f"#### The disk is full\n\n**{applies}:** etl-* >= 4.2\n\n1. Delete old files\n\n- **Category:** KE-1\n\n"
        f"**{links}:**\n\n- [Runbook]({ADDRESS}?a=1&b=2)\n"
        f"- [{ADDRESS.replace('://', f':{ZERO_WIDTH_SPACE}//')}]({ADDRESS})\n\n[{opens}]({LINK})"
    )
    page = page_of(reply)
    assert [url for url, _ in links_in(page)] == [f"{ADDRESS}?a=1&b=2", ADDRESS, LINK]
    assert f'<p><a href="{LINK}">' in page


def test_without_them_the_message_is_what_it_was() -> None:
    reply = Reply("en", "Known", "Restart", (("Category", "KE-1"),), LINK, "Q-1", feedback=True)
    assert render(reply, mention="ana").text == (
        f"@ana\n\n#### Known\n\nRestart\n\n- **Category:** KE-1\n\n[Open in Kea]({LINK})\n\n"
        "Did this help? [Helpful](dtmd://dingtalkclient/sendMessage?content=Helpful%20Q-1) · "
        "[Not helpful](dtmd://dingtalkclient/sendMessage?content=Not%20helpful%20Q-1)\n\n"
        "> Helpful Q-1 / Not helpful Q-1"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_name_makes_no_other_link_mention_or_heading(name: str) -> None:
    reply = Reply("en", "Known", "", (), LINK, links=((name, ADDRESS), ("Next", ADDRESS)))
    text, page = render(reply).text, page_of(reply)
    assert [url for url, _ in links_in(page)] == [ADDRESS, ADDRESS, LINK]
    assert set(re.findall(r"<(\w+)", page)) <= TAGS
    assert page.count("<li>") == 2
    assert not re.search(r"@\w", text)
    assert not re.search(r"://|www\.", text.replace(f"]({ADDRESS})", "").replace(f"]({LINK})", ""))


@pytest.mark.parametrize(("url", "written"), HOSTILE.items())
def test_an_address_ends_where_its_link_ends(url: str, written: str) -> None:
    text = render(Reply("en", "Known", links=(("Runbook", url), ("Next", ADDRESS)))).text
    assert text == f"#### Known\n\n**Links:**\n\n- [Runbook]({written})\n- [Next]({ADDRESS})"


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_address_is_not_sent(url: str) -> None:
    text = render(Reply("zh", "已知", links=(("Runbook", url),))).text
    assert text == "#### 已知\n\n**链接:**\n\n- …另有 1 个链接，请在 Kea 中查看"


@pytest.mark.parametrize("name", NAMES)
def test_conditions_have_no_effect(name: str) -> None:
    page = page_of(Reply("en", "Known", "", (), LINK, applies=name))
    assert [url for url, _ in links_in(page)] == [LINK]
    assert set(re.findall(r"<(\w+)", page)) <= TAGS | {"code"}
    assert page.count("<h4>") == 1


def test_many_links_leave_room_for_the_steps_and_the_way_to_all_of_them() -> None:
    links = tuple((f"页面 {n} {'错' * 140}", f"https://wiki.example.com/{n}/{'x' * 500}") for n in range(50))
    facts = tuple((f"名称{n}", "值" * 300) for n in range(7))
    reply = Reply(
        "zh", "标题" * 300, "重启节点。\n" * 5_000, facts, LINK, "Q-1", feedback=True, applies="错" * 300, links=links
    )
    message = render(reply, mention="ana")
    assert parameter(message) <= LONGEST_PARAMETER
    told = [url for url, _ in links_in(page_of(reply)) if url.startswith("https://wiki")]
    assert told == [url for _, url in links[: len(told)]] != []
    assert f"…另有 {50 - len(told)} 个链接" in message.text
    assert "…（已截断）" in message.text
    assert message.text.count("重启节点。") > 20
    assert f"]({LINK})" in message.text


def test_links_have_their_own_room_and_leave_some_to_the_steps() -> None:
    links = tuple((f"Page {n}", f"https://wiki.example.com/{n}/{'x' * 300}") for n in range(50))
    steps = "Restart the node.\n" * 5_000
    for facts, fewest, most in (((), LINKS - 400, LINKS), ((("n", "<" * 300),) * 7, 300, LINKS - 400)):
        text = render(Reply("en", "<" * 400, steps, facts, LINK, applies="<" * 300, links=links)).text
        assert fewest < size("\n".join(re.findall(r"- \[Page .*", text))) < most
        assert size("\n".join(re.findall("Restart the node.", text))) > STEPS // 2
        assert f"]({LINK})" in text


pairs = st.tuples(st.text(max_size=300), st.sampled_from([*HOSTILE, *REFUSED, f"https://x.example/{'&' * 1_900}"]))


@settings(max_examples=60, deadline=None)
@given(
    body=st.sampled_from(["", "x", '`<!@"\n' * 9_000, "字" * 20_000]),
    applies=st.text(max_size=400),
    links=st.lists(pairs, max_size=50),
    facts=st.lists(st.tuples(st.just("n"), st.text(alphabet="字<@", max_size=400)), max_size=7),
)
def test_any_reply_is_below_the_limit(
    body: str, applies: str, links: list[tuple[str, str]], facts: list[tuple[str, str]]
) -> None:
    reply = Reply("zh", "T" * 600, body, tuple(facts), LINK, "Q-1", feedback=True, applies=applies, links=tuple(links))
    assert parameter(render(reply, mention="ana")) <= LONGEST_PARAMETER
