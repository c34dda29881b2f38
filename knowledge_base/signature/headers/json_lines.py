"""One JSON object a line: which of its fields is the message, and which are the header.

pino and bunyan, zap, structlog, ECS, Google's and OpenTelemetry's rows, journald, Docker's json-file, MongoDB,
Serilog and others differ in the names and in how deep they nest; a row within a row is read too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from knowledge_base.signature.headers import field_names
from knowledge_base.signature.headers.levels import level_of_number
from knowledge_base.signature.limits import MAX_TEXT

_MAX_DEPTH = 3
# What is nested deeper is no log line. A limit of its own, far below that of the interpreter, which depends on
# who is asking.
_MAX_NESTING = 50


@dataclass(frozen=True, slots=True)
class JsonLine:
    """The text of a JSON line: the message, and behind it the exception on lines of its own."""

    text: str
    stamp: str
    level: str
    service: str
    host: str


def _plain(name: str) -> str:
    """A name without marks and in small letters: ``@timestamp``, ``_HOSTNAME`` and ``severityText``."""
    return name.lower().replace("_", "").replace("-", "").lstrip("@")


def _named(row: Mapping[str, object]) -> dict[str, object]:
    """The fields under their plain names, the first of each, and those of objects in it as ``outer.inner``."""
    found: dict[str, object] = {}
    for name, value in row.items():
        found.setdefault(_plain(name), value)
    for name, value in row.items():
        if isinstance(value, Mapping):
            for inner, part in value.items():
                found.setdefault(f"{_plain(name)}.{_plain(str(inner))}", part)
    return found


def _words(value: object) -> str:
    """The text of a field; of an object its class and message."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        if "stringValue" in value:
            return _words(value["stringValue"])
        parts = {_plain(str(name)): part for name, part in value.items()}
        kind = next(
            (_words(parts[name]) for name in ("class", "type", "kind", "exceptionclass", "name") if name in parts), ""
        )
        message = next(
            (_words(parts[name]) for name in (*field_names.MESSAGE, "exceptionmessage") if name in parts), ""
        )
        stack = next((_words(parts[name]) for name in ("stacktrace", "stack") if name in parts), "")
        if stack:
            return stack
        return f"{kind}: {message}" if kind and message else kind or message
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)[:MAX_TEXT]


def _is_deep(row: dict[str, object]) -> bool:
    """Tell whether objects and lists are nested too deep; without recursion."""
    nested: list[object] = [row]
    for _ in range(_MAX_NESTING):
        nested = [part for each in nested for part in _parts(each) if isinstance(part, dict | list)]
        if not nested:
            return False
    return True


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _field(row: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((text for name in names if name in row and (text := _words(row[name]))), "")


def _level(row: Mapping[str, object]) -> str:
    level = _field(row, field_names.LEVEL).upper()
    return level_of_number(level) if level.isdigit() else level


def read_json_line(text: str) -> JsonLine | None:
    """Read a line that is one JSON object with a message or an error; None for any other text.

    >>> read_json_line('{"level": "error", "msg": "disk full"}').text
    'disk full'
    """
    return _read(text, _MAX_DEPTH)


def _read(text: str, depth: int) -> JsonLine | None:
    if not text.startswith("{") or not text.endswith("}") or len(text) > MAX_TEXT:
        return None
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or (text.count("{") + text.count("[") > _MAX_NESTING and _is_deep(row)):
        return None
    named = _named(row)
    message, cause = _field(named, field_names.MESSAGE), _field(named, field_names.CAUSE)
    if not message and not cause:
        return None
    both = message if not cause or cause in message else f"{message}\n{cause}" if message else cause
    stamp, level = _field(named, field_names.TIME), _level(named)
    service, host = _field(named, field_names.SERVICE), _field(named, field_names.HOST)
    inner = _read(message, depth - 1) if depth and message.startswith("{") else None
    if inner is None:
        return JsonLine(both, stamp, level, service, host)
    return JsonLine(
        inner.text, inner.stamp or stamp, inner.level or level, inner.service or service, inner.host or host
    )
