"""What Slack sends, and how it signs it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from assistant.ports import WebhookRequest
from tests.assistant.slack.server import BOT, CHANNEL, SIGNING_SECRET, TEAM


def typed(text: str) -> str:
    """Give a text as Slack passes on what somebody typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def event(kind: str, ts: str, text: str, *, user: str, channel: str = CHANNEL, **more: Any) -> dict[str, Any]:
    """An event of a message; ``text`` is as Slack writes it."""
    message = {"type": kind, "user": user, "text": text, "ts": ts, "channel": channel, "event_ts": ts, "team": TEAM}
    if kind == "message":
        message["channel_type"] = "im" if channel.startswith("D") else "channel"
    return {
        "type": "event_callback",
        "token": "legacy",
        "team_id": TEAM,
        "api_app_id": "A0KEA",
        "event_id": f"Ev{time.monotonic_ns()}",
        "event_time": int(float(ts)),
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}],
        "event": message | more,
    }


def mention(ts: str, text: str, *, user: str, **more: Any) -> dict[str, Any]:
    """Somebody mentions Kea in a channel."""
    return event("app_mention", ts, f"<@{BOT}> {typed(text)}", user=user, **more)


def command(text: str, *, user: str, response_url: str, trigger: str = "") -> dict[str, Any]:
    """Somebody types ``/kea``."""
    return {
        "token": "legacy",
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "user_id": user,
        "user_name": user.lower(),
        "command": "/kea",
        "text": text,
        "response_url": response_url,
        "trigger_id": trigger or f"{time.monotonic_ns()}.1.abc",
        "is_enterprise_install": "false",
    }


def click(message: dict[str, Any], action: str, *, user: str, ts: str, thread: str, **more: Any) -> dict[str, Any]:
    """Somebody clicks a button of a message that is in a thread of the channel."""
    [actions] = [block for block in message["blocks"] if block["type"] == "actions"]
    [button] = [each for each in actions["elements"] if each["action_id"] == action]
    clicked = {name: button[name] for name in ("type", "action_id", "value", "text")}
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "team"},
        "user": {"id": user, "team_id": TEAM},
        "channel": {"id": CHANNEL, "name": "general"},
        "container": {"type": "message", "message_ts": ts, "channel_id": CHANNEL, "is_ephemeral": False},
        "message": {"ts": ts, "thread_ts": thread, "bot_id": "B0KEA", "text": message["text"]},
        "actions": [{**clicked, "block_id": actions["block_id"], "action_ts": f"{time.time():.6f}"}],
        "trigger_id": "1.2.3",
        **more,
    }


def request(payload: dict[str, Any] | bytes, *, skew: float = 0.0, signature: str = "", **more: str) -> WebhookRequest:
    """Pack a payload as Slack does over HTTP, and sign it."""
    if isinstance(payload, bytes):
        is_form = b"=" in payload and not payload.startswith(b"{")
        body, kind = payload, "application/x-www-form-urlencoded" if is_form else "application/json"
    elif payload.get("type") in ("event_callback", "url_verification"):
        body, kind = json.dumps(payload).encode(), "application/json"
    else:
        fields = payload if "command" in payload else {"payload": json.dumps(payload)}
        body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    seconds = str(int(time.time() + skew))
    digest = hmac.new(SIGNING_SECRET.encode(), f"v0:{seconds}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": kind,
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": signature or f"v0={digest}",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return WebhookRequest(headers, body)
