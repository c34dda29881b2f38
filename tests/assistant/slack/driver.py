"""Slack for the suite: over HTTP, and over Socket Mode."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any

import pytest

from assistant.ports import Accept, Adapter, Channel, Inbound, WebhookRequest
from assistant.slack import adapters
from knowledge_base.errors import InputError, NotAllowed, Unavailable
from knowledge_base.settings import Settings
from knowledge_base.store.store import Clock
from tests.assistant.conformance.driver import Ack, DriverMaker, Seen
from tests.assistant.conformance.returning import Returning
from tests.assistant.slack import payloads
from tests.assistant.slack.rules import MESSAGE, shown_in
from tests.assistant.slack.server import (
    APP_TOKEN,
    BOT,
    BOT_ID,
    BOT_TOKEN,
    SIGNING_SECRET,
    FakeSlack,
    wait_until,
)

PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
PATIENT, HASTY = 10, 2
"""Seconds of a single wait: of a test that is to get its answer, and of one that is to get none."""


def real_clock() -> datetime:
    return datetime.now(UTC)


class SlackDriver:
    """What both ways have in common. ``slack`` is the platform, ``adapter`` the real one; ``hasty`` makes its channel
    anew, for an attempt that does not wait for long."""

    quiet = False
    markup = True
    forgeries: tuple[str, ...] = ()
    breaks = ("throttled", "error", "dropped", "slow", "refused", "away")
    readable = True
    limit = MESSAGE
    allowed_seconds = 3.0

    def __init__(self, slack: FakeSlack, adapter: Adapter, hasty: Callable[[], Channel]) -> None:
        self.slack = slack
        self._channel = Returning(adapter.channel, self.come_back)
        self.adapter = replace(adapter, channel=self._channel)
        self._hasty = hasty
        self.timestamps: dict[str, str] = {}
        self._away = False

    def deliver(self, payload: dict[str, Any], *, retry: int = 0) -> Ack:
        """Let Slack send something."""
        raise NotImplementedError

    def ask(self, text: str, *, user: str = "ana", event: str = "") -> Ack:
        retry = 1 if event in self.timestamps else 0
        ts = self.timestamps.setdefault(event, self.slack.next_ts()) if event else self.slack.next_ts()
        return self.deliver(payloads.mention(ts, text, user=f"U{user.upper()}"), retry=retry)

    def forge(self, kind: str, text: str) -> Ack:
        raise NotImplementedError

    def replay(self, text: str) -> tuple[Ack, Ack]:
        payload = payloads.mention(self.slack.next_ts(), text, user="UANA")
        return self.deliver(payload), self.deliver(payload)

    def echo(self, text: str) -> Ack:
        ts = self.slack.next_ts
        own = payloads.event("message", ts(), text, user=BOT, channel="D1", bot_id=BOT_ID)
        human = payloads.event("message", ts(), text, user=BOT, channel="D1")
        other = payloads.mention(ts(), text, user="U0BOT", bot_id="B0OTHER", subtype="bot_message")
        acks = [self.deliver(each) for each in (own, human, other)]
        return Ack(all(ack.ok for ack in acks), max(ack.seconds for ack in acks))

    def lure(self, text: str, url: str) -> Ack:
        files = [{"url_private": url, "url_private_download": url, "permalink": url}]
        shared = {"files": files, "attachments": [{"from_url": url}], "response_url": url}
        self.deliver(payloads.mention(self.slack.next_ts(), f"{text} {url}", user="UANA", **shared))
        return self.deliver(payloads.command(text, user="UBO", response_url=url))

    def break_next(self, how: str) -> None:
        if how == "away":
            self._away = True
            self.slack.go_away()
            return
        self.slack.breaks.append("code:is_archived" if how == "refused" else how)
        if how == "slow":
            self._channel.let_next(self._hasty())

    def come_back(self) -> None:
        if self._away:
            self._away = False
            self.slack.listen()

    def seen(self) -> list[Seen]:
        return [
            Seen("\n".join(map(shown_in, each.raw["blocks"])), json.dumps(each.raw, ensure_ascii=False))
            for each in self.slack.posted
        ]


class HttpDriver(SlackDriver):
    """Signed requests to the webhook."""

    forgeries = ("unsigned", "wrong", "old")

    def deliver(self, payload: dict[str, Any], *, retry: int = 0) -> Ack:
        more = {"x_slack_retry_num": str(retry), "x_slack_retry_reason": "http_timeout"} if retry else {}
        return self.post(payloads.request(payload, **more))

    def post(self, request: WebhookRequest) -> Ack:
        assert self.adapter.webhook is not None
        begun = monotonic()
        try:
            response = self.adapter.webhook.receive(request)
        except (NotAllowed, InputError, Unavailable) as error:
            return Ack(False, monotonic() - begun, str(error))
        return Ack(response.status == 200, monotonic() - begun, response.body.decode())

    def forge(self, kind: str, text: str) -> Ack:
        payload = payloads.mention(self.slack.next_ts(), text, user="UEVE")
        if kind == "old":
            return self.post(payloads.request(payload, skew=-400))
        if kind == "wrong":
            return self.post(payloads.request(payload, signature="v0=" + "0" * 64))
        request = payloads.request(payload)
        return self.post(WebhookRequest({"content-type": request.headers["content-type"]}, request.body))

    def replay(self, text: str) -> tuple[Ack, Ack]:
        request = payloads.request(payloads.mention(self.slack.next_ts(), text, user="UANA"))
        return self.post(request), self.post(request)


class SocketDriver(SlackDriver):
    """Envelopes on a WebSocket."""

    def __init__(
        self, slack: FakeSlack, adapter: Adapter, hasty: Callable[[], Channel], failed: threading.Event
    ) -> None:
        super().__init__(slack, adapter, hasty)
        self._failed = failed

    def deliver(self, payload: dict[str, Any], *, retry: int = 0) -> Ack:
        self._failed.clear()
        kind = {"event_callback": "events_api", "block_actions": "interactive"}.get(payload.get("type", ""))
        begun = monotonic()
        more = {"retry_attempt": retry, "retry_reason": "timeout"} if retry else {}
        envelope = self.slack.socket_mode.send(kind or "slash_commands", payload, **more)
        ok = self.slack.socket_mode.is_acknowledged(envelope, failed=self._failed)
        return Ack(ok, monotonic() - begun)


def settings_of(slack: FakeSlack, **more: Any) -> Settings:
    return Settings(slack_bot_token=BOT_TOKEN, slack_api_url=slack.api_url, slack_hooks_url=slack.hooks_url, **more)


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    slack = FakeSlack()
    with pytest.MonkeyPatch.context() as patch:
        for name in PROXIES:
            patch.delenv(name, raising=False)
        try:
            yield slack
        finally:
            slack.close()


def adapter_of(
    settings: Settings, accept: Accept, clock: Clock, seconds: int = PATIENT, *, ping: float = 1.0
) -> Adapter:
    """Make the adapter, with time limits of its own."""
    [adapter] = adapters(settings, lambda project: accept, clock, timeout_seconds=seconds, ping_seconds=ping)
    return adapter


@contextmanager
def http_driver(accept: Accept, clock: Clock = real_clock) -> Iterator[HttpDriver]:
    with fake_slack() as slack:
        settings = settings_of(slack, slack_signing_secret=SIGNING_SECRET)
        make = partial(adapter_of, settings, accept, clock)
        yield HttpDriver(slack, make(), lambda: make(HASTY).channel)


@contextmanager
def socket_driver(accept: Accept, clock: Clock = real_clock, *, ping: float = 1.0) -> Iterator[SocketDriver]:
    failed = threading.Event()

    def watched(inbound: Inbound) -> bool:
        try:
            return accept(inbound)
        except Unavailable:
            failed.set()
            raise

    with fake_slack() as slack:
        settings = settings_of(slack, slack_app_token=APP_TOKEN)
        make = partial(adapter_of, settings, watched, clock, ping=ping)
        adapter = make()
        connection = adapter.connection
        assert connection is not None
        connection.start()
        try:
            wait_until(lambda: connection.connected)
            yield SocketDriver(slack, adapter, lambda: make(HASTY).channel, failed)
        finally:
            connection.stop()


MAKERS = (DriverMaker("slack-http", http_driver), DriverMaker("slack-socket", socket_driver))
