"""Stream mode over a real WebSocket, read by the real SDK: nothing is lost, and the connection comes back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import pytest

from assistant.dingtalk.stream import Stream
from assistant.ports import Inbound
from knowledge_base.errors import StorageUnavailable
from tests.assistant.dingtalk.driver import stream_for
from tests.assistant.dingtalk.platform import Platform, running_platform
from tests.assistant.dingtalk.test_messages import MESSAGE

SECONDS = 30.0
"""How long what must come is waited for."""


class Keeper:
    """Keeps events in a list; refuses as long as ``broken``, and takes its time until it may ``go_on``."""

    def __init__(self) -> None:
        self.kept: list[Inbound] = []
        self.broken = False
        self.tried, self.refused, self.go_on = threading.Event(), threading.Event(), threading.Event()
        self.go_on.set()

    def __call__(self, inbound: Inbound) -> bool:
        self.tried.set()
        assert self.go_on.wait(SECONDS)
        if self.broken:
            self.refused.set()
            raise StorageUnavailable("the disk is full")
        self.kept.append(inbound)
        return True


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform() as platform:
        yield platform


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


@contextmanager
def running(stream: Stream) -> Iterator[Stream]:
    stream.start()
    try:
        yield stream
    finally:
        begun = monotonic()
        stream.stop()
        assert monotonic() - begun < 14  # a second before it would give up
        assert not stream.connected
        assert "kea-dingtalk" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture
def stream(platform: Platform, keeper: Keeper) -> Iterator[Stream]:
    with running(stream_for(platform, keeper)) as stream:
        platform.gateway.wait()
        yield stream


def wait_for(what: Callable[[], bool], seconds: float = SECONDS) -> None:
    deadline = monotonic() + seconds
    while not what():
        assert monotonic() < deadline, "it never came to be"
        sleep(0.01)


def message(event: str) -> dict[str, Any]:
    return MESSAGE | {"msgId": event}


def test_a_message_is_kept_before_it_is_acknowledged(platform: Platform, stream: Stream, keeper: Keeper) -> None:
    keeper.go_on.clear()
    pushed = platform.gateway.push(message("1"))
    assert keeper.tried.wait(SECONDS)
    assert not pushed.answered.wait(0.2)
    keeper.go_on.set()
    assert pushed.answered.wait(SECONDS)
    assert pushed.code == 200
    assert [each.event for each in keeper.kept] == ["1"]
    assert stream.connected


def test_pings_are_answered(platform: Platform, stream: Stream) -> None:
    wait_for(lambda: platform.gateway.pongs == ["ping-1"])


def test_what_could_not_be_kept_is_delivered_again(platform: Platform, stream: Stream, keeper: Keeper) -> None:
    keeper.broken = True
    pushed = platform.gateway.push(message("1"))
    assert keeper.refused.wait(SECONDS)
    assert not pushed.answered.wait(0.3)
    keeper.broken = False
    assert platform.gateway.redeliver() == 1
    assert pushed.answered.wait(SECONDS)
    assert pushed.code == 200
    assert [each.event for each in keeper.kept] == ["1"]
    assert platform.gateway.redeliver() == 0


def test_it_connects_again_after_a_drop_and_gets_what_was_open(
    platform: Platform, stream: Stream, keeper: Keeper
) -> None:
    keeper.broken = True
    platform.gateway.push(message("1"))
    assert keeper.refused.wait(SECONDS)
    keeper.broken = False  # before the drop: what is open comes again as soon as the connection is back
    platform.gateway.drop()
    wait_for(lambda: platform.gateway.connections == 2)
    # What was kept and not acknowledged any more comes twice, under one name.
    wait_for(lambda: {each.event for each in keeper.kept} == {"1"} and not platform.gateway.pending)
    wait_for(lambda: stream.connected)


def test_it_connects_again_when_it_is_asked_to(platform: Platform, stream: Stream, keeper: Keeper) -> None:
    platform.gateway.ask_to_disconnect()
    wait_for(lambda: platform.gateway.connections == 2)
    wait_for(lambda: platform.gateway.disconnects_acknowledged == 1)
    assert platform.gateway.push(message("2")).answered.wait(SECONDS)
    assert [each.event for each in keeper.kept] == ["2"]


@pytest.mark.parametrize("payload", [None, [], "x", 7, {}, {"msgId": {"a": 1}}, "x" * 500_000])
def test_hostile_payloads_break_nothing(platform: Platform, stream: Stream, keeper: Keeper, payload: object) -> None:
    first = platform.gateway.push(payload)
    assert platform.gateway.push(message("good")).answered.wait(SECONDS)
    wait_for(lambda: first.code == 400)
    assert [each.event for each in keeper.kept] == ["good"]
    assert platform.gateway.connections == 1


def test_it_starts_while_the_platform_is_away_and_connects_when_it_is_back(keeper: Keeper) -> None:
    with running_platform() as platform:
        platform.go_away()
        with running(stream_for(platform, keeper)) as stream:
            sleep(0.2)
            assert not stream.connected
            platform.listen()
            platform.gateway.wait()
            wait_for(lambda: stream.connected)


def test_an_endpoint_that_nobody_listens_at_is_given_up_and_asked_for_again(platform: Platform, keeper: Keeper) -> None:
    real, platform.gateway.endpoint = platform.gateway.endpoint, "ws://127.0.0.1:1/connect"
    with running(stream_for(platform, keeper)) as stream:
        wait_for(lambda: "/v1.0/gateway/connections/open" in platform.called)
        platform.gateway.endpoint = real
        wait_for(lambda: stream.connected)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1/x", "", "ftp://x"])
def test_an_endpoint_that_is_no_websocket_is_not_used(platform: Platform, keeper: Keeper, endpoint: str) -> None:
    platform.gateway.endpoint = endpoint
    with running(stream_for(platform, keeper)) as stream:
        wait_for(lambda: len(platform.called) >= 2)
        assert not stream.connected
    assert set(platform.called) == {"/v1.0/gateway/connections/open"}


def test_a_wrong_secret_is_told_and_not_shown(
    platform: Platform, keeper: Keeper, capfd: pytest.CaptureFixture[str]
) -> None:
    with running(stream_for(platform, keeper, secret="wrong-secret-77")) as stream:
        wait_for(lambda: len(platform.called) >= 2)
        assert not stream.connected
    told = capfd.readouterr().out
    assert "KEA_DINGTALK_CLIENT_SECRET" in told
    assert "wrong-secret-77" not in told


def test_no_ticket_and_no_secret_is_logged(
    platform: Platform, keeper: Keeper, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO), running(stream_for(platform, keeper)):
        platform.gateway.wait()
        platform.gateway.drop()
        wait_for(lambda: platform.gateway.connections == 2)
        platform.gateway.ask_to_disconnect()
        wait_for(lambda: platform.gateway.connections == 3)
        platform.gateway.push(message("secret text of a person"))
        wait_for(lambda: len(keeper.kept) == 1)
    out, err = capfd.readouterr()
    for secret in ("ticket+", "ticket%2B", "the-app-secret", "secret text"):
        assert secret not in caplog.text + out + err


def test_what_is_being_received_is_finished_and_acknowledged_before_it_stops(
    platform: Platform, keeper: Keeper
) -> None:
    keeper.go_on.clear()
    with running(stream_for(platform, keeper)):
        platform.gateway.wait()
        pushed = platform.gateway.push(message("1"))
        assert keeper.tried.wait(SECONDS)
        threading.Timer(0.5, keeper.go_on.set).start()
    assert len(keeper.kept) == 1
    assert pushed.answered.wait(SECONDS)
    assert pushed.code == 200


def test_it_can_be_stopped_at_any_time_and_started_again(platform: Platform, keeper: Keeper) -> None:
    stream = stream_for(platform, keeper)
    stream.stop()
    for pause in (0.0, 0.005, 0.02, 0.05, 0.1, 0.2):
        with running(stream):
            sleep(pause)
    with running(stream):
        wait_for(lambda: stream.connected)


@pytest.mark.parametrize("pause", [0.0, 0.002, 0.01])
def test_it_can_be_stopped_while_the_connection_ends(platform: Platform, keeper: Keeper, pause: float) -> None:
    with running(stream_for(platform, keeper)):
        platform.gateway.wait()
        platform.gateway.drop()
        sleep(pause)
