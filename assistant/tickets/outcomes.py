"""What an answer of a ticket system means for the note that was to be posted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from assistant.composing import one_line
from assistant.ports import Delivered, Delivery, Doubtful, Postponed, Refused
from assistant.tickets.calling import Answer
from assistant.tickets.payload import text_at

THROTTLED_SECONDS = 60.0
"""What GitHub asks for where it does not say how long to wait."""

ADVICE = {
    400: "the note was not understood; check note.body in the mapping file",
    401: "the token is not accepted; renew it in the variable or file that auth names, and restart Kea",
    403: "the token may not comment there; give its account the permission",
    404: "the ticket is not there, or the token may not see it; check note.base_url, note.path and the permission",
    405: "this address takes no notes; check note.method and note.path",
    410: "the ticket is gone, or comments are closed",
    413: "the note is too long; lower note.limit",
    422: "the note was not accepted; check note.body and note.limit, and whether the ticket is locked",
}


def outcome_of(answer: Answer, receipt: str | None, now: datetime) -> Delivery:
    """Tell how a delivery ended; ``receipt`` is where the answer names the new note, None where nothing names it."""
    if 200 <= answer.status < 300:
        return _success(answer, receipt)
    if answer.status == 409:
        return Postponed("409: somebody else is changing the ticket")
    if answer.status == 429 or (answer.status == 403 and _is_throttled(answer)):
        return Postponed(f"{answer.status}: the system asks us to be slower", _wait(answer, now))
    if answer.status >= 500 or answer.status in (408, 425):
        return Doubtful(f"the system answered {answer.status}")
    if 300 <= answer.status < 400:
        return Refused(f"{answer.status}: the system sends us elsewhere; set note.base_url to its final address")
    advice = ADVICE.get(answer.status, "check the entry in the mapping file")
    return Refused(f"{answer.status}: {advice}{_words(answer)}")


def _is_throttled(answer: Answer) -> bool:
    """Tell a limit of GitHub from a missing permission; both are 403."""
    headers = answer.headers
    named = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return named or b"rate limit" in answer.body[:10_000].lower()


def _wait(answer: Answer, now: datetime) -> float:
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        at = parsedate_to_datetime(asked)
        return max(1.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, OverflowError):
        pass
    reset = answer.headers.get("x-ratelimit-reset", "").strip()
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(1.0, float(reset[:12]) - now.timestamp())
    return THROTTLED_SECONDS


def _success(answer: Answer, receipt: str | None) -> Delivery:
    """Tell a note that was taken from an answer of whatever stands between, such as a page to sign in."""
    if receipt is None:
        if answer.headers.get("content-type", "").lower().startswith("text/html"):
            return Doubtful(f"{answer.status}, but with a page; check note.base_url and what stands between")
        return Delivered()
    named = _receipt(answer, receipt)
    if named:
        return Delivered(named)
    return Doubtful(
        f"{answer.status}, but without {receipt}; check note.receipt, note.base_url and what stands between"
    )


def _receipt(answer: Answer, receipt: str) -> str:
    try:
        return text_at(json.loads(answer.body), receipt)[:200] if answer.whole else ""
    except (ValueError, RecursionError):
        return ""


def _words(answer: Answer) -> str:
    said = one_line(answer.body[:300].decode("utf-8", "replace"))
    return f" (it said: {said})" if said else ""
