"""From a payload to what somebody said: a ticket that was created, or a comment that is for Kea."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from assistant.answering import TEXT_LIMIT
from assistant.ports import Inbound
from assistant.tickets.mapping import Comment, Created, Webhook
from assistant.tickets.payload import Payload, said_to
from assistant.words import read_feedback, read_hand_over
from knowledge_base.errors import InputError

MARKER = re.compile(r"kea:[a-z0-9][a-z0-9_-]{0,63}:D-\d+")
UNUSABLE = re.compile(r"[\x00-\x1f\x7f]|\ufffd")
LONGEST_VALUE = 200
CLOCKS_DIFFER = timedelta(days=1)


def read_event(webhook: Webhook, payload: Payload, now: datetime) -> Inbound | None:
    """Read a ticket or a comment; None for everything else, and for what Kea or somebody to ignore wrote.

    Raises InputError where the payload lacks what a note needs.
    """
    if any(payload.meets(condition) for condition in webhook.ignore):
        return None
    if payload.is_a(webhook.created):
        return _ticket(webhook, payload, now)
    if webhook.comment is not None and payload.is_a(webhook.comment):
        return _comment(webhook, webhook.comment, payload, now)
    return None


def _ticket(webhook: Webhook, payload: Payload, now: datetime) -> Inbound | None:
    text, author = _text(webhook.created, payload), payload.text(webhook.created.author)
    if _is_own(webhook, author, _own_text(webhook.created, payload)):
        return None
    address = _address(webhook, payload, now)
    ticket = str(address["ticket"])
    # Nobody can be told to paste less: what does not fit is left out.
    asked = text[:TEXT_LIMIT]
    user = _user(webhook, author or ticket)
    return Inbound(webhook.name, f"ticket:{ticket}", user, asked, ticket, address, quiet=True)


def _comment(webhook: Webhook, comment: Comment, payload: Payload, now: datetime) -> Inbound | None:
    text, own_text, author = _text(comment, payload), _own_text(comment, payload), payload.text(comment.author)
    if _is_own(webhook, author, own_text):
        return None
    said = said_to(text, own_text, comment.mentions)
    if said is None and read_feedback(text) is None and read_hand_over(text) is None:
        return None
    address = _address(webhook, payload, now)
    ticket, event = str(address["ticket"]), _required(payload, "comment.id", comment.id)
    words, user = text if said is None else said, _user(webhook, author or ticket)
    return Inbound(webhook.name, f"comment:{event}", user, words, ticket, address, quiet=said is None)


def _text(kind: Created, payload: Payload) -> str:
    return "\n".join(filter(None, (payload.text(ref).strip() for ref in kind.text)))


def _own_text(kind: Created, payload: Payload) -> str:
    return "\n".join(payload.own_text(ref) for ref in kind.text)


def _is_own(webhook: Webhook, author: str, own_text: str) -> bool:
    """Tell what Kea wrote; who only quotes a note, and with it its mark, is somebody else."""
    own = {each.casefold() for each in webhook.own}
    return author.casefold() in own or MARKER.search(own_text) is not None


def _user(webhook: Webhook, name: str) -> str:
    """Name a person so that a namesake of another system is somebody else."""
    return f"{webhook.name}:{name}"


def _address(webhook: Webhook, payload: Payload, now: datetime) -> dict[str, object]:
    """Keep what a note's address is made of; never an address itself."""
    values = {name: _required(payload, f"values.{name}", ref) for name, ref in webhook.values.items()}
    since = (now - CLOCKS_DIFFER).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"ticket": _required(payload, "ticket", webhook.ticket), "values": values, "since": since}


def _required(payload: Payload, key: str, ref: str) -> str:
    value = payload.text(ref)
    if not value or len(value) > LONGEST_VALUE or value in (".", "..") or UNUSABLE.search(value):
        raise InputError(f"{ref} in the payload is missing or unusable; the mapping's {key} points there")
    return value
