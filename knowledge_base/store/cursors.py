"""Cursors of pages: the sort value and number of the last row, unreadable on purpose, safe to forge."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime

from knowledge_base.errors import InputError
from knowledge_base.ids import MAX_NUMBER


def write_cursor(value: datetime | int, number: int) -> str:
    """Write a cursor.

    >>> read_cursor(write_cursor(7, 3), is_time=False)
    (7, 3)
    """
    plain = value.timestamp() if isinstance(value, datetime) else int(value)
    return base64.urlsafe_b64encode(json.dumps([plain, number]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *, is_time: bool) -> tuple[datetime | int, int]:
    """Read a cursor; raises InputError for what is none."""
    try:
        value, number = json.loads(base64.urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor) % 4)))
        return (datetime.fromtimestamp(float(value), UTC) if is_time else _bounded(value)), _bounded(number)
    except (binascii.Error, ValueError, TypeError, OverflowError, OSError):
        raise InputError("the cursor is not one that this list gave; start from the first page") from None


def _bounded(value: object) -> int:
    """Read a number that every database can compare with."""
    number = int(value)  # type: ignore[call-overload]
    if not 0 <= number < MAX_NUMBER:
        raise ValueError(f"{number} is out of range")
    return int(number)
