"""A Slack of one workspace: its Web API, the ``response_url`` of commands, and Socket Mode."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.assistant.slack.rules import error_in
from tests.assistant.slack.socket_mode import SocketMode
from tests.support.ports import HeldPort

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-bot", "xapp-test-app", "8f742231b10e8888abcd99yyyzzz85a5"
TEAM, BOT, BOT_ID = "T0TEAM", "U0KEA", "B0KEA"
CHANNEL, ARCHIVED = "C0GENERAL", "C0OLD"
SLOW_SECONDS = 60.0
"""Longer than anybody waits: a slow answer comes when the test is over."""
Answer = tuple[int, dict[str, Any], dict[str, str]]


@dataclass(frozen=True)
class Posted:
    """A message as it was posted; ``only_for`` says who alone can see it."""

    channel: str
    thread: str
    ts: str
    raw: dict[str, Any]
    only_for: str = ""


@dataclass
class FakeSlack:
    """Keeps what people see. ``breaks`` are played one after the other by the messages that are posted."""

    posted: list[Posted] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    response_urls: dict[str, int] = field(default_factory=dict)
    page: int = 1000
    longest: int = 1_000_000
    without_metadata: bool = False
    missing_scope: bool = False
    retry_after: str = "7"

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._released = threading.Event()
        self.socket_mode = SocketMode()
        self._port = HeldPort()
        self.listen()

    # The server.

    def listen(self) -> None:
        """Listen, on the same port each time."""
        self._server = _Server(("127.0.0.1", self._port.number), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def go_away(self) -> None:
        """Listen no more: connections are refused."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def close(self) -> None:
        """End everything."""
        self._released.set()
        self.socket_mode.close()
        self.go_away()
        self._port.release()

    @property
    def api_url(self) -> str:
        """The base address of the Web API."""
        return f"http://127.0.0.1:{self._port.number}/api/"

    @property
    def hooks_url(self) -> str:
        """The base address of every ``response_url``."""
        return f"http://127.0.0.1:{self._port.number}/hooks/"

    # What happens in the workspace.

    def next_ts(self) -> str:
        """Give the timestamp of a new message."""
        return f"{1_800_000_000 + next(self._numbers)}.000{next(self._numbers) % 1000:03}"

    def new_response_url(self, *, uses: int = 5) -> str:
        """Give the ``response_url`` of a new command or click."""
        path = f"commands/{TEAM}/{next(self._numbers)}/secret"
        self.response_urls[path] = uses
        return self.hooks_url + path

    def answer(self, method: str, arguments: dict[str, Any], token: str) -> Answer:
        """Answer a call of the Web API."""
        self.calls.append(method)
        if token != (APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN):
            return _failed("invalid_auth")
        match method:
            case "auth.test":
                return 200, {"ok": True, "user_id": BOT, "bot_id": BOT_ID, "team_id": TEAM}, {}
            case "apps.connections.open":
                return 200, {"ok": True, "url": self.socket_mode.new_url()}, {}
            case "chat.postMessage":
                return self._post(arguments)
            case "conversations.replies":
                return self._replies(arguments)
        return _failed("unknown_method")

    def respond(self, path: str, message: dict[str, Any]) -> Answer:
        """Take a message for a ``response_url``."""
        self.calls.append("response_url")
        if path not in self.response_urls:
            return 404, {"ok": False, "error": "no_such_url"}, {}
        if self.response_urls[path] < 1:
            return 404, {"ok": False, "error": "used_url"}, {}
        error = error_in(message)
        if error:
            return 400, {"ok": False, "error": error}, {}

        def store() -> None:
            self.response_urls[path] -= 1
            only_for = "" if message.get("response_type") == "in_channel" else path
            self.posted.append(Posted("", "", self.next_ts(), message, only_for))

        return self._broken(store, (200, {}, {}))

    def _post(self, message: dict[str, Any]) -> Answer:
        channel = str(message.get("channel"))
        if channel == ARCHIVED:
            return _failed("is_archived")
        if channel != CHANNEL and channel[:1] not in "DU":
            return _failed("channel_not_found")
        error = error_in(message)
        if not error and len(json.dumps(message["blocks"])) > self.longest:
            error = "msg_blocks_too_long"
        if error:
            return _failed(error)
        ts = self.next_ts()
        posted = Posted(channel.replace("U", "D", 1), message.get("thread_ts", ""), ts, message)
        return self._broken(lambda: self.posted.append(posted), (200, {"ok": True, "channel": channel, "ts": ts}, {}))

    def _broken(self, store: Callable[[], None], answer: Answer) -> Answer:
        """Play the next failure, if there is one."""
        how = self.breaks.pop(0) if self.breaks else ""
        if how == "throttled":
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": self.retry_after}
        if how == "error":
            return 500, {}, {}
        if how.startswith("code:"):
            return _failed(how.removeprefix("code:"))
        store()
        if how == "slow":
            self._released.wait(SLOW_SECONDS)
        return (0, {}, {}) if how == "dropped" else answer

    def _replies(self, arguments: dict[str, Any]) -> Answer:
        if self.missing_scope:
            return _failed("missing_scope")
        messages = [self._document(each, arguments) for each in self.posted if not each.only_for]
        thread, oldest = arguments["ts"], arguments.get("oldest", "0")
        messages = [each for each in messages if thread == each["thread_ts"] and each["ts"] >= oldest]
        if arguments["channel"] != CHANNEL and not arguments["channel"].startswith("D"):
            return _failed("channel_not_found")
        parent = {"type": "message", "user": "UANA", "ts": thread, "text": "the question"}
        messages = [parent, *messages] if oldest <= thread else messages
        start, size = int(arguments.get("cursor") or 0), min(int(arguments["limit"]), self.page)
        cursor = str(start + size) if start + size < len(messages) else ""
        return (
            200,
            {
                "ok": True,
                "messages": messages[start : start + size],
                "has_more": bool(cursor),
                "response_metadata": {"next_cursor": cursor},
            },
            {},
        )

    def _document(self, posted: Posted, arguments: dict[str, Any]) -> dict[str, Any]:
        shown = {"type": "message", "bot_id": BOT_ID, "ts": posted.ts, "thread_ts": posted.thread}
        shown |= {name: posted.raw[name] for name in ("text", "blocks")}
        if arguments.get("include_all_metadata") == "1" and not self.without_metadata:
            shown["metadata"] = posted.raw["metadata"]
        return shown


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def _failed(error: str) -> Answer:
    return 200, {"ok": False, "error": error}, {}


def _handler_of(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            _, _, path = self.path.partition("/")
            folder, _, rest = path.partition("/")
            method, _, query = rest.partition("?")
            if self.headers["Content-Type"].startswith("application/json"):
                arguments = json.loads(body or b"{}")
            else:
                arguments = dict(parse_qsl(body.decode())) | dict(parse_qsl(query))
            if folder == "api":
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                status, document, headers = slack.answer(method, arguments, token)
            else:
                status, document, headers = slack.respond(rest, arguments)
            if status == 0:
                self.close_connection = True
                return  # the connection is dropped without a word
            content = json.dumps(document).encode() if document else b"ok" if status == 200 else b"<html>oops</html>"
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def wait_until(condition: Callable[[], bool], *, seconds: float = 30.0) -> None:
    """Wait until something is so; fail where it never is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)
