"""Delivers replies to DingTalk: by the webhook of the question's session, later by the robot's API."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx2
from pydantic import SecretStr

from assistant.addresses import is_below
from assistant.deadline import CALL_SECONDS, Deadline
from assistant.dingtalk.calls import SECONDS, post
from assistant.dingtalk.places import Place
from assistant.dingtalk.reading import CHANNEL
from assistant.dingtalk.rendering import Message, render
from assistant.dingtalk.tokens import AccessTokens
from assistant.dingtalk.verdicts import SessionGone, Unauthorized, of_robot, of_session
from assistant.ports import Address, Delivery, Pace, Refused
from assistant.reply import Reply
from knowledge_base.store.store import Clock

MARGIN = timedelta(minutes=2)


class DingTalk:
    """The channel. Nothing can be read back from a conversation, so no message is ever found again.

    ``seconds`` bound a single wait, twice as many a call, and ``in_all`` all calls of a delivery together: the
    shorter, the more deliveries are doubtful.
    """

    name = CHANNEL
    pace = Pace(20, 60.0)

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: SecretStr,
        robot_code: str,
        api: httpx2.URL,
        webhooks: httpx2.URL,
        clock: Clock,
        seconds: float = SECONDS,
        in_all: float = CALL_SECONDS,
    ) -> None:
        self._robot_code = robot_code
        self._api = api
        self._webhooks = webhooks
        self._clock = clock
        self._seconds = seconds
        self._in_all = in_all
        self._tokens = AccessTokens(client_id=client_id, client_secret=client_secret, api=api, clock=clock)

    def lane(self, address: Address) -> str:
        """Count by conversation."""
        return Place.of(address).conversation

    def send(self, address: Address, reply: Reply, marker: str) -> Delivery:
        """Deliver a reply; by the robot's API where the session is over or its webhook is not DingTalk's."""
        deadline = Deadline.after(self._in_all)
        place = Place.of(address)
        message = render(reply, mention=place.mention)
        webhook = self._webhook(place)
        if webhook is not None:
            body = _session_message(message, place)
            result = of_session(post(webhook, body, deadline=deadline, seconds=self._seconds))
            if not isinstance(result, SessionGone):
                return result
        if not place.group and not place.staff:
            return Refused(
                "the session has ended, and people outside of the organisation can be answered only within it"
            )
        return self._send_by_robot(place, render(reply), deadline)

    def find(self, address: Address, marker: str) -> bool | None:
        """Tell nothing: the API does not show what a conversation holds."""
        return None

    def _webhook(self, place: Place) -> httpx2.URL | None:
        left = place.expires - (self._clock() + MARGIN).timestamp() * 1000
        usable = left > 0 and is_below(place.webhook, str(self._webhooks))
        return httpx2.URL(place.webhook) if usable else None

    def _send_by_robot(self, place: Place, message: Message, deadline: Deadline) -> Delivery:
        body: dict[str, object] = {
            "robotCode": self._robot_code,
            "msgKey": "sampleMarkdown",
            "msgParam": json.dumps({"title": message.title, "text": message.text}, ensure_ascii=False),
        }
        if place.group:
            url = self._api.join("v1.0/robot/groupMessages/send")
            body["openConversationId"] = place.conversation
        else:
            url = self._api.join("v1.0/robot/oToMessages/batchSend")
            body["userIds"] = [place.staff]
        for _ in range(2):
            token = self._tokens.get(deadline, seconds=self._seconds)
            if not isinstance(token, str):
                return token
            answer = post(url, body, deadline=deadline, seconds=self._seconds, token=token)
            result = of_robot(answer, "" if place.group else place.staff)
            if not isinstance(result, Unauthorized):
                return result
            self._tokens.forget()
        return Refused(
            "DingTalk refuses an access token that it has just given; check the app's permission to send robot messages"
        )


def _session_message(message: Message, place: Place) -> dict[str, object]:
    body: dict[str, object] = {"msgtype": "markdown", "markdown": {"title": message.title, "text": message.text}}
    if place.mention:
        body["at"] = {"atUserIds": [place.mention], "isAtAll": False}
    return body
