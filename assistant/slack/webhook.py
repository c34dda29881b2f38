"""Requests of Slack to ``/hooks/slack``: events, commands and clicks, all at one address."""

from __future__ import annotations

from slack_bolt import App, BoltRequest
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier

from assistant.ports import WebhookRequest, WebhookResponse
from knowledge_base.errors import InputError, NotAllowed
from knowledge_base.store.store import Clock


class SlackWebhook:
    """Verifies the signature over the bytes that came, then lets Bolt read them."""

    def __init__(self, app: App, signing_secret: str, *, clock: Clock) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret, _Seconds(clock))

    def receive(self, request: WebhookRequest) -> WebhookResponse:
        """Keep an event before it is acknowledged.

        Raises NotAllowed for a signature that is missing, wrong or more than five minutes off, InputError for
        what cannot be read, and whatever hinders keeping it, such as StorageUnavailable.
        """
        self._check(request)
        # Other headers are not signed, so Bolt does not get to see them.
        content_type = request.headers.get("content-type", "")
        try:
            read = BoltRequest(body=request.body.decode(), headers={"content-type": content_type})
        except Exception as error:
            raise InputError("this is no request of Slack: its body cannot be read") from error
        response = self._app.dispatch(read)
        told = response.headers.get("content-type", ["text/plain; charset=utf-8"])[0]
        return WebhookResponse(response.status, (response.body or "").encode(), told)

    def _check(self, request: WebhookRequest) -> None:
        timestamp, signature = (
            request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature")
        )
        try:
            seconds = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16
            valid = seconds and self._verifier.is_valid(request.body, timestamp, signature)
        except (ValueError, TypeError, OverflowError):  # not ASCII, not UTF-8
            valid = False
        if not valid:
            raise NotAllowed(
                "the request does not carry Slack's signature of these minutes; "
                "compare KEA_SLACK_SIGNING_SECRET with the app's page, and the clock of this machine"
            )


class _Seconds(SdkClock):
    """Our clock in the SDK's terms."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()
