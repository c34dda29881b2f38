"""Answers that Slack would not give: redirects, pages of HTML, halves, and letters that drip in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.ports import Adapter, Address, Delivered, Delivery, Doubtful, Postponed
from assistant.reply import Reply
from assistant.slack import adapters
from knowledge_base.settings import Settings
from tests.assistant.raw import (
    DRIPS,
    ENDLESS,
    HTML,
    JSON,
    SOON,
    Raw,
    dead_host,
    dripping,
    encrypting,
    response,
    serving,
    slow_names,
)
from tests.assistant.slack.driver import PROXIES, real_clock
from tests.assistant.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, wait_until

REPLY = Reply("en", "Known", "Restart it", question_id="Q-1", feedback=True)
THREAD: Address = {"team": "T1", "channel": "C1", "thread": "1.1", "since": "1.1", "user": "U1"}
TAKEN = b'{"ok": true, "ts": "1.2", "messages": [], "url": "ws://127.0.0.1:1/"}'
REDIRECTS = (301, 302, 303, 307, 308)
IN_ALL = 1.0


@pytest.fixture(autouse=True)
def _without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def elsewhere() -> Iterator[Raw]:
    """A host that nobody should be sent to; it would take everything."""
    with serving(response(200, TAKEN, JSON)) as raw:
        yield raw


def adapter_at(url: str, **more: Any) -> Adapter:
    settings = Settings(
        slack_bot_token=BOT_TOKEN, slack_app_token=APP_TOKEN, slack_signing_secret=SIGNING_SECRET,
        slack_api_url=f"{url}api/", slack_hooks_url=url,
    )  # fmt: skip
    [adapter] = adapters(settings, lambda project: lambda inbound: True, real_clock, **{"timeout_seconds": 10, **more})
    return adapter


def person(url: str) -> Address:
    return {"team": "T1", "user": "U1", "response_url": f"{url}commands/x", "until": 4_000_000_000}


def send(url: str, place: Address, **more: Any) -> Delivery:
    return adapter_at(url, **more).channel.send(place, REPLY, "kea:default:D-1")


@pytest.mark.parametrize("status", REDIRECTS)
def test_no_redirect_is_followed(elsewhere: Raw, status: int) -> None:
    target = elsewhere.url.replace("127.0.0.1", "localhost")
    for body in (b"", TAKEN):
        with serving(response(status, body, JSON, Location=target)) as slack:
            for place in (THREAD, person(slack.url)):
                slack.requests.clear()
                result = send(slack.url, place)
                assert isinstance(result, Doubtful), result
                assert len(slack.requests) == 1
            assert adapter_at(slack.url).channel.find(THREAD, "kea:default:D-1") is None
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_socket_mode_is_not_led_elsewhere(elsewhere: Raw, status: int) -> None:
    with serving(response(status, Location=elsewhere.url)) as slack:
        connection = adapter_at(slack.url).connection
        assert connection is not None
        connection.start()
        try:
            wait_until(lambda: bool(slack.requests))
            time.sleep(0.1)
            assert not connection.connected
        finally:
            connection.stop()
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("ws://127.0.0.1:{port}/link", True),
        ("wss://127.0.0.1:{port}/link", False),
        ("http://127.0.0.1:{port}/link", False),
        ("ws:///link", False),
        ("ws://127.0.0.1:port/link", False),
    ],
)
def test_the_socket_is_encrypted_where_slack_says_so(url: str, fits: bool) -> None:
    with serving(response(400)) as link:
        opened = f'{{"ok": true, "url": "{url.format(port=link.port)}"}}'.encode()
        with serving(response(200, opened, JSON)) as slack:
            connection = adapter_at(slack.url).connection
            assert connection is not None
            connection.start()
            try:
                wait_until(lambda: bool(slack.requests) and (bool(link.requests) or not fits))
                time.sleep(0.1)
            finally:
                connection.stop()
        assert bool(link.requests) == fits


@pytest.mark.parametrize("how", DRIPS)
def test_an_answer_that_drips_in_is_cut(how: str) -> None:
    with serving(dripping(DRIPS[how])) as slack:
        for place in (THREAD, person(slack.url)):
            begun = time.monotonic()
            assert isinstance(send(slack.url, place, call_seconds=IN_ALL), Doubtful)
            assert time.monotonic() - begun < SOON
        begun = time.monotonic()
        assert adapter_at(slack.url, call_seconds=IN_ALL).channel.find(THREAD, "m") is None
        assert time.monotonic() - begun < SOON


def test_an_encrypted_slack_is_spoken_to_and_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = encrypting(tmp_path, monkeypatch)
    with serving(response(200, TAKEN, JSON), context=context) as slack:
        assert send(slack.url.replace("http", "https"), THREAD) == Delivered("1.2")
    with serving(dripping(DRIPS["headers"]), context=context) as slack:
        begun = time.monotonic()
        assert isinstance(send(slack.url.replace("http", "https"), THREAD, call_seconds=IN_ALL), Doubtful)
        assert time.monotonic() - begun < SOON
        assert len(slack.requests) == 1


def test_a_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(response(200, TAKEN, JSON)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert send("http://slack.test/", THREAD) == Delivered("1.2")
        assert proxy.requests[0].startswith(b"POST http://slack.test/api/chat.postMessage ")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_that_drips_in_is_cut(status: int) -> None:
    head = f"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode()
    with serving(dripping(head)) as slack:
        begun = time.monotonic()
        assert isinstance(send(slack.url, THREAD, call_seconds=IN_ALL), Doubtful)
        assert time.monotonic() - begun < SOON


def test_all_calls_of_a_delivery_share_their_time() -> None:
    """The first call takes two seconds, the second ends with the delivery after four, not after four of its own."""
    pauses = [2.0, ENDLESS]
    over = threading.Event()

    def answer(connection: Any) -> None:
        over.wait(pauses.pop(0))
        connection.sendall(response(404))

    with serving(answer) as slack:
        begun = time.monotonic()
        assert isinstance(send(slack.url, person(slack.url), call_seconds=4.0), Doubtful)
        assert time.monotonic() - begun < 6
        over.set()
        assert len(slack.requests) == 2


def test_a_thread_without_end_is_not_read_for_ever() -> None:
    page = b'{"ok": true, "messages": [], "has_more": true, "response_metadata": {"next_cursor": "x"}}'
    with serving(response(200, page, JSON)) as slack:
        begun = time.monotonic()
        assert adapter_at(slack.url, call_seconds=IN_ALL).channel.find(THREAD, "m") is None
        assert time.monotonic() - begun < SOON
        assert len(slack.requests) > 1


def test_an_answer_without_end_is_not_kept() -> None:
    def flood(connection: Any) -> None:
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"ok": true, "ts": "')
        for _ in range(200):
            connection.sendall(b"1" * 100_000)
        connection.sendall(b'"}')

    with serving(flood) as slack:
        for place in (THREAD, person(slack.url)):
            assert isinstance(send(slack.url, place), Doubtful)
        assert adapter_at(slack.url).channel.find(THREAD, "m") is None


def test_a_host_with_many_dead_addresses_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_host(monkeypatch, "many.test") as port:
        begun = time.monotonic()
        result = send(f"http://many.test:{port}/", THREAD, call_seconds=IN_ALL)
        assert isinstance(result, Postponed), result
        assert time.monotonic() - begun < SOON


def test_a_name_that_is_looked_up_for_ever_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with slow_names(monkeypatch):
        begun = time.monotonic()
        result = send("http://slow.test:80/", THREAD, call_seconds=IN_ALL)
        assert isinstance(result, Postponed), result
        assert time.monotonic() - begun < SOON


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (response(200, b"ok"), Delivered),
        (response(200, b' ok\n', "text/plain"), Delivered),
        (response(200, b'{"ok": true}', JSON), Delivered),
        (response(200, b"<html>sign in</html>", HTML), Doubtful),
        (response(200, b"", HTML), Doubtful),
        (response(200, b'{"ok": tr', JSON), Doubtful),
        (response(200, b'{"ok": true}', JSON, length=500), Doubtful),
        (response(200, b"{}", JSON), Doubtful),
        (response(200, b'{"ok": 1}', JSON), Doubtful),
        (response(200, b"[true]", JSON), Doubtful),
        (response(200, b"[" * 100_000, JSON), Doubtful),
        (response(200, b"\xff\xfe", JSON), Doubtful),
        (response(200, b"ok", "text/plain; charset=klingon"), Delivered),
        (response(204), Doubtful),
    ],
)  # fmt: skip
def test_only_slacks_own_word_counts_at_a_response_url(answer: bytes, expected: type) -> None:
    with serving(answer) as slack:
        result = send(slack.url, person(slack.url))
        assert isinstance(result, expected), result
        assert len(slack.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        response(200, b"<html>sign in</html>"),
        response(200, b'{"ok": tr', JSON),
        response(200, TAKEN, JSON, length=500),
        response(200, b"[" * 100_000, JSON),
        response(200, b"7", JSON),
        response(200, b'{"ok": "false"}', JSON),
        response(200, b'{"ok": true}', JSON),
    ],
)
def test_what_is_no_answer_of_the_web_api_is_doubtful(answer: bytes) -> None:
    with serving(answer) as slack:
        assert isinstance(send(slack.url, THREAD), Doubtful)
        assert adapter_at(slack.url).channel.find(THREAD, "m") is None
