"""Delivers replies into Slack: into the thread, or to one person by the ``response_url`` of a command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from assistant.ports import Address, Delivered, Delivery, Pace, Refused
from assistant.reply import Reply
from assistant.slack.blocks import TOTAL, message_of
from assistant.slack.inbound import CHANNEL
from assistant.slack.outcomes import TOO_LONG, code_of, of_answer, of_error
from assistant.slack.place import Place, is_below, place_of
from knowledge_base.store.store import Clock

METADATA = "kea_reply"
BODY_LIMITS = (TOTAL, 2_000)
"""Slack's limit of a whole message is not documented to the letter: what it finds too long goes in short."""
FIND_SECONDS = 15.0
PAGE = 200


class SlackChannel:
    """Posts with the bot's token; ``client`` must not retry by itself, and give up within 10 seconds."""

    def __init__(self, client: WebClient, *, hooks_url: str, clock: Clock) -> None:
        self._client = client
        self._hooks_url = hooks_url
        self._clock = clock
        self.name = CHANNEL
        self.pace = Pace(1, 1.0)

    def lane(self, address: Address) -> str:
        """Count by channel, as Slack does; by person where it is a command's answer."""
        place = place_of(address)
        return f"{place.team}/{place.channel or place.user}"

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        """Post a reply; by ``response_url`` while it lasts, afterwards to the person."""
        place = place_of(address)
        if self._clock().timestamp() < place.until and is_below(place.response_url, self._hooks_url):
            result = self._respond(place, reply, marker)
            if not isinstance(result, Refused):
                return result
        return self._post(place, reply, marker)

    def _post(self, place: Place, reply: Reply, marker: str) -> Delivery:
        result: Delivery = Refused("Slack finds even the short message too long: shorten the solution")
        for limit in BODY_LIMITS:
            message = message_of(reply, marker, body_limit=limit)
            try:
                posted = self._client.chat_postMessage(
                    channel=place.channel or place.user,
                    thread_ts=place.thread or None,
                    text=message.text,
                    blocks=message.blocks,
                    metadata={"event_type": METADATA, "event_payload": {"marker": marker}},
                    unfurl_links=False,
                    unfurl_media=False,
                    parse="none",
                    link_names=False,
                    mrkdwn=False,
                )
                return Delivered(str(posted.get("ts", "")))
            except Exception as error:
                result = of_error(error)
                if not (isinstance(error, SlackApiError) and code_of(error) in TOO_LONG):
                    break
        return result

    def _respond(self, place: Place, reply: Reply, marker: str) -> Delivery:
        """Post to a ``response_url``; Refused where it has expired or was used up."""
        message = message_of(reply, marker)
        client = WebhookClient(
            place.response_url, timeout=self._client.timeout, retry_handlers=[], logger=self._client.logger
        )
        try:
            response = client.send(
                text=message.text,
                blocks=message.blocks,
                response_type="ephemeral",
                replace_original=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        except Exception as error:
            return of_error(error)
        code = _code_in(response.body)
        if response.status_code == 200 and not code:
            return Delivered()
        return of_answer(response.status_code, code, response.headers)

    def find(self, address: Address, marker: str) -> bool | None:
        """Look through the thread, from what was replied to on; what only one person sees cannot be looked up."""
        place = place_of(address)
        if not (place.channel and place.thread):
            return None
        end, cursor = monotonic() + FIND_SECONDS, None
        while monotonic() < end:
            try:
                page = self._client.conversations_replies(
                    channel=place.channel,
                    ts=place.thread,
                    oldest=place.since or None,
                    inclusive=True,
                    include_all_metadata=True,
                    limit=PAGE,
                    cursor=cursor,
                )
                found = any(_carries(message, marker) for message in page["messages"])
                cursor = (page.get("response_metadata") or {}).get("next_cursor")
            except Exception:  # no scope, no answer, no thread: nothing can be told
                return None
            if found:
                return True
            if not cursor:
                return None if page.get("has_more") else False
        return None


def _carries(message: Mapping[str, Any], marker: str) -> bool:
    metadata, blocks = message.get("metadata") or {}, message.get("blocks") or [{}]
    if metadata.get("event_type") == METADATA and metadata.get("event_payload", {}).get("marker") == marker:
        return True
    return bool(message.get("bot_id")) and blocks[0].get("block_id") == marker


def _code_in(body: str) -> str:
    """Give the error in a body of JSON; empty where there is none."""
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    failed = isinstance(document, dict) and document.get("ok") is False
    return str(document.get("error", "unknown"))[:60] if failed else ""
