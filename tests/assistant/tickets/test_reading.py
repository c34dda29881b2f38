"""Which events are for Kea, and what becomes of payloads of every shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.answering import TEXT_LIMIT
from assistant.ports import Inbound
from assistant.tickets.adf_reading import text_of_adf
from assistant.tickets.loading import read_preset
from tests.assistant.conformance.driver import DriverMaker
from tests.assistant.conformance.world import SOLVED, STRANGE, UNSOLVED, World, world_with
from tests.assistant.tickets import fake_github, fake_helpdesk, fake_jira
from tests.assistant.tickets.drivers import GitHubDriver, HelpdeskDriver, JiraDriver, github

Kept = list[Inbound]


def test_an_issue_becomes_a_question_of_its_author(on_github: GitHubDriver, kept: Kept) -> None:
    event = fake_github.issue_event(number=7, title="It fails", body="ERROR 1\r\nERROR 2", login="ana")
    assert on_github.post(on_github.sign(event)).detail == "kept"
    [inbound] = kept
    assert (inbound.channel, inbound.event, inbound.user) == ("github", "ticket:700007", "github:ana")
    assert inbound.text == "It fails\nERROR 1\r\nERROR 2"
    assert inbound.quiet
    assert inbound.address["values"] == {"owner": "acme", "repo": "billing", "number": "7"}
    assert "http" not in json.dumps(dict(inbound.address))


@pytest.mark.parametrize("action", ["edited", "labeled", "closed", "reopened", "deleted", "transferred"])
def test_later_events_of_an_issue_are_ignored(on_github: GitHubDriver, kept: Kept, action: str) -> None:
    event = fake_github.issue_event(number=7, title=SOLVED, action=action)
    assert on_github.post(on_github.sign(event)).detail == "ignored"
    assert kept == []


@pytest.mark.parametrize("kind", ["ping", "push", "pull_request", "issue_comment", "star"])
def test_other_kinds_of_events_are_ignored(on_github: GitHubDriver, kept: Kept, kind: str) -> None:
    event = {**fake_github.issue_event(number=7, title=SOLVED), "zen": "Keep it simple."}
    assert on_github.post(fake_github.signed(event, kind)).detail == "ignored"
    assert kept == []


def comment(body: str, **more: Any) -> dict[str, Any]:
    return fake_github.comment_event(number=7, comment=1, body=body, **more)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (f"@kea {UNSOLVED}", UNSOLVED),
        (f"@Kea: {UNSOLVED}", UNSOLVED),
        (f"What is this, @kea?\n```\n{UNSOLVED}\n```", f"What is this, ?\n```\n{UNSOLVED}\n```"),
        (f"> {UNSOLVED}\n\n@kea", f"> {UNSOLVED}"),
    ],
)
def test_a_comment_that_mentions_kea_is_a_question_to_it(
    on_github: GitHubDriver, kept: Kept, body: str, asked: str
) -> None:
    assert on_github.post(on_github.sign(comment(body))).ok
    [inbound] = kept
    assert (inbound.event, inbound.thread, inbound.text) == ("comment:800001", "700007", asked)
    assert not inbound.quiet


@pytest.mark.parametrize(
    "event",
    [
        comment(UNSOLVED),
        comment(f"mail me at ana@kea.example: {UNSOLVED}"),
        comment(f"@kea-team {UNSOLVED}"),
        comment(f"> @kea {UNSOLVED}\n\nI have that too"),
        comment(f"@kea {UNSOLVED}", action="edited"),
        comment(f"@kea {UNSOLVED}", action="deleted"),
        comment(f"@kea {UNSOLVED}", pull_request=True),
        comment("not helpful: something else is broken"),
        comment(""),
    ],
)
def test_other_comments_are_ignored(on_github: GitHubDriver, kept: Kept, event: dict[str, Any]) -> None:
    assert on_github.post(on_github.sign(event)).detail == "ignored"
    assert kept == []


def test_a_comment_of_one_word_of_feedback_is_passed_on_quietly(on_github: GitHubDriver, kept: Kept) -> None:
    assert on_github.post(on_github.sign(comment("Helpful Q-3"))).ok
    assert on_github.post(on_github.sign(comment("@kea not helpful"))).ok
    assert [(each.text, each.quiet) for each in kept] == [("Helpful Q-3", True), ("not helpful", False)]


def test_feedback_and_questions_in_comments_reach_the_core(tmp_path: Path) -> None:
    with world_with(DriverMaker("github", github), tmp_path) as world:
        driver = world.driver
        assert isinstance(driver, GitHubDriver)
        assert driver.ask(SOLVED, user="ana", event="7").ok
        world.settle()
        assert "Did this help?" in driver.seen()[0].text
        say(world, driver, "helpful", login="bob", number=1, comment=1)
        assert verdicts(world) == []
        say(world, driver, "helpful", login="ana", number=1, comment=2)
        say(world, driver, "not helpful Q-1", login="bob", number=1, comment=3)
        assert verdicts(world) == ["helpful", "not_helpful"]
        assert len(driver.seen()) == 1
        say(world, driver, f"@kea {STRANGE}", login="bob", number=1, comment=4)
        assert "do not know" in driver.seen()[1].text
        say(world, driver, "@kea helpful", login="ana", number=1, comment=5)
        assert "Thank you" in driver.seen()[2].text
        assert world.states() == ["sent"] * 3


def say(world: World, driver: GitHubDriver, body: str, **where: Any) -> None:
    assert driver.post(driver.sign(fake_github.comment_event(body=body, **where))).ok
    world.settle()


def verdicts(world: World) -> list[str]:
    from sqlalchemy import text

    with world.knowledge.store.read() as db:
        return sorted(db.execute(text("SELECT verdict FROM feedback")).scalars())


def test_jira_issues_and_comments_are_read_as_text_or_document(on_jira: JiraDriver, kept: Kept) -> None:
    document = fake_jira.adf("Since noon:", SOLVED)
    events = [
        fake_jira.issue_event(number=1, summary="It fails", description=document),
        fake_jira.issue_event(number=2, summary="It fails", description=SOLVED),
        fake_jira.issue_event(number=3, summary="It fails", description=None),
        fake_jira.issue_event(number=4, summary=SOLVED, event="jira:issue_updated"),
        fake_jira.comment_event(number=1, comment=1, body=fake_jira.adf("@kea", UNSOLVED)),
        fake_jira.comment_event(number=1, comment=2, body=f"@kea {UNSOLVED}"),
        fake_jira.comment_event(number=1, comment=3, body=UNSOLVED),
    ]
    assert all(on_jira.post(on_jira.sign(event)).ok for event in events)
    assert [each.text for each in kept] == [
        f"It fails\nSince noon:\n{SOLVED}", f"It fails\n{SOLVED}", "It fails", UNSOLVED, UNSOLVED,
    ]  # fmt: skip
    assert [each.event for each in kept] == [
        "ticket:10001", "ticket:10002", "ticket:10003", "comment:20001", "comment:20002",
    ]  # fmt: skip
    assert kept[0].address["values"] == {"key": "OPS-1"}


def test_documents_of_atlassian_become_text() -> None:
    document = {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "It fails"}]},
            {
                "type": "paragraph",
                "content": [
                    {"type": "mention", "attrs": {"id": "1", "text": "@Kea"}},
                    {"type": "text", "text": " look", "marks": [{"type": "strong"}]},
                    {"type": "hardBreak"},
                    {"type": "inlineCard", "attrs": {"url": "https://a.example"}},
                    {"type": "emoji", "attrs": {"shortName": ":fire:"}},
                ],
            },
            {"type": "codeBlock", "content": [{"type": "text", "text": "ERROR 1\n  at x"}]},
            {"type": "bulletList", "content": [listed("one"), listed("two")]},
            {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "newInvention"}, None, 7]}]},
        ],
    }
    assert text_of_adf(document).splitlines() == [
        "It fails", "@Kea look", "https://a.example:fire:", "ERROR 1", "  at x", "one", "", "two",
    ]  # fmt: skip


def listed(text: str) -> dict[str, Any]:
    return {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]}


@pytest.mark.parametrize("strange", [[], {}, "x", 7, None, {"type": ["doc"]}, {"type": "doc", "content": "x"}])
def test_strange_documents_become_some_text(strange: object) -> None:
    assert isinstance(text_of_adf(strange), str)
    assert text_of_adf({"type": "doc", "content": [strange, {"type": "text", "text": "x"}]}).endswith("x")


BODIES = [
    b"", b"[]", b"7", b'"x"', b"null", b"{", b"\xff\xfe", b"NaN", b"9" * 10_000,
    b"[" * 100_000, b'{"a":' * 1_000 + b"1" + b"}" * 1_000, b"payload=%7B%7D",
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]))
def test_a_signed_body_of_any_shape_is_ignored_or_refused(on_github: GitHubDriver, kept: Kept, body: bytes) -> None:
    import hmac
    from hashlib import sha256

    digest = hmac.new(fake_github.SECRET, body, sha256).hexdigest()
    headers = {
        "x-github-event": "issues",
        "x-hub-signature-256": f"sha256={digest}",
        "content-type": "application/x-www-form-urlencoded" if body.startswith(b"payload") else "application/json",
    }
    ack = on_github.post((headers, body))
    assert "body is no JSON" in ack.detail or ack.detail == "ignored", ack
    assert ("choose application/json" in ack.detail) == body.startswith(b"payload")
    assert kept == []


def test_a_payload_nested_a_thousand_deep_is_read(on_jira: JiraDriver, kept: Kept) -> None:
    deep: dict[str, Any] = {"type": "text", "text": SOLVED}
    for _ in range(400):
        deep = {"type": "blockquote", "content": [deep]}
    description = {"type": "doc", "version": 1, "content": [deep]}
    assert on_jira.post(on_jira.sign(fake_jira.issue_event(number=1, summary="x", description=description))).ok
    assert kept[0].text == f"x\n{SOLVED}"


def test_a_text_of_ten_megabytes_is_cut(on_github: GitHubDriver, kept: Kept) -> None:
    event = fake_github.issue_event(number=1, title=SOLVED, body="@kea é\n> " * 1_200_000)
    ack = on_github.post(on_github.sign(event))
    assert ack.ok
    assert ack.seconds < 3
    assert len(kept[0].text) == TEXT_LIMIT
    assert kept[0].text.startswith(SOLVED)


def fields(event: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    *parents, last = path.split(".")
    place = event
    for key in parents:
        place = place[key]
    place[last] = value
    return event


@pytest.mark.parametrize("value", [None, "", ".", "..", [], {"a": 1}, "x" * 201, "a\nb", "a\x00b", "\ud800"])
@pytest.mark.parametrize("path", ["repository.name", "issue.number", "issue.id"])
def test_what_a_notes_address_needs_must_be_there_and_usable(
    on_github: GitHubDriver, kept: Kept, path: str, value: object
) -> None:
    event = fields(fake_github.issue_event(number=1, title=SOLVED), path, value)
    ack = on_github.post(on_github.sign(event))
    assert not ack.ok
    assert path in ack.detail
    assert kept == []


@pytest.mark.parametrize("value", [None, 7, True, [], {"x": 1}, "\ud800 \x00"])
@pytest.mark.parametrize("path", ["issue.title", "issue.body", "issue.user", "sender", "action", "issue.user.login"])
def test_fields_of_another_type_do_no_harm(on_github: GitHubDriver, kept: Kept, path: str, value: object) -> None:
    event = fields(fake_github.issue_event(number=1, title="t", body="b"), path, value)
    assert on_github.post(on_github.sign(event)).ok
    assert all(inbound.text.encode() for inbound in kept)


@pytest.mark.parametrize(
    ("stamp", "accepted"),
    [
        ("{seconds}", True), ("{milliseconds}", True), ("{iso}", True), ("{iso_zone}", True), ("{old}", False),
        ("{ahead}", False), ("", False), ("soon", False), ("9" * 400, False), ("-1", False), ("²", False),
    ],
)  # fmt: skip
def test_the_time_of_a_signature_is_read_in_its_usual_forms(
    on_helpdesk: HelpdeskDriver, stamp: str, accepted: bool
) -> None:
    import base64
    import hmac
    from hashlib import sha256

    now = datetime.now(UTC)
    stamp = stamp.format(
        seconds=int(now.timestamp()), milliseconds=int(now.timestamp() * 1000), iso=now.isoformat(),
        iso_zone=now.astimezone().isoformat(), old=int(now.timestamp()) - 301,
        ahead=(now + timedelta(hours=1)).isoformat(),
    )  # fmt: skip
    headers, body = on_helpdesk.sign(fake_helpdesk.ticket_event(ticket="1", subject=SOLVED))
    digest = hmac.new(fake_helpdesk.SECRET, stamp.encode("latin-1", "replace") + body, sha256).digest()
    headers |= {"x-desk-timestamp": stamp, "x-desk-signature": base64.b64encode(digest).decode()}
    assert on_helpdesk.post((headers, body)).ok is accepted


def test_a_shared_secret_in_a_header_is_compared_whole(tmp_path: Path) -> None:
    from tests.assistant.tickets.drivers import HELPDESK, adapter_of

    assert read_preset("gitlab")["signature"]["kind"] == "token"
    kept: Kept = []
    entry = {
        "name": "desk", **HELPDESK, "signature": {"kind": "token", "header": "X-Token"},
        "note": {**HELPDESK["note"], "base_url": "https://desk.example"},
    }  # fmt: skip
    adapter = adapter_of(entry, b"s3cret", "t", lambda inbound: not kept.append(inbound), tmp_path)  # type: ignore[func-returns-value]
    driver = HelpdeskDriver(lambda _: adapter, fake_helpdesk.FakeHelpdesk())
    body = json.dumps(fake_helpdesk.ticket_event(ticket="1", subject=SOLVED)).encode()
    for wrong in ("s3cre", "s3crets", "S3CRET", "", "é"):
        assert not driver.post(({"x-token": wrong}, body)).ok
    assert driver.post(({"x-token": "s3cret"}, body)).ok
    driver.api.close()
