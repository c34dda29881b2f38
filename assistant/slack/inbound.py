"""From what Slack sends to what Kea takes in; whatever is nothing for us, or of wrong shape, is None.

The same payloads come over HTTP and over Socket Mode. They are signed by Slack, and yet no field is
relied upon: ids and timestamps become parts of names and addresses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.addresses import is_below
from assistant.ports import Inbound
from assistant.slack.blocks import FEEDBACK, HAND_OVER, VERDICTS
from assistant.slack.place import RESPONSE_URL_SECONDS, Place
from assistant.slack.text import typed, unescaped

CHANNEL = "slack"
SUBTYPES = (None, "file_share", "thread_broadcast")
_ID = re.compile(r"[A-Za-z0-9]{1,40}")
_TIMESTAMP = re.compile(r"[0-9]{1,16}\.[0-9]{1,16}")
_TRIGGER = re.compile(r"[A-Za-z0-9.]{1,150}")
_QUESTION = re.compile(r"Q-[0-9]{1,18}")

Payload = Mapping[str, Any]


def read(body: Payload, *, now: datetime, hooks_url: str) -> Inbound | None:
    """Read a payload; ``hooks_url`` is what a ``response_url`` has to be below to be used."""
    kind = body.get("type")
    if kind == "event_callback":
        return _message(body)
    if kind == "block_actions":
        return _click(body, now=now, hooks_url=hooks_url)
    if isinstance(body.get("command"), str):
        return _command(body, now=now, hooks_url=hooks_url)
    return None


def _message(body: Payload) -> Inbound | None:
    event = _part(body, "event")
    team, channel, user = (
        _id(body.get("team_id") or event.get("team")),
        _id(event.get("channel")),
        _id(event.get("user")),
    )
    at, text = _timestamp(event.get("ts")), event.get("text")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    if event.get("type") not in ("app_mention", "message") or (event.get("type") == "message" and not direct):
        return None
    if event.get("bot_id") or event.get("subtype") not in SUBTYPES or not isinstance(text, str):
        return None  # what bots say (ourselves too), edits, joins and the like
    bot = _bot(body)
    if not (team and channel and user and at) or user == bot:
        return None
    thread = _timestamp(event.get("thread_ts")) or at
    return Inbound(
        channel=CHANNEL,
        # A message may come as a mention and as a direct message: by what it is, it is the same.
        event=f"{team}/{channel}/{at}",
        user=f"{team}/{user}",
        text=typed(text, bot=bot),
        thread=f"{team}/{channel}/{thread}",
        address=Place(team=team, channel=channel, thread=thread, since=at, user=user).to_address(),
    )


def _command(body: Payload, *, now: datetime, hooks_url: str) -> Inbound | None:
    team, user, text = _id(body.get("team_id")), _id(body.get("user_id")), body.get("text", "")
    trigger = body.get("trigger_id")
    if not (team and user and isinstance(text, str) and isinstance(trigger, str) and _TRIGGER.fullmatch(trigger)):
        return None
    return Inbound(
        channel=CHANNEL,
        event=f"{team}/command/{trigger}",
        user=f"{team}/{user}",
        text="" if text.strip().lower() == "help" else unescaped(text),
        thread=f"{team}/command/{user}",
        address=_person(body, team, user, now=now, hooks_url=hooks_url).to_address(),
    )


def _click(body: Payload, *, now: datetime, hooks_url: str) -> Inbound | None:
    team, user = _id(_part(body, "team").get("id")), _id(_part(body, "user").get("id"))
    container, message = _part(body, "container"), _part(body, "message")
    channel = _id(_part(body, "channel").get("id") or container.get("channel_id"))
    at = _timestamp(container.get("message_ts") or message.get("ts"))
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    verdict, value = VERDICTS.get(str(action.get("action_id"))), action.get("value")
    hand_over = action.get("action_id") == HAND_OVER
    if not (verdict or hand_over) or not isinstance(value, str) or not _QUESTION.fullmatch(value):
        return None
    if not (team and user and channel and at):
        return None
    thread = _timestamp(container.get("thread_ts")) or _timestamp(message.get("thread_ts")) or at
    clicked = _timestamp(action.get("action_ts"))
    if container.get("is_ephemeral"):
        place = _person(body, team, user, now=now, hooks_url=hooks_url)
    else:
        place = Place(team=team, channel=channel, thread=thread, since=clicked or at, user=user)
    return Inbound(
        channel=CHANNEL,
        event=f"{team}/{channel}/{at}/{user}/{clicked}",
        user=f"{team}/{user}",
        text="",
        thread=f"{team}/{channel}/{thread}",
        address=place.to_address(),
        verdict=verdict,
        hand_over=hand_over,
        question_id=value,
        language=str(action.get("block_id", "")).removeprefix(f"{FEEDBACK}_") if _is_ours(action) else "",
    )


def _person(body: Payload, team: str, user: str, *, now: datetime, hooks_url: str) -> Place:
    """Where one person is answered, so that only they see it."""
    url = body.get("response_url")
    if not isinstance(url, str) or not is_below(url, hooks_url):
        return Place(team=team, user=user)
    return Place(team=team, user=user, response_url=url, until=int(now.timestamp()) + RESPONSE_URL_SECONDS)


def _is_ours(action: Payload) -> bool:
    return action.get("block_id") in (f"{FEEDBACK}_en", f"{FEEDBACK}_zh")


def _bot(body: Payload) -> str:
    """The bot's own user id; empty where the payload does not tell it."""
    given = body.get("authorizations")
    first = given[0] if isinstance(given, list) and given else None
    return _id(first.get("user_id")) if isinstance(first, dict) and first.get("is_bot") else ""


def _part(body: Payload, name: str) -> Payload:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _id(value: object) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _timestamp(value: object) -> str:
    return value if isinstance(value, str) and _TIMESTAMP.fullmatch(value) else ""
