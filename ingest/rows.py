"""JSON rows to log records: which fields hold the text, the time, the service and the level."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from math import isinf

from knowledge_base.errors import BadRow
from knowledge_base.signature import read_time

TEXT_FIELDS = ("text", "message", "msg")
TIME_FIELDS = ("at", "timestamp", "@timestamp")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
MILLISECONDS_FROM = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was written, and what was found in it; ``at`` is None where it tells no usable time."""

    fields: Mapping[str, object]
    text_field: str
    text: str
    at: datetime | None
    service: str
    level: str


def parse_row(line: str, *, now: datetime) -> Row:
    """Read one row of JSON lines; raises BadRow with the reason.

    >>> parse_row('{"id": 7, "msg": "disk full", "level": "error"}', now=datetime.now(UTC)).level
    'ERROR'
    """
    try:
        row = _decoder().decode(line)
    except json.JSONDecodeError as error:
        raise BadRow(f"broken JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise BadRow("broken JSON: nested too deeply") from None
    except ValueError as error:
        raise BadRow(f"broken JSON: {str(error)[:120]}") from None
    return read_fields(row, now=now)


def read_fields(row: object, *, now: datetime) -> Row:
    """Find text, time, service and level in a row; raises BadRow with the reason."""
    if not isinstance(row, dict):
        raise BadRow(f"not a JSON object but {_kind(row)}")
    name = next((field for field in TEXT_FIELDS if row.get(field) is not None), None)
    if name is None:
        raise BadRow("no text: the row needs a field text, message or msg")
    text = row[name]
    if not isinstance(text, str):
        raise BadRow(f"the field {name} is not a text but {_kind(text)}")
    if not text.strip():
        raise BadRow(f"the field {name} is empty")
    at = next((found for field in TIME_FIELDS if (found := usable_time(row.get(field), now=now))), None)
    return Row(row, name, text, at, _word(row.get("service")), _word(row.get("level")).upper())


def usable_time(value: object, *, now: datetime) -> datetime | None:
    """Read a time: ISO 8601 or what logs write, seconds or milliseconds since 1970; None where it makes no sense.

    A time before 1990, or more than a day ahead of ``now``, makes none.
    """
    found: datetime | None = None
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, str):
        found = read_time(value, now=now)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            found = datetime.fromtimestamp(value / (1000 if value >= MILLISECONDS_FROM else 1), UTC)
        except (ValueError, OverflowError, OSError):
            found = None
    return found if found is not None and EARLIEST <= found <= now + AHEAD else None


def _word(value: object) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    """Read a number; written out again, an infinite one would be no JSON."""
    value = float(digits)
    if isinf(value):
        raise ValueError("a number is too large")
    return value
