"""Socket Mode: connecting, reconnecting, stopping, and telling the truth about it."""

from __future__ import annotations

import threading
import time

import pytest

from assistant.slack import adapters
from knowledge_base.errors import InputError
from knowledge_base.settings import Settings
from tests.assistant.conformance.world import SOLVED
from tests.assistant.slack import payloads
from tests.assistant.slack.conftest import SlackWorld
from tests.assistant.slack.driver import fake_slack, real_clock, settings_of
from tests.assistant.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, wait_until


@pytest.mark.parametrize("politely", [True, False])
def test_a_lost_connection_is_made_again(over_watchful_socket: SlackWorld, politely: bool) -> None:
    world = over_watchful_socket
    connection = world.driver.adapter.connection
    assert connection is not None
    world.slack.socket_mode.drop(politely=politely)
    wait_until(lambda: world.slack.socket_mode.opened > 1)
    wait_until(lambda: connection.connected)
    assert world.driver.ask(SOLVED).ok


def test_a_refresh_loses_nothing(over_socket: SlackWorld) -> None:
    over_socket.slack.socket_mode.refresh()
    wait_until(lambda: over_socket.slack.socket_mode.opened == 2)
    wait_until(lambda: len(over_socket.slack.socket_mode.connections) == 1)
    assert over_socket.driver.ask(SOLVED).ok
    over_socket.world.settle()
    assert len(over_socket.slack.posted) == 1


def test_what_was_not_acknowledged_is_taken_when_it_comes_again(over_socket: SlackWorld) -> None:
    payload = payloads.mention(over_socket.slack.next_ts(), SOLVED, user="UANA")
    over_socket.world.refusing = True
    assert not over_socket.driver.deliver(payload).ok
    over_socket.world.refusing = False
    over_socket.slack.socket_mode.drop(politely=True)
    wait_until(lambda: over_socket.slack.socket_mode.opened == 2)
    assert over_socket.driver.deliver(payload, retry=1).ok
    over_socket.world.settle()
    assert len(over_socket.slack.posted) == 1


def test_odd_envelopes_do_not_end_the_connection(over_socket: SlackWorld) -> None:
    for payload in ({"event": {"user": 7}}, {"type": "event_callback", "event": "text"}, {}):
        over_socket.slack.socket_mode.send("events_api", payload)
    assert over_socket.driver.ask(SOLVED).ok


def test_starting_returns_at_once_where_slack_is_away_and_connects_later() -> None:
    with fake_slack() as slack:
        settings = settings_of(slack, slack_app_token=APP_TOKEN)
        [adapter] = adapters(settings, lambda project: lambda inbound: True, real_clock, ping_seconds=0.2)
        slack.go_away()
        assert adapter.connection is not None
        adapter.connection.start()  # whoever waited for Slack here would wait for ever
        try:
            time.sleep(0.1)
            assert not adapter.connection.connected
            slack.listen()
            wait_until(lambda: adapter.connection is not None and adapter.connection.connected)
        finally:
            adapter.connection.stop()
        assert not adapter.connection.connected


def test_stopping_finishes_what_is_received_and_can_be_followed_by_a_start() -> None:
    taking, go_on, kept = threading.Event(), threading.Event(), []

    def accept(inbound: object) -> bool:
        taking.set()
        go_on.wait(30)
        kept.append(inbound)
        return True

    with fake_slack() as slack:
        settings = settings_of(slack, slack_app_token=APP_TOKEN)
        [adapter] = adapters(settings, lambda project: accept, real_clock, ping_seconds=0.2)
        connection = adapter.connection
        assert connection is not None
        connection.start()
        wait_until(lambda: connection.connected)
        envelope = slack.socket_mode.send("events_api", payloads.mention(slack.next_ts(), SOLVED, user="UANA"))
        assert taking.wait(30)
        stopping = threading.Thread(target=connection.stop)
        stopping.start()
        go_on.set()
        stopping.join(15)
        assert len(kept) == 1
        assert slack.socket_mode.is_acknowledged(envelope, failed=threading.Event())
        connection.start()
        wait_until(lambda: connection.connected)
        connection.stop()
        connection.stop()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "KEA_SLACK_APP_TOKEN.*KEA_SLACK_SIGNING_SECRET"),
        ({"slack_app_token": "xoxb-secret"}, "KEA_SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xapp-secret", "slack_signing_secret": "s"}, "KEA_SLACK_BOT_TOKEN"),
        ({"slack_signing_secret": "s", "slack_api_url": "slack.com/api"}, "KEA_SLACK_API_URL"),
        ({"slack_signing_secret": "s", "slack_hooks_url": ""}, "KEA_SLACK_HOOKS_URL"),
    ],
)
def test_settings_by_halves_are_named_and_not_repeated(given: dict[str, str], named: str) -> None:
    settings = Settings(**{"slack_bot_token": BOT_TOKEN, **given})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=named) as caught:
        list(adapters(settings, lambda project: lambda inbound: True, real_clock))
    assert "secret" not in str(caught.value)


def test_either_way_or_both_can_be_switched_on() -> None:
    def made(**given: str) -> tuple[bool, bool]:
        settings = Settings(slack_bot_token=BOT_TOKEN, slack_project="search", **given)  # type: ignore[arg-type]
        [adapter] = adapters(settings, lambda project: lambda inbound: project == "search", real_clock)
        assert (adapter.project, adapter.channel.name) == ("search", "slack")
        return adapter.webhook is not None, adapter.connection is not None

    assert made(slack_app_token=APP_TOKEN) == (False, True)
    assert made(slack_signing_secret=SIGNING_SECRET) == (True, False)
    assert made(slack_app_token=APP_TOKEN, slack_signing_secret=SIGNING_SECRET) == (True, True)
