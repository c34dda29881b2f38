"""What became of a message, told from how Slack answered; in doubt it is doubtful."""

from __future__ import annotations

import errno
import json
import re
import ssl
from collections.abc import Mapping
from socket import gaierror
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from assistant.deadline import TooLate
from assistant.ports import Delivered, Delivery, Doubtful, Postponed, Refused

TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"})
_LATER = frozenset({"ratelimited", "rate_limited", "request_timeout", "team_added_to_org", "org_login_required"})
_UNKNOWN = frozenset({"internal_error", "fatal_error", "service_unavailable"})
_NOT_CONNECTED = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH)
_CODE = re.compile(r"[a-z_]{1,60}")

_LOGIN = "set KEA_SLACK_BOT_TOKEN to the bot token of the installed app"
_INVITE = "invite Kea to the channel"
_SCOPE = "install the app again with the scopes of docs/slack-manifest.yaml"
_RULES = "ask an administrator of the workspace to let the app post there"
_WHAT_TO_DO: Mapping[str, str] = {
    "channel_not_found": _INVITE,
    "not_in_channel": _INVITE,
    "is_archived": "bring the channel back from the archive",
    "thread_not_found": "the message that was replied to is gone",
    "message_not_found": "the message that was replied to is gone",
    "cannot_reply_to_message": "the message that was replied to takes no replies",
    "user_not_found": "the person has left the workspace",
    "user_disabled": "the person has left the workspace",
    "messages_tab_disabled": "switch the messages tab of the app on",
    "missing_scope": _SCOPE,
    "no_permission": _SCOPE,
    "restricted_action": _RULES,
    "restricted_action_read_only_channel": _RULES,
    "restricted_action_thread_locked": "the thread is locked",
    "ekm_access_denied": _RULES,
    "msg_too_long": "shorten the solution",
    "msg_blocks_too_long": "shorten the solution",
    **dict.fromkeys(("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"), _LOGIN),
}


def of_error(error: Exception) -> Delivery:
    """Tell what became of a message whose posting failed with this error of the SDK."""
    if isinstance(error, SlackApiError):
        response = error.response
        return of_answer(int(response.status_code), code_of(error), dict(response.headers))
    if isinstance(error, TooLate) and not error.connected:
        return Postponed("Slack cannot be reached in time")
    reason = error.reason if isinstance(error, URLError) else None
    if isinstance(reason, gaierror | ConnectionRefusedError | ssl.SSLCertVerificationError) or (
        isinstance(reason, OSError) and reason.errno in _NOT_CONNECTED
    ):
        return Postponed(f"Slack cannot be reached ({type(reason).__name__})")
    return Doubtful(f"Slack did not answer ({type(reason or error).__name__})")


def of_answer(status: int, code: str, headers: Mapping[str, object]) -> Delivery:
    """Tell what became of a message that Slack answered with this status and error code."""
    if 300 <= status < 400:
        return Doubtful(f"Slack sends us elsewhere ({status}), where nothing is sent: check KEA_SLACK_API_URL")
    if status == 429 or code in _LATER:
        return Postponed(f"Slack wants fewer messages or more time ({code or status})", _seconds(headers))
    if status >= 500 or status == 408 or code in _UNKNOWN or (status < 400 and not code):
        return Doubtful(f"Slack failed ({code or status})")
    what_to_do = _WHAT_TO_DO.get(code, "docs/slack.md tells more" if code else "check KEA_SLACK_API_URL")
    return Refused(f"Slack refused the message ({code or status}): {what_to_do}")


def of_response(status: int, body: str, headers: Mapping[str, object]) -> Delivery:
    """Tell what became of a message for a ``response_url``; that answers ``ok``, or JSON that says so."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = {"ok": body.strip() == "ok"}
    said = document if isinstance(document, dict) else {}
    if status == 200 and said.get("ok") is True:
        return Delivered()
    return of_answer(status, _known(said.get("error")), headers)


def code_of(error: SlackApiError) -> str:
    """Give Slack's name of an error; empty where the answer was not Slack's."""
    data = error.response.data
    return _known(data.get("error")) if isinstance(data, dict) else ""


def _known(code: object) -> str:
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _seconds(headers: Mapping[str, object]) -> float | None:
    value = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
