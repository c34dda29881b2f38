"""Notes call nobody, link nothing and command nothing that their text only happens to name."""

from __future__ import annotations

import re
from time import process_time

import pytest
from markdown_it import MarkdownIt

from assistant.reply import Reply
from assistant.tickets.writing import write_note

LINK = "https://kea.example.com/categories/KE-1"
COMMIT = "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef"


def note_of(headline: str = "Known", body: str = "", fact: str = "KE-1", form: str = "markdown") -> str:
    reply = Reply("en", headline, body, (("Category", fact),), LINK)
    note = write_note(reply, marker="kea:default:D-1", form=form, limit=65_536)  # type: ignore[arg-type]
    assert isinstance(note, str)
    return note


def shown(markdown: str, *, code: bool = False) -> str:
    """Give the text that a platform looks for names in: rendered, and without what is code unless asked."""
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    kept = page if code else re.sub(r"<(code|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", "", kept)


@pytest.mark.parametrize("tag", ["[code]", "[/code]", "[CODE]", "[Code]", "[ code ]", "[ / code]", "[code lang=x]"])
def test_no_text_opens_html_in_the_journal_of_servicenow(tag: str) -> None:
    hostile = f"x {tag}<a href='https://evil.example'>x</a>[/code]"
    for note in (note_of(headline=hostile, form="text"), note_of(body=hostile, form="text"),
                 note_of(fact=hostile, form="text")):  # fmt: skip
        assert re.search(r"\[[\s/]*code", note, re.IGNORECASE) is None
        assert "evil.example" in note
    assert "[1] codes[0]" in note_of(body="[1] codes[0]", form="text")


@pytest.mark.parametrize("reference", ["GH-12", "gh-7", COMMIT, COMMIT[:7], "1234567", f"acme/billing@{COMMIT}"])
def test_a_headline_makes_no_link_to_issues_and_commits(reference: str) -> None:
    text = shown(note_of(headline=f"x {reference}, {reference}"))
    assert re.search(r"\bGH-\d", text, re.IGNORECASE) is None
    assert re.search(r"\b[0-9a-f]{7,40}\b", text) is None
    assert text.replace("\u2060", "").count(reference) == 2


def test_what_is_short_or_code_stays_as_it_is() -> None:
    assert "error 123456 in cafe12 of facades" in shown(note_of(headline="error 123456 in cafe12 of facades"))
    assert f"{COMMIT} GH-12 @ana #1" in shown(note_of(fact=f"{COMMIT} GH-12 @ana #1"), code=True)


@pytest.mark.parametrize(
    "body",
    [
        "Ask @team.", "@team", "**@team**", "_@team_", r"\@team", "(@team)", "请@team", "cc:@team/x", "> @team",
        "- @team\n- x", "| a |\n|---|\n| @team |", "`a` @team `b`", "`a\nb` @team `c`", "a ` b\n\nc @team ` d",
        r"\` @team \`", "``a` @team", "[@team](https://a.example)", "[a](https://a.example)@team", "# @team",
        "```\ncode\n```\n@team", "- ```\n  code\n  ```\n\n  @team", "<b>@team</b>", "<div>\n@team\n</div>",
        "x\r@team", "x\r\n@team", "![@team](x)",
    ],
)  # fmt: skip
def test_a_body_calls_nobody(body: str) -> None:
    for called in (body, body.replace("@team", "#1")):
        text = shown(note_of(body=called))
        assert "@team" not in text
        assert "#1" not in text
        assert ("@\u2060team" if called is body else "#\u20601") in text or "![" in called


@pytest.mark.parametrize(
    "body",
    [
        "`npm i @acme/x`", "``a ` @acme/x``", "```\nnpm i @acme/x #1\n/close\n```", "~~~sh\n@a\n~~~\n", "    @a #1 /b",
        "- ```\n  @a\n  /close\n  ```", "> ```\n> @a\n> ```", "mail ana@acme.example", "https://a.example/@a/b#1",
        "<https://a.example/@a#1>", "[x](https://a.example/@a#1)", "[x](/@a)", "a @ b # c", "# One", "usr/bin /bin/sh",
        "`a\n@b`",
    ],
)  # fmt: skip
def test_code_addresses_and_words_of_a_body_stay_as_they_are(body: str) -> None:
    assert body in note_of(body=body)


@pytest.mark.parametrize("body", ["/close", "x\n/assign me", "  /close", "x\r\n/close", "- x\n\n/close", "/label ~bug"])
def test_a_body_commands_nothing(body: str) -> None:
    note = note_of(body=body)
    assert re.search(r"^\s*/[a-z]", note, re.MULTILINE) is None
    assert body.split("/")[1].replace("\r", "") in note.replace("\u2060", "")


@pytest.mark.parametrize(
    "body",
    [
        "a\n```\nx\x0b```", "a\x0b\n```\nx\n```", "a\x0cb\n```\nx\n```", "a\x85b\n```\nx\n```", "a\u2028b\n```\nx\n```",
        "a\r```\rx",
        "1. step\n\n   ```\n   code", "- ```\n  code\n  ```", "- ```\n  code", "> ```\n> code", "```inline``` text",
        "````\n```", "~~~\n```", "```\ncode\n``` x", "```\ncode\n    ```",
    ],
)  # fmt: skip
def test_whatever_block_a_body_leaves_open_swallows_nothing(body: str) -> None:
    page = MarkdownIt("commonmark", {"html": True}).render(note_of(body=body))
    assert "<code>KE&#45;1</code>".replace("&#45;", "-") in page
    assert f'<a href="{LINK}">' in page
    assert page.rstrip().endswith("<!-- kea:default:D-1 -->")


@pytest.mark.parametrize("piece", ["@a ", "@", "`", "` `` ", "[", "](", "/a\n", "\n", " ", "https://", "#1", "<", "\\"])
def test_silencing_takes_no_time(piece: str) -> None:
    body = (piece * 60_000)[:60_000]
    begun = process_time()
    assert len(note_of(body=body)) <= 65_536
    assert process_time() - begun < 3
