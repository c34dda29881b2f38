"""Access tokens of DingTalk's API, fetched when one is needed and kept until shortly before they expire."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx2
from pydantic import SecretStr

from assistant.deadline import Deadline
from assistant.dingtalk.calls import Unanswered, post
from assistant.ports import Postponed, Refused
from knowledge_base.store.store import Clock

EARLY = timedelta(minutes=5)
LATER = (408, 429)


class AccessTokens:
    """Fetches tokens for an app; used by one thread at a time."""

    def __init__(self, *, client_id: str, client_secret: SecretStr, api: httpx2.URL, clock: Clock) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._url = api.join("v1.0/oauth2/accessToken")
        self._clock = clock
        self._kept: tuple[str, datetime] | None = None

    def get(self, deadline: Deadline, *, seconds: float) -> str | Postponed | Refused:
        """Give a token, or say why there is none; nothing has been posted then."""
        if self._kept is not None and self._clock() < self._kept[1]:
            return self._kept[0]
        body = {"appKey": self._client_id, "appSecret": self._client_secret.get_secret_value()}
        answer = post(self._url, body, deadline=deadline, seconds=seconds)
        if isinstance(answer, Unanswered):
            return Postponed(f"no access token: {answer.reason}")
        token, lifetime = answer.document.get("accessToken"), answer.document.get("expireIn")
        if answer.status in LATER or answer.status >= 500:
            return Postponed(f"no access token: DingTalk answers {answer.status}", answer.retry_after)
        if answer.status >= 400:
            return Refused(
                f"DingTalk gives no access token ({answer.status}); check KEA_DINGTALK_CLIENT_ID and "
                "KEA_DINGTALK_CLIENT_SECRET, then send this again"
            )
        if answer.status != 200 or not isinstance(token, str):
            return Postponed(
                f"no access token: what answers {answer.status} is not DingTalk; check KEA_DINGTALK_API_URL and proxies"
            )
        lasts = timedelta(seconds=lifetime if isinstance(lifetime, int) and 0 < lifetime < 100_000 else 0)
        self._kept = (token, self._clock() + lasts - min(EARLY, lasts / 2))
        return token

    def forget(self) -> None:
        """Drop the token, which was refused."""
        self._kept = None
