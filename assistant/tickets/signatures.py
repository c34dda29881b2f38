"""Checks that a request comes from the platform: over the raw body, in constant time."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from assistant.tickets.mapping import Signature
from knowledge_base.errors import NotAllowed

MILLISECONDS_FROM = 100_000_000_000
"""A number of seconds from here on (the year 5138) is one of milliseconds."""


def check(signature: Signature, secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raise NotAllowed for a signature that is missing, wrong or too old; header names are in lower case."""
    given = headers.get(signature.header.lower(), "")
    if not given:
        raise NotAllowed(f"the header {signature.header} with the signature is missing")
    stamp = ""
    if signature.timestamp_header is not None:
        stamp = headers.get(signature.timestamp_header.lower(), "")
        if not stamp:
            raise NotAllowed(f"the header {signature.timestamp_header} with the time of the signature is missing")
    expected = signature.prefix.encode() + _expected(signature, secret, stamp.encode("latin-1", "replace") + body)
    if not hmac.compare_digest(expected, given.encode("utf-8", "replace")):
        raise NotAllowed("the signature is wrong: the secret here and the one on the platform differ")
    if stamp and abs((now - _time(stamp)).total_seconds()) > signature.max_age_seconds:
        raise NotAllowed("the request is too old, or a clock is wrong")


def _expected(signature: Signature, secret: bytes, signed: bytes) -> bytes:
    if signature.kind == "token":
        return secret
    digest = hmac.new(secret, signed, sha256)
    return digest.hexdigest().encode() if signature.kind == "hmac-hex" else base64.b64encode(digest.digest())


def _time(stamp: str) -> datetime:
    """Read seconds, milliseconds or ISO 8601."""
    try:
        if stamp.isascii() and stamp.isdigit():
            number = int(stamp[:16])
            return datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS_FROM else number, UTC)
        at = datetime.fromisoformat(stamp)
    except (ValueError, OverflowError, OSError):
        raise NotAllowed("the time of the signature cannot be read") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
