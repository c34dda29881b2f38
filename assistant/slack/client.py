"""The SDK's clients, which call Slack in a way of our own (``fetching``)."""

from __future__ import annotations

from copy import copy
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from assistant.addresses import is_address
from assistant.deadline import CALL_SECONDS, Deadline
from assistant.slack.fetching import fetch
from knowledge_base.errors import Unavailable

LARGEST_ANSWER = 1_000_000


class Client(WebClient):
    """Calls the Web API. Each call ends in time; ``until`` makes several calls end by the same deadline."""

    deadline: Deadline | None = None
    largest = LARGEST_ANSWER

    def until(self, deadline: Deadline, *, largest: int = LARGEST_ANSWER) -> Client:
        """Give a client whose calls end by then, and take answers of so many bytes."""
        bound = copy(self)
        bound.deadline, bound.largest = deadline, largest
        return bound

    def apps_connections_open(self, *, app_token: str, **more: Any) -> SlackResponse:
        """Ask where to connect to.

        Raises Unavailable where that would not be encrypted although Slack is: the SDK encrypts at port 443 only.
        """
        response = super().apps_connections_open(app_token=app_token, **more)
        if not _is_fit(response.get("url"), self.base_url):
            raise Unavailable("Slack names no encrypted address for Socket Mode; check KEA_SLACK_API_URL")
        return response

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        deadline = self.deadline or Deadline.after(CALL_SECONDS)
        status, headers, body = fetch(
            req, deadline, timeout=self.timeout, largest=self.largest, proxy=self.proxy, context=self.ssl
        )
        return {"status": status, "headers": headers, "body": body}


class ResponseUrl(WebhookClient):
    """Posts to a ``response_url`` as ``client`` calls the Web API."""

    def __init__(self, url: str, client: Client, deadline: Deadline) -> None:
        super().__init__(
            url, timeout=client.timeout, ssl=client.ssl, proxy=client.proxy, retry_handlers=[], logger=client.logger
        )
        self._deadline = deadline

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        status, headers, body = fetch(
            req, self._deadline, timeout=self.timeout, largest=LARGEST_ANSWER, proxy=self.proxy, context=self.ssl
        )
        return WebhookResponse(url=url, status_code=status, body=body, headers=headers)


def _is_fit(url: object, base: str) -> bool:
    if not isinstance(url, str):
        return False
    scheme, rest = url.partition("://")[::2]
    if scheme == "ws":
        return base.startswith("http://") and is_address(f"http://{rest}")
    return scheme == "wss" and is_address(f"https://{rest}") and urlsplit(url).port in (None, 443)
