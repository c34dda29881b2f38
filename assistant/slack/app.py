"""The Bolt app: takes in what comes over HTTP and over Socket Mode alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from slack_sdk import WebClient

from assistant.ports import Accept
from assistant.slack.inbound import read
from knowledge_base.errors import InputError
from knowledge_base.store.store import Clock

log = structlog.get_logger(__name__)

ERROR = "kea_error"


def bolt_app(client: WebClient, accept: Accept, *, clock: Clock, hooks_url: str) -> App:
    """Make an app that keeps each event before Bolt acknowledges it; makes no request.

    Bolt acknowledges events before their listeners run, and asks Slack who it is on the way there. So events are
    kept in the middleware in front of both. What ``accept`` raises comes out of ``App.dispatch`` as it is, and
    InputError for what cannot be read.
    """
    return _KeepingApp(
        name="kea",
        logger=client.logger,
        client=client,
        signing_secret="",  # requests are verified before they are parsed, see webhook.py
        token_verification_enabled=False,
        request_verification_enabled=False,
        before_authorize=_Keeping(accept, clock, hooks_url),
    )


class _KeepingApp(App):
    def dispatch(self, req: BoltRequest) -> BoltResponse:
        response = super().dispatch(req)
        if isinstance(error := req.context.get(ERROR), Exception):
            raise error
        return response


class _Keeping(Middleware):
    """Raises nothing itself: Bolt would read the body, which may be odd, to tell its handler of errors."""

    def __init__(self, accept: Accept, clock: Clock, hooks_url: str) -> None:
        self._accept = accept
        self._clock = clock
        self._hooks_url = hooks_url

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
        if req.body.get("type") == "url_verification":
            return next()  # Bolt answers the challenge
        try:
            self._keep(req.body)
        except Exception as error:
            req.context[ERROR] = error
            return BoltResponse(status=500, body="")
        return BoltResponse(status=200, body="")

    def _keep(self, body: Mapping[str, Any]) -> None:
        try:
            inbound = read(body, now=self._clock(), hooks_url=self._hooks_url)
        except Exception as error:
            raise InputError("this is no request of Slack: its fields cannot be read") from error
        if inbound is None:
            log.debug("nothing for us", kind=str(body.get("type"))[:40])
        else:
            self._accept(inbound)
