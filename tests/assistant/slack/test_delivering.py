"""Deliveries: what Slack's failures become, looking for a message, limits."""

from __future__ import annotations

import errno
import json
import ssl
from http.client import RemoteDisconnected
from socket import gaierror
from urllib.error import URLError

import pytest

from assistant.ports import Address, Channel, Delivered, Doubtful, Postponed, Refused
from assistant.reply import Reply
from assistant.slack import adapters
from assistant.slack.outcomes import of_error
from knowledge_base.settings import Settings
from knowledge_base.store.solving.solutions import SolutionText
from tests.assistant.conformance.world import SOLVED, UNSOLVED
from tests.assistant.slack.conftest import SlackWorld
from tests.assistant.slack.driver import real_clock
from tests.assistant.slack.server import BOT_TOKEN, CHANNEL, SIGNING_SECRET, TEAM, FakeSlack

THREAD = "1700000000.000100"
PLACE: Address = {"team": TEAM, "channel": CHANNEL, "thread": THREAD, "since": THREAD, "user": "UANA"}
REPLY = Reply("en", "This is a known error", "Restart it", question_id="Q-1", feedback=True)


def channel_of(world: SlackWorld) -> Channel:
    return world.driver.adapter.channel


@pytest.mark.parametrize(
    ("code", "expected", "advice"),
    [
        ("channel_not_found", Refused, "invite Kea"),
        ("not_in_channel", Refused, "invite Kea"),
        ("is_archived", Refused, "archive"),
        ("invalid_auth", Refused, "KEA_SLACK_BOT_TOKEN"),
        ("token_revoked", Refused, "KEA_SLACK_BOT_TOKEN"),
        ("missing_scope", Refused, "manifest"),
        ("restricted_action", Refused, "administrator"),
        ("msg_too_long", Refused, "shorten"),
        ("never_heard_of", Refused, "never_heard_of"),
        ("internal_error", Doubtful, ""),
        ("fatal_error", Doubtful, ""),
        ("ratelimited", Postponed, ""),
    ],
)
def test_each_error_of_slack_is_told_truthfully(over_http: SlackWorld, code: str, expected: type, advice: str) -> None:
    over_http.slack.breaks = [f"code:{code}"] * 2
    result = channel_of(over_http).send(PLACE, REPLY, "kea:default:M-1")
    assert isinstance(result, expected)
    assert advice in result.reason  # type: ignore[attr-defined]
    assert over_http.slack.posted == []


@pytest.mark.parametrize(("header", "after"), [("7", 7.0), ("soon", None), ("-1", None), ("9" * 30, None)])
def test_the_time_that_slack_asks_for_is_passed_on(over_http: SlackWorld, header: str, after: float | None) -> None:
    over_http.slack.retry_after = header
    over_http.slack.breaks = ["throttled"]
    result = channel_of(over_http).send(PLACE, REPLY, "m")
    assert isinstance(result, Postponed)
    assert result.after == after


def test_nothing_is_sent_twice_by_the_sdk(over_http: SlackWorld) -> None:
    for how in ("dropped", "error", "slow", "throttled"):
        over_http.slack.calls.clear()
        over_http.driver.break_next(how)
        channel_of(over_http).send(PLACE, REPLY, "m")
        assert over_http.slack.calls == ["chat.postMessage"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (URLError(gaierror(-2, "Name or service not known")), Postponed),
        (URLError(ConnectionRefusedError()), Postponed),
        (URLError(OSError(errno.ENETUNREACH, "Network is unreachable")), Postponed),
        (URLError(ssl.SSLCertVerificationError()), Postponed),
        (URLError(TimeoutError()), Doubtful),
        (URLError(ConnectionResetError()), Doubtful),
        (URLError("unknown url type"), Doubtful),
        (RemoteDisconnected(), Doubtful),
        (TimeoutError(), Doubtful),
    ],
)
def test_only_what_was_certainly_not_posted_is_postponed(error: Exception, expected: type) -> None:
    assert isinstance(of_error(error), expected)


def test_a_message_is_found_on_a_later_page(over_http: SlackWorld) -> None:
    channel = channel_of(over_http)
    for n in range(5):
        assert isinstance(channel.send(PLACE, REPLY, f"m{n}"), Delivered)
    over_http.slack.page = 2
    over_http.slack.calls.clear()
    assert channel.find(PLACE, "m4") is True
    assert over_http.slack.calls == ["conversations.replies"] * 3
    assert channel.find(PLACE, "m5") is False


def test_a_message_is_found_where_metadata_may_not_be_read(over_http: SlackWorld) -> None:
    over_http.slack.without_metadata = True
    channel_of(over_http).send(PLACE, REPLY, "m1")
    assert channel_of(over_http).find(PLACE, "m1") is True
    assert channel_of(over_http).find(PLACE, "m2") is False


def test_what_cannot_be_looked_up_is_not_known(over_http: SlackWorld) -> None:
    channel = channel_of(over_http)
    assert channel.find({"team": TEAM, "user": "UANA"}, "m") is None
    over_http.slack.missing_scope = True
    assert channel.find(PLACE, "m") is None
    over_http.slack.go_away()
    try:
        assert channel.find(PLACE, "m") is None
    finally:
        over_http.slack.listen()


def test_a_response_url_from_elsewhere_is_not_posted_to(over_http: SlackWorld) -> None:
    stolen = {"team": TEAM, "user": "UANA", "response_url": over_http.slack.api_url + "x", "until": 4_000_000_000}
    assert isinstance(channel_of(over_http).send(stolen, REPLY, "m"), Delivered)
    assert over_http.slack.calls == ["chat.postMessage"]
    assert over_http.slack.posted[0].channel == "DANA"


def test_what_slack_finds_too_long_goes_in_short(over_http: SlackWorld) -> None:
    over_http.slack.longest = 6000
    over_http.world.solve(UNSOLVED, SolutionText("Give it memory", "", "Raise the limit. " * 600))
    over_http.driver.ask(UNSOLVED)
    over_http.world.settle()
    assert over_http.world.states() == ["sent"]
    [posted] = over_http.slack.posted
    assert "(shortened)" in json.dumps(posted.raw)


def test_the_fake_refuses_what_slack_refuses(over_http: SlackWorld) -> None:
    text = {"type": "plain_text", "text": "x" * 151}
    message = {"channel": CHANNEL, "text": "x", "blocks": [{"type": "header", "text": text}]}
    assert over_http.slack.answer("chat.postMessage", message, BOT_TOKEN)[1]["error"] == "invalid_blocks"
    assert over_http.slack.answer("chat.postMessage", message, "xoxb-other")[1]["error"] == "invalid_auth"


def test_lanes_are_channels_and_people() -> None:
    slack = FakeSlack()
    try:
        settings = Settings(slack_bot_token=BOT_TOKEN, slack_signing_secret=SIGNING_SECRET, slack_api_url=slack.api_url)
        [adapter] = adapters(settings, lambda project: lambda inbound: True, real_clock)
        lane = adapter.channel.lane
        assert lane(PLACE) == lane({**PLACE, "thread": "1.2"}) == f"{TEAM}/{CHANNEL}"
        assert lane({"team": TEAM, "user": "UANA"}) == f"{TEAM}/UANA"
        assert slack.calls == []
    finally:
        slack.close()


def test_answers_in_a_busy_channel_keep_the_pace(over_http: SlackWorld) -> None:
    begun = over_http.world.clock()
    for n in range(4):
        over_http.driver.ask(SOLVED, user=f"u{n}")
    over_http.world.settle()
    assert len(over_http.slack.posted) == 4
    assert (over_http.world.clock() - begun).total_seconds() >= 3
