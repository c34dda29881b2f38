"""Where a solution applies and where more is written, in each form of a note: told, harmless, within the limit."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from markdown_it import MarkdownIt

from assistant.reply import Reply
from assistant.tickets.writing import bears, write_note
from tests.assistant.hostile_links import ADDRESS, HOSTILE, NAMES, REFUSED
from tests.assistant.tickets.adf_rules import faults, shown
from tests.assistant.tickets.drivers import rendered

MARKER = "kea:default:D-1"
LINK = "https://kea.example.com/categories/KE-1"
FORMS = ("markdown", "adf", "html", "text")
TAGS = {"p", "strong", "code", "ul", "li", "a"}
WORDS = {"en": ("Applies to", "Links", "Open in Kea"), "zh": ("适用于", "链接", "在 Kea 中打开")}


def note_of(reply: Reply, form: Any, limit: int = 32_767) -> Any:
    return write_note(reply, marker=MARKER, form=form, limit=limit)


def solved(**more: Any) -> Reply:
    return Reply("en", "Known", "Delete old files", (("Category", "KE-1"),), LINK, **more)


def page_of(note: Any, form: str) -> str:
    """Give a note as the page that a system makes of it, without the mark."""
    page = MarkdownIt("commonmark", {"html": True}).render(note) if form == "markdown" else note
    return str(page.replace(f"<!-- {MARKER} -->", "").replace(f"<small>{MARKER}</small>", ""))


def links_in(note: Any, form: str) -> list[tuple[str, str]]:
    """Give addresses and names of all links that a reader sees."""
    if form == "adf":
        return [
            (mark["attrs"]["href"], node["text"]) for node in nodes(note) for mark in node.get("marks", [])
            if mark["type"] == "link"
        ]  # fmt: skip
    found = re.findall(r'<a href="([^"]*)">(.*?)</a>', page_of(note, form), re.DOTALL)
    return [(html.unescape(url), html.unescape(name)) for url, name in found]


def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(each for child in node.get("content", []) for each in nodes(child))]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", WORDS)
def test_both_are_told_in_the_language_of_the_reply(language: str, form: str) -> None:
    applies, links, opens = WORDS[language]
    reply = Reply(
        language,
        "The disk is full",
        "1. Delete old files",
        (("Category", "KE-1"),),
        LINK,
        applies="etl-* >= 4.2",
        links=(("Runbook", f"{ADDRESS}?a=1&b=2"), ("", ADDRESS)),
    )
    note = note_of(reply, form)
    seen = {"markdown": rendered, "adf": shown, "html": lambda page: html.unescape(re.sub(r"<[^>]*>", "", page))}
    text = seen.get(form, str)(note)
    places = [text.index(words) for words in (f"{applies}: etl-* >= 4.2", "Delete old", "KE-1", f"{links}:", opens)]
    assert places == sorted(places)
    if form == "text":
        assert f"\n\n{links}:\n- Runbook: {ADDRESS}?a=1&b=2\n- {ADDRESS}\n\n{opens}: {LINK}" in note
    else:
        assert links_in(note, form) == [(f"{ADDRESS}?a=1&b=2", "Runbook"), (ADDRESS, ADDRESS), (LINK, opens)]
    assert form != "adf" or faults(note) == []


def test_without_them_the_note_is_what_it_was() -> None:
    reply = Reply("en", "Known", "Restart", (("Category", "KE-1"),), LINK, "Q-1", feedback=True)
    opens = f"[Open in Kea](<{LINK}>)"
    assert note_of(reply, "markdown") == (
        f"**Known**\n\nRestart\n\n- Category: <code>KE&#45;1</code>\n\n{opens}\n\n"
        f"Did this help? `Helpful Q-1` / `Not helpful Q-1`\n\n<!-- {MARKER} -->"
    )
    assert note_of(reply, "html") == (
        "<p><strong>Known</strong></p>\n<p>Restart</p>\n\n<ul><li>Category: <code>KE-1</code></li></ul>\n"
        f'<p><a href="{LINK}">Open in Kea</a></p>\n'
        "<p>Did this help? <code>Helpful Q-1</code> / <code>Not helpful Q-1</code></p>\n"
        f"<p><small>{MARKER}</small></p>"
    )
    assert note_of(reply, "text") == (
        f"Known\n\nRestart\n\nCategory: KE-1\n\nOpen in Kea: {LINK}\n\n"
        f"Did this help? Helpful Q-1 / Not helpful Q-1\n\n{MARKER}"
    )
    assert [block["type"] for block in note_of(reply, "adf")["content"]] == [
        "paragraph", "paragraph", "bulletList", "paragraph", "paragraph", "paragraph",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_makes_no_other_link_call_or_line(name: str) -> None:
    reply = solved(links=((name, ADDRESS), ("Next", ADDRESS)))
    for form in ("markdown", "adf", "html"):
        note = note_of(reply, form)
        told = links_in(note, form)
        assert [url for url, _ in told] == [ADDRESS, ADDRESS, LINK]
        assert told[0][1].replace("\u2060", "").strip("… ")[:9] in re.sub(
            r"[\x00\x1b\u202e]", "�", " ".join(name.split())
        )
        if form == "adf":
            assert faults(note) == []
        else:
            page = page_of(note, form)
            assert set(re.findall(r"<[/!]?(\w*)", page)) <= TAGS
            assert page.count("<li>") == 3
    plain = re.sub(r"<[^>]*>", "", page_of(note_of(reply, "markdown"), "markdown"))
    assert not re.search(r"(?<!&)[@#]\w|\bGH-\d|\bdeadbeef\b", plain)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_line_of_plain_text(name: str) -> None:
    note = note_of(solved(links=((name, ADDRESS), ("Next", ADDRESS))), "text")
    links = note.partition("Links:\n")[2].partition("\n\nOpen in Kea")[0].split("\n")
    assert len(links) == 2
    assert links[0].endswith(f": {ADDRESS}")
    assert re.search(r"\[[\s/]*code", note, re.IGNORECASE) is None


@pytest.mark.parametrize(("url", "written"), HOSTILE.items())
def test_an_address_ends_where_its_link_ends(url: str, written: str) -> None:
    reply = solved(links=(("Runbook", url), ("Next", ADDRESS)))
    for form in ("markdown", "adf", "html"):
        told = links_in(note_of(reply, form), form)
        assert told == [(written, "Runbook"), (ADDRESS, "Next"), (LINK, "Open in Kea")]
    assert f"\n- Runbook: {written}\n- Next: {ADDRESS}\n\n" in note_of(reply, "text")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_address_is_not_sent(url: str, form: str) -> None:
    note = note_of(solved(links=(("Runbook", url),)), form)
    text = shown(note) if form == "adf" else html.unescape(str(note))
    assert "… further links in Kea: 1" in text
    assert "Runbook" not in text
    assert form == "text" or [found for found, _ in links_in(note, form)] == [LINK]


@pytest.mark.parametrize("name", NAMES)
def test_conditions_have_no_effect(name: str) -> None:
    for form in ("markdown", "adf", "html"):
        note = note_of(solved(applies=name), form)
        assert [url for url, _ in links_in(note, form)] == [LINK]
        if form == "adf":
            assert faults(note) == []
        else:
            assert set(re.findall(r"<[/!]?(\w*)", page_of(note, form))) <= TAGS
    text = note_of(solved(applies=name), "text")
    assert len(text.splitlines()) == len(note_of(solved(applies="etl"), "text").splitlines())
    assert re.search(r"\[[\s/]*code", text, re.IGNORECASE) is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("limit", [4_000, 32_767])
@pytest.mark.parametrize("body", ["", "word " * 20_000, "```\n" + "<&\"'>\n" * 16_000, "错误" * 50_000])
@pytest.mark.parametrize("facts", [0, 9])
def test_steps_and_facts_go_before_links_and_the_way_to_all_of_them_stays(
    form: str, limit: int, body: str, facts: int
) -> None:
    links = tuple((f"Page {n} <{'*' * 40}>", f"https://wiki.example.com/{n}/{'x' * 300}") for n in range(50))
    told = tuple((f"Fact {n}", "<*>" * 100) for n in range(facts))
    reply = Reply(
        "en", "T" * 300, body, told, LINK, "Q-1", feedback=True, applies="etl-* >= 4.2; " * 9, links=links,
    )  # fmt: skip
    note = note_of(reply, form, limit)
    raw = note if isinstance(note, str) else json.dumps(note, ensure_ascii=False)
    assert len(raw) <= limit
    assert LINK in raw
    assert bears(raw, MARKER)
    assert "Applies to" in raw
    found = re.findall(r"https://wiki\.example\.com/(\d+)/", raw)
    assert found == [str(n) for n in range(len(found))] != []
    assert f"… further links in Kea: {50 - len(found)}" in raw
    assert "shortened" in raw or not body
    assert not isinstance(note, dict) or faults(note) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("letter", ["{", "<", "错"])
def test_where_there_is_no_room_for_links_they_are_counted(letter: str, form: str) -> None:
    facts = ((letter * 300, letter * 300),) * 9
    links = tuple((letter * 110, f"{ADDRESS}/{n}") for n in range(9))
    reply = Reply(
        "en", letter * 300, "word " * 20_000, facts, LINK, "Q-1", feedback=True, applies=letter * 300, links=links
    )
    note = note_of(reply, form, 4_000)
    raw = note if isinstance(note, str) else json.dumps(note, ensure_ascii=False)
    assert len(raw) <= 4_000
    assert LINK in raw
    assert letter * 300 in (shown(note) if form == "adf" else html.unescape(raw))
    assert f"… further links in Kea: {9 - raw.count(ADDRESS)}" in raw


@pytest.mark.parametrize("letter", ["x", "错"])
def test_letters_take_as_much_room_in_every_script(letter: str) -> None:
    links = tuple((letter * 30, f"{ADDRESS}/{number}") for number in range(5))
    facts = tuple((letter * 10, letter * 200) for _ in range(8))
    reply = Reply("zh", letter * 140, letter * 6_000, facts, LINK, "Q-1", applies=letter * 140, links=links)
    note = note_of(reply, "adf", 4_000)
    assert len(links_in(note, "adf")) == 6, "what is left out are the facts: five links, and that to Kea"
    assert len(json.dumps(note, ensure_ascii=False)) <= 4_000
