"""Calls of DingTalk's HTTP APIs: what was answered, or whether the request may have been taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from assistant.deadline import Deadline, Line, TooLate

SECONDS = 5.0
LONGEST_ANSWER = 64 * 1024
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; ``document`` is empty where it was no JSON object, ``retry_after`` in seconds."""

    status: int
    document: Mapping[str, Any] = field(repr=False)
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """There is no answer; ``perhaps_taken`` tells whether the request may have got there all the same."""

    reason: str
    perhaps_taken: bool


def post(
    url: httpx2.URL, body: Mapping[str, object], *, deadline: Deadline, seconds: float, token: str = ""
) -> Answered | Unanswered:
    """Post JSON; a single wait may take ``seconds``, connecting half of that, and all of it twice as long.

    It also ends by the deadline, which several calls share. Redirects are not followed, nothing is tried again.
    """
    try:
        return deadline.within(2 * seconds).run(lambda line: _post(url, body, line, seconds=seconds, token=token))
    except TooLate as error:
        if not error.connected:
            return Unanswered("DingTalk cannot be reached in time", perhaps_taken=False)
        return Unanswered("DingTalk's answer is too slow", perhaps_taken=True)
    except NEVER_SENT as error:
        return Unanswered(f"DingTalk cannot be reached ({type(error).__name__})", perhaps_taken=False)
    except (httpx2.HTTPError, OSError) as error:
        return Unanswered(f"the connection to DingTalk broke ({type(error).__name__})", perhaps_taken=True)


def _post(
    url: httpx2.URL, body: Mapping[str, object], line: Line, *, seconds: float, token: str
) -> Answered | Unanswered:
    headers = {"Accept-Encoding": "identity"} | ({"x-acs-dingtalk-access-token": token} if token else {})
    content = bytearray()
    with (
        httpx2.Client(timeout=httpx2.Timeout(seconds, connect=seconds / 2)) as client,
        client.stream("POST", url, json=body, headers=headers, extensions={"trace": line.trace}) as response,
    ):
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > LONGEST_ANSWER:
                return Unanswered("DingTalk's answer is too long", perhaps_taken=True)
        return Answered(response.status_code, _object(content), _seconds(response.headers.get("retry-after", "")))


def _object(content: bytearray) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(value: str) -> float | None:
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
