"""From a message of DingTalk, by whatever way it came, to what somebody said.

The fields are those of the documentation ("receive messages") and of the SDK's ``ChatbotMessage``, which
fails with many kinds of errors for what is not as it expects; here nothing is taken for granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from assistant.addresses import LONGEST
from assistant.dingtalk.places import Place
from assistant.ports import Inbound
from knowledge_base.errors import InputError
from knowledge_base.store.text import storable

CHANNEL = "dingtalk"
NAME_LENGTH = 190
ALONE = "1"


def read_message(payload: object) -> Inbound | None:
    """Read a message; None for one of the robot itself. Other kinds than text have an empty text.

    Raises InputError for what is no message.
    """
    if not _is_object(payload):
        raise InputError("this is no message of DingTalk: a JSON object is expected")
    event, conversation = _name(payload, "msgId"), _name(payload, "conversationId")
    sender, staff = _name(payload, "senderId"), _name(payload, "senderStaffId")
    if not (event and conversation and (sender or staff)):
        raise InputError("this is no message of DingTalk: msgId, conversationId and senderId are expected")
    if sender and sender == _name(payload, "chatbotUserId"):
        return None
    place = Place(
        conversation=conversation,
        group=payload.get("conversationType") != ALONE,
        staff=staff,
        webhook=_webhook(payload),
        expires=_milliseconds(payload.get("sessionWebhookExpiredTime")),
    )
    return Inbound(
        channel=CHANNEL,
        event=event,
        user=f"{_name(payload, 'senderCorpId')}:{staff or sender}",
        text=_text(payload).strip(),
        thread=conversation,
        address=place.address(),
    )


def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _name(payload: Mapping[str, Any], field: str) -> str:
    value = payload.get(field)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > NAME_LENGTH:
        raise InputError(f"this is no message of DingTalk: {field} is no short text")
    return storable(value)


def _webhook(payload: Mapping[str, Any]) -> str:
    value = payload.get("sessionWebhook")
    return storable(value) if isinstance(value, str) and len(value) <= LONGEST else ""


def _milliseconds(value: object) -> int:
    """Read a time, which comes as a number or in quotes.

    >>> _milliseconds("1613635652738"), _milliseconds(-1), _milliseconds([])
    (1613635652738, 0, 0)
    """
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if len(text) <= 16 and text.isascii() and text.isdigit() else 0


def _text(payload: Mapping[str, Any]) -> str:
    kind = payload.get("msgtype")
    if kind == "text" and _is_object(text := payload.get("text")):
        content = text.get("content")
        return content if isinstance(content, str) else ""
    if kind == "richText" and _is_object(content := payload.get("content")):
        parts = content.get("richText")
        found = [part.get("text") for part in parts if _is_object(part)] if isinstance(parts, list) else []
        texts = [text for text in found if isinstance(text, str)]
        # Where line breaks are parts of their own, nothing needs to be put between the others.
        return ("" if any("\n" in text for text in texts) else "\n").join(texts)
    return ""
