"""Who said it: Kea itself, somebody who quotes Kea, or a namesake from elsewhere."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any

import pytest

from assistant.ports import Inbound
from assistant.tickets.adf_reading import text_of_adf
from assistant.tickets.payload import said_to
from assistant.tickets.reading import MARKER
from knowledge_base.store.asking import questions
from knowledge_base.types import Verdict
from tests.assistant.conformance.driver import DriverMaker
from tests.assistant.conformance.world import PROJECT, SOLVED, UNSOLVED, world_with
from tests.assistant.tickets import fake_github, fake_jira
from tests.assistant.tickets.drivers import GitHubDriver, JiraDriver, github
from tests.assistant.tickets.test_reading import verdicts

Kept = list[Inbound]
OWN = "kea:default:D-1"
NOTE = {
    "type": "blockquote",
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": f"Run it. @kea {OWN}"}]}],
}


@pytest.mark.parametrize(
    "body",
    [
        f"> **Known**\n> <!-- {OWN} -->\n\n@kea {UNSOLVED}", f"@kea {UNSOLVED}\n\n  > {OWN}",
        f">> {OWN}\r\n\r\n@kea {UNSOLVED}",
    ],
)  # fmt: skip
def test_a_comment_that_quotes_a_note_is_a_question_of_its_author(
    on_github: GitHubDriver, kept: Kept, body: str
) -> None:
    event = fake_github.comment_event(number=7, comment=1, body=body, login="ana")
    assert on_github.post(on_github.sign(event)).detail == "kept"
    assert UNSOLVED in kept[0].text


def test_an_issue_that_quotes_a_note_is_asked(on_github: GitHubDriver, kept: Kept) -> None:
    event = fake_github.issue_event(number=7, title=SOLVED, body=f"> {OWN}\n\nIt is back.", login="ana")
    assert on_github.post(on_github.sign(event)).detail == "kept"


@pytest.mark.parametrize(
    "body",
    [
        f"@kea {UNSOLVED}\n\n<!-- {OWN} -->", f"> x\n{OWN}\n@kea {UNSOLVED}", f"@kea {{quote}}\n{OWN}",
        f"@kea a > b {OWN}",
    ],
)  # fmt: skip
def test_a_mark_outside_of_quotations_is_the_own(on_github: GitHubDriver, kept: Kept, body: str) -> None:
    event = fake_github.comment_event(number=7, comment=1, body=body, login="ana")
    assert on_github.post(on_github.sign(event)).detail == "ignored"
    assert kept == []


@pytest.mark.parametrize(
    "quotation", [f"{{quote}}\nRun it.\n_{OWN}_\n{{quote}}\n", f"bq. {OWN}\n", f"{{quote}}@kea {OWN}{{quote}}"]
)
def test_quotations_of_jira_are_known(on_jira: JiraDriver, kept: Kept, quotation: str) -> None:
    for number, body in enumerate((f"{quotation}@kea {UNSOLVED}", quotation), 1):
        on_jira.post(on_jira.sign(fake_jira.comment_event(number=1, comment=number, body=body)))
    assert [each.event for each in kept] == ["comment:20001"]


def test_quotations_in_documents_are_known(on_jira: JiraDriver, kept: Kept) -> None:
    asked = fake_jira.adf(f"@kea {UNSOLVED}")
    quoting: dict[str, Any] = {**asked, "content": [NOTE, *asked["content"]]}
    only_quoted = {**asked, "content": [NOTE]}
    unquoted = {**asked, "content": [*NOTE["content"], *asked["content"]]}
    for number, body in enumerate((quoting, only_quoted, unquoted), 1):
        on_jira.post(on_jira.sign(fake_jira.comment_event(number=1, comment=number, body=body)))
    assert [each.event for each in kept] == ["comment:20001"]
    assert UNSOLVED in kept[0].text


def test_a_person_is_named_within_a_system(on_github: GitHubDriver, on_jira: JiraDriver, kept: Kept) -> None:
    on_github.post(on_github.sign(fake_github.issue_event(number=7, title=SOLVED, login="ana")))
    on_github.post(on_github.sign(fake_github.comment_event(number=7, comment=1, body="@kea x", login="ana")))
    on_jira.post(on_jira.sign(fake_jira.issue_event(number=1, summary=SOLVED, account="ana")))
    assert [each.user for each in kept] == ["github:ana", "github:ana", "jira:ana"]


def test_who_is_own_goes_by_the_bare_name(kept: Kept) -> None:
    with github(lambda inbound: not kept.append(inbound), own=["ana", "github:bob"]) as driver:  # type: ignore[func-returns-value]
        for number, login in enumerate(("Ana", "bob"), 1):
            driver.post(driver.sign(fake_github.issue_event(number=number, title=SOLVED, login=login)))
    assert [each.user for each in kept] == ["github:bob"]


def test_a_namesake_elsewhere_overwrites_no_feedback(tmp_path: Path) -> None:
    with world_with(DriverMaker("github", github), tmp_path) as world:
        driver = world.driver
        assert isinstance(driver, GitHubDriver)
        assert driver.ask(SOLVED, user="ana", event="7").ok
        world.settle()
        with world.knowledge.store.write() as db:
            questions.give_feedback(
                db, PROJECT, "Q-1", user="ana", verdict=Verdict.HELPFUL, comment="", now=world.knowledge.clock()
            )
        event = fake_github.comment_event(number=1, comment=1, body="not helpful Q-1", login="ana")
        assert driver.post(driver.sign(event)).ok
        world.settle()
        assert verdicts(world) == ["helpful", "not_helpful"]


PIECES = ["\n", " ", ">", "@", "-", "[", "`", "\r", "> ", "\n ", "\n> ", "@kea ", "@kea,", "{quote}", "bq. ", "\nbq."]
PIECES += ["kea:a:D-", "kea:", "-kea:a:D-1", "0", "\u2028", "\x0b"]


@pytest.mark.parametrize("piece", PIECES)
def test_reading_a_text_takes_no_time(on_github: GitHubDriver, on_jira: JiraDriver, piece: str) -> None:
    text = (piece * 300_000)[:300_000]
    begun = process_time()
    for end in ("x", "\n\n@kea x"):
        event = fake_github.comment_event(number=7, comment=1, body=f"x{text}{end}", login="ana")
        assert on_github.post(on_github.sign(event)).ok
        said_to(text + end, text + end, ["@kea", "[~accountid:5b10ac8d82e05b22cc7d4ef5]"])
        MARKER.search(text + end)
        text_of_adf({"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
    assert process_time() - begun < 2
