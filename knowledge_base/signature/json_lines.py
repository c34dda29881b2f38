"""One JSON object a line: which of its fields is the message, and which are the header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.signature.limits import MAX_TEXT

_MESSAGE = (
    "message",
    "msg",
    "log",
    "body",
    "text",
    "error_message",
    "errorMessage",
    "error",
    "err",
    "reason",
    "textPayload",
)
_CAUSE = (
    "exception",
    "stack_trace",
    "stacktrace",
    "stackTrace",
    "stack",
    "exc_info",
    "traceback",
    "error",
    "err",
    "cause",
)
_LEVEL = ("level", "severity", "levelname", "log.level", "loglevel", "severity_text", "lvl", "PRIORITY")
_TIME = ("@timestamp", "timestamp", "time", "ts", "asctime", "datetime", "date", "eventTime", "t")
_SERVICE = ("service", "service.name", "app", "application", "logger", "logger_name", "loggerName", "name", "component")
_HOST = ("host", "hostname", "host.name", "node", "pod", "kubernetes.pod_name")


@dataclass(frozen=True, slots=True)
class JsonLine:
    """The text of a JSON line: the message, and behind it the exception on lines of its own."""

    text: str
    stamp: str
    level: str
    service: str
    host: str


def _words(value: object) -> str:
    """The text of a field; of an object its class and message."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        kind = next(
            (_words(value[name]) for name in ("class", "type", "kind", "exception_class", "name") if name in value), ""
        )
        message = next((_words(value[name]) for name in (*_MESSAGE, "exception_message") if name in value), "")
        stack = next((_words(value[name]) for name in ("stack_trace", "stacktrace", "stack") if name in value), "")
        if stack:
            return stack
        return f"{kind}: {message}" if kind and message else kind or message
    if isinstance(value, bool | int | float) or value is None:
        return "" if value is None else str(value)
    return json.dumps(value, ensure_ascii=False)[:MAX_TEXT]


def _field(row: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((text for name in names if name in row and (text := _words(row[name]))), "")


def read_json_line(text: str) -> JsonLine | None:
    """Read a line that is one JSON object with a message or an error; None for any other text.

    >>> read_json_line('{"level": "error", "msg": "disk full"}').text
    'disk full'
    """
    if not text.startswith("{") or not text.endswith("}") or len(text) > MAX_TEXT:
        return None
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    message = _field(row, _MESSAGE)
    cause = _field(row, _CAUSE)
    if not message and not cause:
        return None
    both = message if not cause or cause in message else f"{message}\n{cause}" if message else cause
    return JsonLine(both, _field(row, _TIME), _field(row, _LEVEL).upper(), _field(row, _SERVICE), _field(row, _HOST))
