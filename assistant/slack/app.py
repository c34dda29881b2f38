"""The Bolt app: takes in what comes over HTTP and over Socket Mode alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt import App, BoltResponse
from slack_sdk import WebClient

from assistant.ports import Accept
from assistant.slack.inbound import read
from knowledge_base.store.store import Clock

log = structlog.get_logger(__name__)


def bolt_app(client: WebClient, accept: Accept, *, clock: Clock, hooks_url: str) -> App:
    """Make an app that keeps each event before Bolt acknowledges it; makes no request.

    Bolt acknowledges events before their listeners run, and asks Slack who it is on the way there. So events are
    kept in the middleware in front of both. What ``accept`` raises comes out of ``App.dispatch``.
    """

    def keep(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:
        if body.get("type") == "url_verification":
            return next()  # Bolt answers the challenge
        inbound = read(body, now=clock(), hooks_url=hooks_url)
        if inbound is None:
            log.debug("nothing for us", kind=_kind(body))
        else:
            accept(inbound)
        return BoltResponse(status=200, body="")

    def pass_on(error: Exception) -> BoltResponse:
        raise error

    app = App(
        name="kea",
        logger=client.logger,
        client=client,
        signing_secret="",  # requests are verified before they are parsed, see webhook.py
        token_verification_enabled=False,
        request_verification_enabled=False,
        before_authorize=keep,
    )
    app.error(pass_on)
    return app


def _kind(body: Mapping[str, Any]) -> str:
    return str(body.get("type"))[:40]
