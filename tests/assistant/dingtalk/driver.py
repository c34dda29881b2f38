"""Plays DingTalk for the conformance suite, by Stream mode and by the HTTP callback."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import httpx2
from pydantic import SecretStr

from assistant.dingtalk import adapters
from assistant.dingtalk.callback import sign
from assistant.dingtalk.channel import DingTalk
from assistant.dingtalk.places import base_url
from assistant.dingtalk.stream import Stream
from assistant.ports import Accept, Adapter, Inbound, WebhookRequest
from knowledge_base.errors import NotAllowed, Unavailable
from knowledge_base.settings import Settings
from knowledge_base.store.store import Clock
from tests.assistant.conformance.driver import Ack, DriverMaker, Seen
from tests.assistant.conformance.returning import Returning
from tests.assistant.dingtalk.platform import CLIENT_ID, ROBOT, SECRET, Platform, running_platform

PATIENT, HASTY = 10.0, 1.5
"""Seconds of a single wait: of a test that is to get its answer, and of one that is to get none."""


def now() -> datetime:
    return datetime.now(UTC)


def settings_for(platform: Platform, **more: object) -> Settings:
    known: dict[str, object] = {
        "dingtalk_client_id": CLIENT_ID,
        "dingtalk_client_secret": SecretStr(SECRET),
        "dingtalk_robot_code": ROBOT,
        "dingtalk_api_url": platform.url,
        "dingtalk_webhook_url": platform.url,
    }
    return Settings(**{**known, **more})  # type: ignore[arg-type]


def variables_for(platform: Platform) -> dict[str, str]:
    """Give the same settings as a process takes them, without their ``KEA_``."""
    settings = settings_for(platform)
    return {
        "dingtalk_client_id": settings.dingtalk_client_id,
        "dingtalk_client_secret": settings.dingtalk_client_secret.get_secret_value(),
        "dingtalk_robot_code": settings.dingtalk_robot_code,
        "dingtalk_api_url": settings.dingtalk_api_url,
        "dingtalk_webhook_url": settings.dingtalk_webhook_url,
    }


def channel_for(platform: Platform, clock: Clock = now, *, secret: str = SECRET, seconds: float = PATIENT) -> DingTalk:
    """Make the channel as ``adapters`` does, with a time limit of its own."""
    return DingTalk(
        client_id=CLIENT_ID,
        client_secret=SecretStr(secret),
        robot_code=ROBOT,
        api=base_url("", platform.url),
        webhooks=base_url("", platform.url),
        clock=clock,
        seconds=seconds,
    )


def stream_for(platform: Platform, accept: Accept, *, secret: str = SECRET) -> Stream:
    """Make the connection as ``adapters`` does, with a shorter pause."""
    return Stream(CLIENT_ID, SecretStr(secret), accept, api=httpx2.URL(platform.url), first_pause=0.05)


class DingTalkDriver:
    """What both ways share. Ana and her colleagues ask in groups of their own."""

    quiet = False
    markup = True
    forgeries: tuple[str, ...] = ()
    breaks = ("throttled", "error", "dropped", "slow", "refused", "away")
    readable = False
    limit = 15_000
    allowed_seconds = 3.0

    def __init__(self, platform: Platform, accept: Accept) -> None:
        self.platform = platform
        self._inner = accept
        self.failed = threading.Event()
        self._events = itertools.count(1)
        self._payloads: dict[str, dict[str, Any]] = {}
        [self._real] = adapters(settings_for(platform), lambda project: self.accept, now)
        self._is_away = False
        self._channel = Returning(channel_for(platform), self.come_back)
        self.adapter: Adapter = replace(self._real, channel=self._channel)

    def accept(self, inbound: Inbound) -> bool:
        try:
            return self._inner(inbound)
        except Unavailable:
            self.failed.set()
            raise

    def payload(self, text: str, *, user: str = "ana", event: str = "", alone: bool = False) -> dict[str, Any]:
        """Write a message as the platform does; the same event is the same message."""
        event = event or f"msg{next(self._events)}"
        if event not in self._payloads:
            conversation = f"cid{user}=="
            webhook, expires = self.platform.session(conversation)
            self._payloads[event] = {
                "conversationId": conversation,
                "atUsers": [{"dingtalkId": "$:LWCP_v1:$robot"}],
                "chatbotCorpId": "dingcorp",
                "chatbotUserId": "$:LWCP_v1:$robot",
                "msgId": event,
                "senderNick": user.title(),
                "isAdmin": False,
                "senderStaffId": user,
                "sessionWebhookExpiredTime": expires,
                "createAt": int(now().timestamp() * 1000),
                "senderCorpId": "dingcorp",
                "conversationType": "1" if alone else "2",
                "senderId": f"$:LWCP_v1:${user}",
                "conversationTitle": "Operations",
                "isInAtList": True,
                "sessionWebhook": webhook,
                "robotCode": ROBOT,
                "text": {"content": f" {text}"},
                "msgtype": "text",
            }
        return self._payloads[event]

    def deliver(self, payload: object) -> Ack:
        raise NotImplementedError

    def ask(self, text: str, *, user: str = "ana", event: str = "") -> Ack:
        return self.deliver(self.payload(text, user=user, event=event))

    def forge(self, kind: str, text: str) -> Ack:
        raise NotImplementedError

    def replay(self, text: str) -> tuple[Ack, Ack]:
        payload = self.payload(text)
        return self.deliver(payload), self.deliver(payload)

    def echo(self, text: str) -> Ack:
        payload = self.payload(text)
        return self.deliver(payload | {"senderId": payload["chatbotUserId"]})

    def lure(self, text: str, url: str) -> Ack:
        more = {"sessionWebhook": url, "avatarUrl": url, "content": {"url": url, "downloadCode": url}}
        return self.deliver(self.payload(f"{text} {url}") | more)

    def break_next(self, how: str) -> None:
        if how == "away":
            self.platform.go_away()
            self._is_away = True
            return
        self.platform.breaks.append(how)
        if how == "slow":
            self._channel.let_next(channel_for(self.platform, seconds=HASTY))

    def come_back(self) -> None:
        if self._is_away:
            self._is_away = False
            self.platform.listen()

    def seen(self) -> list[Seen]:
        return [Seen(f"{each.title}\n{each.text}", each.raw) for each in self.platform.posted]


class CallbackDriver(DingTalkDriver):
    """Messages by signed requests."""

    forgeries = ("unsigned", "wrong", "old")

    def deliver(self, payload: object) -> Ack:
        return self.request(payload, signed_headers(now()))

    def request(self, payload: object, headers: dict[str, str]) -> Ack:
        webhook = self._real.webhook
        assert webhook is not None
        begun = monotonic()
        try:
            response = webhook.receive(WebhookRequest(headers, json.dumps(payload).encode()))
        except (NotAllowed, Unavailable) as error:
            return Ack(False, monotonic() - begun, str(error))
        return Ack(response == replace(response, status=200, body=b"{}"), monotonic() - begun)

    def forge(self, kind: str, text: str) -> Ack:
        headers = {
            "unsigned": {},
            "wrong": signed_headers(now(), "another secret"),
            "old": signed_headers(now() - timedelta(hours=1, minutes=1)),
        }
        return self.request(self.payload(text), headers[kind])

    def replay(self, text: str) -> tuple[Ack, Ack]:
        payload, headers = self.payload(text), signed_headers(now())
        return self.request(payload, headers), self.request(payload, headers)


def signed_headers(at: datetime, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(at.timestamp() * 1000))
    return {"timestamp": timestamp, "sign": sign(timestamp, secret)}


class StreamDriver(DingTalkDriver):
    """Messages over the WebSocket, read by the SDK."""

    def __init__(self, platform: Platform, accept: Accept) -> None:
        super().__init__(platform, accept)
        assert self._real.connection is not None
        self.connection = self._real.connection
        self.connection.start()
        platform.gateway.wait()

    def deliver(self, payload: object) -> Ack:
        self.failed.clear()
        begun = monotonic()
        pushed = self.platform.gateway.push(payload)
        while not pushed.answered.wait(0.02) and monotonic() - begun < 10:
            if self.failed.is_set():
                pushed.answered.wait(0.3)  # an acknowledgement would come now
                break
        self.platform.gateway.forget(pushed)  # the suite sends it again by itself
        return Ack(pushed.code == 200, monotonic() - begun, f"acknowledged with {pushed.code}")


def _maker(kind: Callable[[Platform, Accept], DingTalkDriver]) -> Callable[[Accept], Any]:
    @contextmanager
    def make(accept: Accept) -> Iterator[DingTalkDriver]:
        with running_platform() as platform:
            driver = kind(platform, accept)
            try:
                yield driver
            finally:
                if isinstance(driver, StreamDriver):
                    driver.connection.stop()

    return make


MAKERS = (
    DriverMaker("dingtalk-stream", _maker(StreamDriver)),
    DriverMaker("dingtalk-callback", _maker(CallbackDriver)),
)
