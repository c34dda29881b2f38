"""Notes as they are posted: hostile texts, addresses, lengths, and how each end of a call is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic
from typing import Any

import pytest
from markdown_it import MarkdownIt

from assistant.ports import Delivered, Doubtful, Inbound, Postponed, Refused
from assistant.reply import Reply
from assistant.tickets.adf_writing import adf_of_markdown
from assistant.tickets.writing import bears, write_note
from tests.assistant.tickets import fake_helpdesk
from tests.assistant.tickets.adf_rules import faults, shown
from tests.assistant.tickets.drivers import GitHubDriver, HelpdeskDriver, JiraDriver, rendered
from tests.assistant.tickets.fake_server import SLOW_SECONDS, Told

MARKER = "kea:default:D-1"
GITHUB_ISSUE = {
    "ticket": "1", "values": {"owner": "acme", "repo": "billing", "number": "7"}, "since": "2026-01-01T00:00:00Z",
}  # fmt: skip
HOSTILE = (
    "@everyone @acme/admins #1 acme/other#2 <script>x</script> <!-- --> --> | [a](https://evil.example) "
    "![i](https://evil.example/i.png) <img src=x onerror=y> https://evil.example www.evil.example `code` ```"
    " **bold** &lt;b&gt; </code> \\@ {text} ]]> javascript:alert(1) \x1b[31m \u202e"
)
REPLY = Reply(
    "en", f"This is a known error: {HOSTILE}", "Run the `migration`.", (("Category", f"KE-1 {HOSTILE}"),),
    "https://kea.example.com/categories/KE-1?project=a", "Q-1", feedback=True,
)  # fmt: skip


def test_hostile_texts_do_nothing_in_markdown() -> None:
    note = write_note(REPLY, marker=MARKER, form="markdown", limit=65_536)
    assert isinstance(note, str)
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    page = parser.render(note)
    assert page.count("<a ") == 1
    assert 'href="https://kea.example.com/categories/KE-1?project=a"' in page
    for harmful in ("<script", "<img", "<b>", "<table"):
        assert harmful not in page
    assert page.count("<!--") == page.count("-->") == 1
    assert page.rstrip().endswith(f"<!-- {MARKER} -->")
    # Those who look for names and links do so in the rendered text, but not within code.
    code_begins = page.index("<code>")
    headline = page[:code_begins]
    for call in ("@everyone", "@acme", "#1", "#2"):
        assert call not in headline
    assert HOSTILE[:60] in rendered(note)


@pytest.mark.parametrize("linked", ["https://evil.example", "www.evil.example"])
def test_no_address_in_hostile_texts_becomes_a_link_by_itself(linked: str) -> None:
    note = write_note(REPLY, marker=MARKER, form="markdown", limit=65_536)
    assert linked not in str(note)


def test_hostile_texts_do_nothing_in_html() -> None:
    note = write_note(REPLY, marker=MARKER, form="html", limit=60_000)
    assert isinstance(note, str)
    assert note.count("<a ") == 1
    for harmful in ("<script", "<img", "<b>", "</code> \\"):
        assert harmful not in note
    assert bears(note, MARKER)


def test_hostile_texts_are_texts_in_documents() -> None:
    note = write_note(REPLY, marker=MARKER, form="adf", limit=32_767)
    assert isinstance(note, dict)
    assert faults(note) == []
    links = [mark for mark in marks(note) if mark["type"] == "link"]
    assert [mark["attrs"]["href"] for mark in links] == ["https://kea.example.com/categories/KE-1?project=a"]
    assert HOSTILE[:60] in shown(note)
    assert "mention" not in json.dumps(note)
    assert bears(shown(note), MARKER)


def marks(node: dict[str, Any]) -> list[dict[str, Any]]:
    return node.get("marks", []) + [mark for child in node.get("content", []) for mark in marks(child)]


@pytest.mark.parametrize("form", ["markdown", "adf", "html", "text"])
def test_a_code_block_left_open_swallows_nothing(form: Any) -> None:
    body = "Run:\n\n```sh\nkubectl get pods"
    note = write_note(Reply("en", "Known", body, (("Category", "KE-1"),)), marker=MARKER, form=form, limit=30_000)
    if form == "markdown":
        assert "<code>KE" in MarkdownIt("commonmark").render(str(note))
        closed = write_note(Reply("en", "Known", body + "\n```"), marker=MARKER, form=form, limit=30_000)
        assert str(closed).count("```") == 2
    assert "KE" in json.dumps(note)


MARKDOWN = """
# Title with `code`

