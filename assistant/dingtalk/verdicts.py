"""What an answer of DingTalk says about a message: whether it is there, may come later, or never will.

The codes are those of DingTalk's pages on error codes and of the interfaces used; what is in no list
counts as refused when a client error is told, and as doubtful when nothing is told.
"""

from __future__ import annotations

from assistant.dingtalk.calls import Answered, Unanswered
from assistant.ports import Delivered, Delivery, Doubtful, Postponed, Refused

TOO_FAST = frozenset({130101, 410100})  # more than 20 messages a minute; the robot is muted for 10 minutes
MUTED_SECONDS = 600.0
THROTTLED_SECONDS = 60.0
SESSION_GONE = frozenset({300001, 300005})
BUSY = -1
ADVICE = {
    310000: "the robot's security settings (keyword, signature or addresses) do not let it pass; change them",
    400013: "the group was dissolved, or the robot is not in it any more",
    400102: "the robot is disabled; enable it in the developer console",
    400106: "the robot does not exist any more",
    430101: "DingTalk finds a forbidden link in it; change the solution",
    430102: "DingTalk finds a forbidden word in it; change the solution",
    430103: "DingTalk finds a forbidden picture in it; change the solution",
    430104: "DingTalk finds something forbidden in it; change the solution",
    460101: "it is longer than DingTalk allows; shorten the solution",
}
UNKNOWN_ADVICE = "look the code up in DingTalk's list of error codes"


class Unauthorized:
    """The access token was refused."""


class SessionGone:
    """The session of the webhook has ended."""


def of_session(answer: Answered | Unanswered) -> Delivery | SessionGone:
    """Judge the answer of a sessionWebhook, which tells errors in ``errcode`` of a 200 answer."""
    if isinstance(answer, Unanswered):
        return _unanswered(answer)
    given, told = answer.document.get("errcode"), str(answer.document.get("errmsg", ""))[:120]
    code = given if type(given) is int else None  # False is no zero
    if answer.status == 429:
        return Postponed("DingTalk answers 429: too many messages", answer.retry_after or THROTTLED_SECONDS)
    if answer.status >= 500 or answer.status == 408 or code == BUSY:
        return Doubtful(f"DingTalk answers {answer.status} ({code}: {told})")
    if code in TOO_FAST:
        return Postponed(f"more than 20 messages in a minute ({code}: {told})", MUTED_SECONDS)
    if code in SESSION_GONE:
        return SessionGone()
    if answer.status == 200 and code is None:
        return Doubtful("DingTalk's answer does not say what became of the message")
    if answer.status == 200 and code == 0:
        return Delivered()
    advice = UNKNOWN_ADVICE if code is None else ADVICE.get(code, UNKNOWN_ADVICE)
    return Refused(f"DingTalk refuses the message: {advice} ({answer.status}, {code}: {told})")


def of_robot(answer: Answered | Unanswered, staff: str) -> Delivery | Unauthorized:
    """Judge the answer of the robot's API, which tells errors by status and ``code``."""
    if isinstance(answer, Unanswered):
        return _unanswered(answer)
    code, told = str(answer.document.get("code", ""))[:120], str(answer.document.get("message", ""))[:120]
    if answer.status == 429 or (answer.status < 500 and ("Throttling" in code or "QpsLimit" in code)):
        wait = answer.retry_after or THROTTLED_SECONDS
        return Postponed(f"DingTalk throttles the robot ({answer.status} {code})", wait)
    if answer.status >= 500 or answer.status == 408:
        return Doubtful(f"DingTalk answers {answer.status} ({code}: {told})")
    if answer.status == 401 or code == "InvalidAuthentication":
        return Unauthorized()
    if answer.status != 200:
        return Refused(
            f"DingTalk refuses the message ({answer.status} {code}: {told}); check that the robot is still in the "
            "conversation, KEA_DINGTALK_ROBOT_CODE, and the app's permission to send robot messages"
        )
    if staff and staff in _names(answer, "flowControlledStaffIdList"):
        return Postponed("DingTalk throttles messages to this person", THROTTLED_SECONDS)
    if staff and staff in _names(answer, "invalidStaffIdList"):
        return Refused("DingTalk does not know this person any more, or the robot is not visible to them")
    receipt = answer.document.get("processQueryKey")
    if not isinstance(receipt, str):
        return Doubtful("DingTalk's answer does not say what became of the message")
    return Delivered(receipt)


def _unanswered(answer: Unanswered) -> Delivery:
    return Doubtful(answer.reason) if answer.perhaps_taken else Postponed(answer.reason)


def _names(answer: Answered, field: str) -> list[object]:
    found = answer.document.get(field)
    return found if isinstance(found, list) else []
