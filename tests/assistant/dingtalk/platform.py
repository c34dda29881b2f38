"""The HTTP side of the fake: tickets for the gateway, session webhooks, tokens, the robot's API; with their limits."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.assistant.dingtalk.gateway import Gateway
from tests.support.ports import HeldPort

CLIENT_ID, SECRET, ROBOT = "dingclient", "the-app-secret", "dingrobot"
STAFF = frozenset({"ana", "bo", "eve"})
SLOW_SECONDS = 60.0
"""Longer than anybody waits: a slow answer comes when the test is over."""
TOO_LONG = {"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"}
MUTED = {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}


@dataclass(frozen=True)
class Posted:
    """A message as it arrived; ``way`` is session, group or alone, ``to`` the conversation or the person."""

    way: str
    to: str
    title: str
    text: str
    raw: str
    mentions: tuple[str, ...] = ()


class Drop(Exception):
    """The connection ends here, without an answer."""


class Platform:
    """DingTalk's HTTP APIs. ``breaks`` are the failures of the next messages, see the drivers' ``break_next``."""

    def __init__(self) -> None:
        self.gateway = Gateway()
        self.posted: list[Posted] = []
        self.called: list[str] = []
        self.breaks: list[str] = []
        self.sessions: dict[str, tuple[str, datetime]] = {}
        self.tokens: set[str] = set()
        self.closing = threading.Event()
        self.now = lambda: datetime.now(UTC)
        self._numbers = itertools.count(1)
        self._port = HeldPort()
        self.listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port.number}/"

    def listen(self) -> None:
        """Listen, at the same port each time."""
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    status, document, headers = platform.answer(self.path, dict(self.headers), raw.decode())
                except Drop:
                    self.close_connection = True
                    return
                body = json.dumps(document).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port.number), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def go_away(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def session(self, conversation: str, *, lasts: timedelta = timedelta(minutes=90)) -> tuple[str, int]:
        """Open a session; give its webhook and when it expires, in milliseconds."""
        name = f"session{next(self._numbers)}"
        expires = self.now() + lasts
        self.sessions[name] = (conversation, expires)
        return f"{self.url}robot/sendBySession?session={name}", int(expires.timestamp() * 1000)

    def answer(self, path: str, headers: Mapping[str, str], raw: str) -> tuple[int, object, dict[str, str]]:
        """Answer a request with a status, a document and headers."""
        self.called.append(path.partition("?")[0])
        body = json.loads(raw)
        if path == "/v1.0/gateway/connections/open":
            if (body["clientId"], body["clientSecret"]) != (CLIENT_ID, SECRET):
                return 400, {"code": "authFailed", "message": "鉴权失败"}, {}
            assert {"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"} in body["subscriptions"]
            return 200, {"endpoint": self.gateway.endpoint, "ticket": self.gateway.ticket()}, {}
        if path == "/v1.0/oauth2/accessToken":
            if "token" in self.breaks:
                self.breaks.remove("token")
                return 503, {"code": "ServiceUnavailable"}, {}
            if (body["appKey"], body["appSecret"]) != (CLIENT_ID, SECRET):
                return 400, {"code": "invalidClientSecret", "message": "无效的clientSecret"}, {}
            token = f"token{next(self._numbers)}"
            self.tokens.add(token)
            return 200, {"accessToken": token, "expireIn": 7200}, {}
        if path.startswith("/robot/sendBySession?session="):
            return self._by_session(path.partition("=")[2], body, raw)
        given = {name.lower(): value for name, value in headers.items()}
        if given.get("x-acs-dingtalk-access-token") not in self.tokens:
            return 401, {"code": "InvalidAuthentication", "message": "不合法的access_token"}, {}
        if path == "/v1.0/robot/groupMessages/send":
            return self._by_robot("group", body["openConversationId"], body, raw)
        if path == "/v1.0/robot/oToMessages/batchSend":
            return self._by_robot("alone", body["userIds"][0], body, raw)
        return 404, {"code": "InvalidAction.NotFound"}, {}

    def _by_session(self, name: str, body: Any, raw: str) -> tuple[int, object, dict[str, str]]:
        conversation, expires = self.sessions.get(name, ("", self.now()))
        if expires <= self.now():
            return 200, {"errcode": 300001, "errmsg": "session 不存在"}, {}
        if len(raw.encode()) > 20_000:
            return 200, TOO_LONG, {}
        mentions = tuple(body.get("at", {}).get("atUserIds", ()))
        shown = body["markdown"]
        posted = Posted("session", conversation, shown["title"], shown["text"], raw, mentions)
        return self._post(posted, {"errcode": 0, "errmsg": "ok"}, {"errcode": 400013, "errmsg": "群已被解散"}, MUTED)

    def _by_robot(self, way: str, to: str, body: Any, raw: str) -> tuple[int, object, dict[str, str]]:
        if body["robotCode"] != ROBOT:
            return 400, {"code": "invalidParameter.robotCode.notExsit", "message": "机器人不存在"}, {}
        if body["msgKey"] != "sampleMarkdown" or len(body["msgParam"].encode()) > 15_000:
            return 400, {"code": "invalidParameter.msgParam.invalid", "message": "msgParam"}, {}
        done: dict[str, object] = {"processQueryKey": f"key{next(self._numbers)}"}
        if way == "alone":
            done |= {"invalidStaffIdList": [] if to in STAFF else [to], "flowControlledStaffIdList": []}
            if "flow" in self.breaks:
                self.breaks.remove("flow")
                return 200, done | {"flowControlledStaffIdList": [to]}, {}
            if to not in STAFF:
                return 200, done, {}
        shown = json.loads(body["msgParam"])
        posted = Posted(way, to, shown["title"], shown["text"], raw)
        refusal = {"code": "bot.stopped", "message": "群机器人已经停用"}
        return self._post(posted, done, refusal, {"code": "Forbidden.AccessDenied.QpsLimitForApi", "message": "qps"})

    def _post(self, posted: Posted, done: object, refusal: object, muted: object) -> tuple[int, object, dict[str, str]]:
        how = self.breaks.pop(0) if self.breaks else ""
        refused_by = 200 if posted.way == "session" else 400
        if how == "throttled":
            return 429, {"code": "Throttling"}, {"Retry-After": "5"}
        if how == "error":
            return 500, {"code": "InternalError"}, {}
        if how == "busy":
            return 200, {"errcode": -1, "errmsg": "系统繁忙"}, {}
        if how == "muted":
            return refused_by if refused_by == 200 else 403, muted, {}
        if how == "refused":
            return refused_by, refusal, {}
        self.posted.append(posted)
        if how == "slow":
            self.closing.wait(SLOW_SECONDS)
        if how in ("slow", "dropped"):
            raise Drop
        return 200, done, {}

    def close(self) -> None:
        """Close everything."""
        self.closing.set()
        self.go_away()
        self._port.release()
        self.gateway.close()


@contextmanager
def running_platform() -> Iterator[Platform]:
    """Give the fake while it runs."""
    platform = Platform()
    try:
        yield platform
    finally:
        platform.close()