A **strong *and em* text**, a [link](https://a.example), [no link](javascript:x), <b>html</b>, ~~gone~~.
**`strong code`** [`linked code`](https://a.example)\\
next line

- one
  - nested
    1. deep

      > quoted in a list

  ## heading in a list
- ```python x
  code = 1
  ```
-
- - only nested

> # quote
> > twice
> - list
> ---

***

```<!weird>
```

    indented

| no | table |
|----|-------|

![image](https://a.example/i.png) [ref]

3. three

<div>block</div>
"""


def test_markdown_becomes_a_document_that_jira_takes() -> None:
    document = {"type": "doc", "version": 1, "content": adf_of_markdown(MARKDOWN)}
    assert faults(document) == []
    text = shown(document)
    for words in ("Title with code", "strong and em text", "nested", "deep", "quoted in a list", "twice", "table"):
        assert words in text
    assert "<b>html</b>" in text
    assert [block["type"] for block in document["content"]][:3] == ["heading", "paragraph", "bulletList"]
    assert {mark["type"] for mark in marks(document)} == {"strong", "em", "code", "link", "strike"}
    assert {"type": "orderedList", "order": 3} in [
        {"type": block["type"], "order": block["attrs"].get("order")}
        for block in document["content"] if "attrs" in block
    ]  # fmt: skip
    links = {mark["attrs"]["href"] for mark in marks(document) if mark["type"] == "link"}
    assert links == {"https://a.example", "https://a.example/i.png"}


@pytest.mark.parametrize("body", ["", "-", ">", "```", "#", "1.", "[](https://a.example)", "**", "> - > -", "\\"])
def test_markdown_of_nothing_becomes_a_document_that_jira_takes(body: str) -> None:
    note = write_note(Reply("en", "x", body), marker=MARKER, form="adf", limit=32_767)
    assert faults(note) == []


@pytest.mark.parametrize("form", ["markdown", "adf", "html", "text"])
@pytest.mark.parametrize(
    "body",
    [
        "word " * 20_000, "`a` *b* " * 12_500, "- x\n" * 25_000, "```\n" + "<&\"'>\n" * 16_000, "错误" * 50_000,
        "x" * 99_999,
    ],
)  # fmt: skip
def test_a_note_is_never_longer_than_its_limit(form: Any, body: str) -> None:
    facts = tuple((f"Fact {n}", HOSTILE * 9) for n in range(5))
    for limit in (4_000, 32_767):
        note = write_note(
            Reply("en", "T" * 900, body, facts, "https://kea.example.com/c", "Q-1", feedback=True),
            marker=MARKER, form=form, limit=limit,
        )  # fmt: skip
        text = note if isinstance(note, str) else json.dumps(note, ensure_ascii=False)
        assert len(text) <= limit
        assert "https://kea.example.com/c" in text
        assert bears(text, MARKER)
        assert "shortened" in text
        assert not isinstance(note, dict) or faults(note) == []
    assert len(text) > 16_000


def test_notes_are_found_by_their_own_marker_alone(on_github: GitHubDriver) -> None:
    channel = on_github.adapter.channel
    assert isinstance(channel.send(GITHUB_ISSUE, REPLY, "kea:default:D-12"), Delivered)
    assert channel.find(GITHUB_ISSUE, "kea:default:D-12") is True
    assert channel.find(GITHUB_ISSUE, "kea:default:D-1") is False
    assert channel.find(GITHUB_ISSUE, "kea:fault:D-12") is False


def test_notes_are_found_on_later_pages(on_github: GitHubDriver, on_jira: JiraDriver) -> None:
    on_github.api.notes += [{"id": n, "issue": "7", "body": "+1"} for n in range(250)]
    channel = on_github.adapter.channel
    channel.send(GITHUB_ISSUE, REPLY, MARKER)
    assert channel.find(GITHUB_ISSUE, MARKER) is True
    assert [call.query["page"] for call in on_github.api.calls if call.method == "GET"] == ["1", "2", "3"]
    address = {"ticket": "1", "values": {"key": "OPS-1"}}
    tickets = on_jira.adapter.channel
    tickets.send(address, REPLY, MARKER)
    on_jira.api.notes += [{"id": n, "key": "OPS-1", "body": {"type": "doc", "content": []}} for n in range(120)]
    assert tickets.find(address, MARKER) is True
    assert tickets.find(address, "kea:default:D-2") is False


def test_a_list_of_notes_without_end_tells_nothing(on_github: GitHubDriver) -> None:
    on_github.api.notes += [{"id": n, "issue": "7", "body": "+1"} for n in range(2_001)]
    assert on_github.adapter.channel.find(GITHUB_ISSUE, MARKER) is None


@pytest.mark.parametrize(
    "told", [Told(500), Told(404, []), Told(429), Told(200, {"message": "x"}), Told(200, None), Told(200, "x")]
)
def test_notes_that_cannot_be_listed_tell_nothing(on_github: GitHubDriver, told: Told) -> None:
    on_github.api.answer = lambda call: told  # type: ignore[method-assign]
    assert on_github.adapter.channel.find(GITHUB_ISSUE, MARKER) is None
    on_github.api.go_away()
    assert on_github.adapter.channel.find(GITHUB_ISSUE, MARKER) is None


def test_jira_notes_are_internal_unless_the_entry_says_public(on_jira: JiraDriver) -> None:
    from tests.assistant.tickets.drivers import jira

    address = {"ticket": "1", "values": {"key": "OPS-1"}}
    assert on_jira.adapter.channel.send(address, REPLY, MARKER) == Delivered("40000")
    [note] = on_jira.api.notes
    assert note["properties"] == [{"key": "sd.public.comment", "value": {"internal": True}}]
    with jira(lambda _: True, public=True) as driver:
        driver.adapter.channel.send(address, REPLY, MARKER)
        assert driver.api.notes[0]["properties"][0]["value"] == {"internal": False}


def test_feedback_is_asked_for_only_where_comments_are_read(
    on_github: GitHubDriver, on_helpdesk: HelpdeskDriver
) -> None:
    on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
    on_helpdesk.adapter.channel.send({"ticket": "1", "values": {"id": "1"}}, REPLY, MARKER)
    assert "Did this help? Helpful Q-1 / Not helpful Q-1" in on_github.seen()[0].text
    assert "Did this help" not in on_helpdesk.seen()[0].text


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("../../admin", "..%2F..%2Fadmin"), ("%2e%2e%2f", "%252e%252e%252f"), ("a b", "a%20b"),
        ("ä錯", "%C3%A4%E9%8C%AF"), ("1?x=2#y", "1%3Fx%3D2%23y"), ("//evil.example/", "%2F%2Fevil.example%2F"),
        ("@evil.example", "%40evil.example"),
        ("a\\b;c", "a%5Cb%3Bc"), ("{id}", "%7Bid%7D"),
    ],
)  # fmt: skip
def test_values_of_a_payload_stay_one_segment_of_the_path(
    on_helpdesk: HelpdeskDriver, kept: list[Inbound], value: str, segment: str
) -> None:
    event = fake_helpdesk.ticket_event(ticket=value, subject="x")
    assert on_helpdesk.post(on_helpdesk.sign(event)).ok
    result = on_helpdesk.adapter.channel.send(kept[0].address, REPLY, MARKER)
    assert isinstance(result, Delivered), result
    [call] = on_helpdesk.api.calls
    assert (call.path, call.query) == (f"/api/tickets/{segment}/notes", {})


@pytest.mark.parametrize(
    ("told", "after"),
    [
        (Told(429, None, {"Retry-After": "17"}), 17),
        (Told(429, None, {"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}), 1),
        (Told(429, None, {"Retry-After": "soon"}), 60),
        (Told(429), 60),
        (Told(403, None, {"Retry-After": "5"}), 5),
        (Told(403, None, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "7"}), 1),
        (Told(403, {"message": "You have exceeded a secondary rate limit."}), 60),
    ],
)
def test_limits_postpone_for_as_long_as_is_asked(on_github: GitHubDriver, told: Told, after: float) -> None:
    on_github.api.break_next(told)
    result = on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
    assert isinstance(result, Postponed)
    assert result.after == after


def test_limits_that_end_at_a_time_postpone_until_then(on_github: GitHubDriver) -> None:
    at = datetime.now(UTC) + timedelta(seconds=120)
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(at.timestamp()))}
    for told in (Told(403, None, reset), Told(429, None, {"Retry-After": format_datetime(at, usegmt=True)})):
        on_github.api.break_next(told)
        result = on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
        assert isinstance(result, Postponed)
        assert result.after == pytest.approx(115, abs=6)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "note.body"), (401, "renew it"), (403, "permission"), (404, "may not see it"), (410, "gone"),
        (413, "note.limit"), (422, "locked"), (418, "mapping file"), (301, "final address"), (307, "final address"),
    ],
)  # fmt: skip
def test_refusals_say_what_to_do(on_github: GitHubDriver, status: int, advice: str) -> None:
    on_github.api.break_next(Told(status, {"message": "no\nway"}, {"Location": on_github.api.url + "/elsewhere"}))
    result = on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
    assert isinstance(result, Refused)
    assert advice in result.reason
    assert str(status) in result.reason
    assert len(on_github.api.calls) == 1


@pytest.mark.parametrize(
    "how", ["error", "dropped", "slow", "dripping", Told(500), Told(503, None, {"Retry-After": "5"})]
)
def test_what_may_have_arrived_is_doubtful(on_github: GitHubDriver, how: str | Told) -> None:
    on_github.break_next(how)
    begun = monotonic()
    assert isinstance(on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER), Doubtful)
    assert monotonic() - begun < SLOW_SECONDS / 2
    assert len(on_github.api.calls) == 1


def test_where_nobody_listens_nothing_was_posted(on_github: GitHubDriver) -> None:
    on_github.break_next("away")
    result = on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
    assert isinstance(result, Postponed)
    assert "127.0.0.1" in result.reason


def test_no_token_is_told_by_an_outcome(on_github: GitHubDriver) -> None:
    from tests.assistant.tickets.fake_github import TOKEN

    for how in ("refused", "dropped", "error"):
        on_github.api.break_next(how)
        result = on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
        assert TOKEN not in repr(result)
    assert TOKEN not in repr(on_github.adapter)
