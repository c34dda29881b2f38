"""What counts as a note that is there: not each answer of success comes from the ticket system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assistant.ports import Delivered, Doubtful, Postponed
from tests.assistant.tickets.drivers import HELPDESK, GitHubDriver, HelpdeskDriver, helpdesk
from tests.assistant.tickets.fake_server import Told
from tests.assistant.tickets.test_notes import GITHUB_ISSUE, MARKER, REPLY

DESK_TICKET = {"ticket": "1", "values": {"id": "1"}}
SIGN_IN = b"<!doctype html><title>Sign in</title>"


@pytest.fixture
def without_receipt(monkeypatch: pytest.MonkeyPatch) -> Iterator[HelpdeskDriver]:
    note = {key: value for key, value in HELPDESK["note"].items() if key != "receipt"}
    monkeypatch.setitem(HELPDESK, "note", note)
    with helpdesk(lambda _: True) as driver:
        yield driver


@pytest.mark.parametrize(
    "told",
    [
        Told(200, SIGN_IN), Told(201, b""), Told(201, b'{"id": 1'), Told(202, b"queued for the virus scan"),
        Told(201, {}), Told(201, {"id": None}), Told(201, {"id": ""}), Told(201, {"id": {"x": 1}}),
        Told(201, [{"id": 1}]), Told(201, "x"), Told(201, None), Told(204, None),
    ],
)  # fmt: skip
def test_a_success_that_does_not_name_the_note_is_doubtful(on_github: GitHubDriver, told: Told) -> None:
    on_github.api.break_next(told)
    result = on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
    assert isinstance(result, Doubtful), result
    assert "note.receipt" in result.reason


def test_an_answer_that_breaks_off_is_doubtful_and_the_note_is_found(on_github: GitHubDriver) -> None:
    on_github.api.break_next("half")
    assert isinstance(on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER), Doubtful)
    assert on_github.adapter.channel.find(GITHUB_ISSUE, MARKER) is True


def test_where_nothing_names_the_note_a_page_is_doubtful(without_receipt: HelpdeskDriver) -> None:
    channel = without_receipt.adapter.channel
    without_receipt.api.break_next(Told(200, SIGN_IN))
    result = channel.send(DESK_TICKET, REPLY, MARKER)
    assert isinstance(result, Doubtful), result
    assert "page" in result.reason
    for told in (Told(200, {}), Told(204, None)):
        without_receipt.api.break_next(told)
        assert channel.send(DESK_TICKET, REPLY, MARKER) == Delivered("")


@pytest.mark.parametrize("document", [None, {"error": "DatabaseConflict"}])
def test_a_conflict_is_tried_again(on_github: GitHubDriver, document: Any) -> None:
    on_github.api.break_next(Told(409, document))
    result = on_github.adapter.channel.send(GITHUB_ISSUE, REPLY, MARKER)
    assert isinstance(result, Postponed), result
    assert "409" in result.reason
    assert result.after is None
