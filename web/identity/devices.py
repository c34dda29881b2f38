"""Browsers in which somebody signed in before: what is tried elsewhere locks nobody out there.

Else whoever has many addresses could keep somebody out of their own account for as long as they like (OWASP, "Slow
Down Online Guessing Attacks with Device Cookies"). Such a browser has a few tries of its own; whoever takes its
cookie gains these and nothing else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

DEVICE_COOKIE = "kea_device"
DEVICE_LIFE = timedelta(days=365)
LIMIT = 400


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that a person signed in with; ``mark`` tells it from the person's others."""

    person: int
    mark: str


def write_device(key: str, person: int) -> str:
    """Make the cookie's value for a browser in which somebody has just signed in."""
    return _signer(key).dumps([person, secrets.token_hex(16)])


def read_device(key: str, value: str) -> Device | None:
    """Read the cookie; None where it is not one of ours, or too old."""
    if not value or len(value) > LIMIT:
        return None
    try:
        found = _signer(key).loads(value, max_age=int(DEVICE_LIFE.total_seconds()))
    except BadData:
        return None
    match found:
        case [int(person), str(mark)]:
            return Device(person, mark)
    return None


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kea.device")
