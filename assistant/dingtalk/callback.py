"""The signed HTTP callback of a robot.

The signature covers the time, not the body (so DingTalk defines it): it proves that the caller knew a
signature of the last hour. Whoever can read requests on their way can use it for another body, so
the callback belongs behind HTTPS.
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from hashlib import sha256

from pydantic import SecretStr

from assistant.dingtalk.reading import read_message
from assistant.ports import Accept, WebhookRequest, WebhookResponse
from knowledge_base.errors import InputError, NotAllowed
from knowledge_base.store.store import Clock

SKEW = timedelta(hours=1)
ACKNOWLEDGED = WebhookResponse(200, b"{}", "application/json")


class Callback:
    """Answers the requests of DingTalk."""

    def __init__(self, secret: SecretStr, accept: Accept, clock: Clock) -> None:
        self._secret = secret
        self._accept = accept
        self._clock = clock

    def receive(self, request: WebhookRequest) -> WebhookResponse:
        """Keep a message before it is acknowledged.

        Raises NotAllowed, InputError and StorageUnavailable.
        """
        self._check(request)
        try:
            payload = json.loads(request.body)
        except (ValueError, RecursionError):
            raise InputError("this is no message of DingTalk: the body is not JSON") from None
        inbound = read_message(payload)
        if inbound is not None:
            self._accept(inbound)
        return ACKNOWLEDGED

    def _check(self, request: WebhookRequest) -> None:
        timestamp, signature = request.headers.get("timestamp", ""), request.headers.get("sign", "")
        if not (signature and timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16):
            raise NotAllowed("the signature is missing: headers timestamp and sign are expected")
        expected = sign(timestamp, self._secret.get_secret_value())
        if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
            raise NotAllowed("the signature is wrong; check that KEA_DINGTALK_CLIENT_SECRET is this robot's")
        now = self._clock().timestamp() * 1000
        if abs(now - int(timestamp)) > SKEW.total_seconds() * 1000:
            raise NotAllowed("the signature is more than an hour off; check the clock of this machine")


def sign(timestamp: str, secret: str) -> str:
    """Sign as DingTalk does: base64 of HMAC-SHA256 over ``timestamp``, a line break and the secret.

    >>> sign("1577262236757", "secret")
    'TIz5XcFHyeEuCoyc+5d9DoNiRC3txFfOzZU76lmRbYc='
    """
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), sha256).digest()
    return base64.b64encode(digest).decode()
