"""Delivers replies into Slack: into the thread, or to one person by the ``response_url`` of a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from assistant.addresses import is_below
from assistant.deadline import CALL_SECONDS, Deadline
from assistant.ports import Address, Delivered, Delivery, Doubtful, Pace, Refused
from assistant.reply import Reply
from assistant.slack.blocks import TOTAL, message_of
from assistant.slack.client import Client, ResponseUrl
from assistant.slack.inbound import CHANNEL
from assistant.slack.outcomes import TOO_LONG, code_of, of_error, of_response
from assistant.slack.place import Place, place_of
from knowledge_base.store.store import Clock

METADATA = "kea_reply"
BODY_LIMITS = (TOTAL, 2_000)
"""Slack's limit of a whole message is not documented to the letter: what it finds too long goes in short."""
PAGE = 200
LARGEST_PAGE = 16_000_000


class SlackChannel:
    """Posts with the bot's token; ``client`` must not retry by itself.

    ``seconds`` are what all calls of one delivery, or of one search, may take together.
    """

    def __init__(self, client: Client, *, hooks_url: str, clock: Clock, seconds: float = CALL_SECONDS) -> None:
        self._client = client
        self._hooks_url = hooks_url
        self._clock = clock
        self._seconds = seconds
        self.name = CHANNEL
        self.pace = Pace(1, 1.0)

    def lane(self, address: Address) -> str:
        """Count by channel, as Slack does; by person where it is a command's answer."""
        place = place_of(address)
        return f"{place.team}/{place.channel or place.user}"

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        """Post a reply; by ``response_url`` while it lasts, afterwards to the person."""
        place, deadline = place_of(address), Deadline.after(self._seconds)
        if self._clock().timestamp() < place.until and is_below(place.response_url, self._hooks_url):
            result = self._respond(place, reply, marker, deadline)
            if not isinstance(result, Refused):
                return result
        return self._post(place, reply, marker, self._client.until(deadline))

    def _post(self, place: Place, reply: Reply, marker: str, client: Client) -> Delivery:
        result: Delivery = Refused("Slack finds even the short message too long: shorten the solution")
        for limit in BODY_LIMITS:
            message = message_of(reply, marker, body_limit=limit)
            try:
                posted = client.chat_postMessage(
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
                if posted.get("ok") is True and isinstance(posted.get("ts"), str):
                    return Delivered(posted["ts"])
                return Doubtful("the answer does not say what became of the message")
            except Exception as error:
                result = of_error(error)
                if not (isinstance(error, SlackApiError) and code_of(error) in TOO_LONG):
                    break
        return result

    def _respond(self, place: Place, reply: Reply, marker: str, deadline: Deadline) -> Delivery:
        """Post to a ``response_url``; Refused where it has expired or was used up."""
        message = message_of(reply, marker)
        try:
            response = ResponseUrl(place.response_url, self._client, deadline).send(
                text=message.text,
                blocks=message.blocks,
                response_type="ephemeral",
                replace_original=False,
                unfurl_links=False,
                unfurl_media=False,
            )
        except Exception as error:
            return of_error(error)
        return of_response(response.status_code, response.body, response.headers)

    def find(self, address: Address, marker: str) -> bool | None:
        """Look through the thread, from what was replied to on; what only one person sees cannot be looked up."""
        place = place_of(address)
        if not (place.channel and place.thread):
            return None
        client, cursor = self._client.until(Deadline.after(self._seconds), largest=LARGEST_PAGE), None
        while True:
            try:
                page = client.conversations_replies(
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
            except Exception:  # no scope, no answer, no thread, no time left: nothing can be told
                return None
            if found:
                return True
            if not cursor:
                return None if page.get("has_more") else False


def _carries(message: Mapping[str, Any], marker: str) -> bool:
    metadata, blocks = message.get("metadata") or {}, message.get("blocks") or [{}]
    if metadata.get("event_type") == METADATA and metadata.get("event_payload", {}).get("marker") == marker:
        return True
    return bool(message.get("bot_id")) and blocks[0].get("block_id") == marker
