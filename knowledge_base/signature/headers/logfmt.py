"""Lines of pairs of name and value (logfmt): logrus, slog, go-kit, Prometheus, Heroku."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.signature.headers import field_names

_PAIR = re.compile(
    r'[ \t]*(?P<name>[A-Za-z_@][\w.@-]{0,60})=(?:"(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)"|(?P<bare>[^\s"()]*))'
    r"(?=[ \t]|$)"
)
_BEGINS = re.compile(r"[A-Za-z_@][\w.@-]{0,60}=")
# Quick looks before a line is read; they are also where the rules' vocabulary finds these names.
_NAMES_MESSAGE = re.compile(r"(?:^|[ \t])(?:msg|message)=", re.IGNORECASE)
_NAMES_HEADER = re.compile(
    r"\b(?:time|ts|timestamp|t|at|level|lvl|severity|loglevel|service|app|logger|component|name|caller|host|hostname|node|pod"
    r"|err|error|exception|stacktrace|stack|trace|cause|thrown|traceback|excinfo)=",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r'\\([nt"\\])')
_UNESCAPED = {"n": "\n", "t": "\t"}
_MESSAGE = frozenset({"msg", "message"})
_CAUSE = frozenset({*field_names.CAUSE, "stack_trace"}) - {"x"}
_LEVEL = ("level", "lvl", "severity", "loglevel")
_TIME = ("time", "ts", "timestamp", "t", "at")
_SERVICE = ("service", "app", "logger", "component", "name", "caller")
_HOST = ("host", "hostname", "node", "pod")
_MAX_PAIRS = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair: where it begins, its name in small letters, its value as it was written, and whether in quotes."""

    start: int
    name: str
    value: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Logfmt:
    """``start`` is where the message or its cause begins, whichever comes first."""

    start: int
    stamp: str
    level: str
    where: str
    host: str


def _pairs(text: str, at: int) -> list[Pair] | None:
    """All of a text from a place on as pairs; None if something else is in it."""
    if not _BEGINS.match(text, at):
        return None
    found: list[Pair] = []
    while at < len(text) and len(found) < _MAX_PAIRS:
        pair = _PAIR.match(text, at)
        if pair is None:
            return found if not text[at:].strip() else None
        quoted = pair["quoted"] is not None
        found.append(Pair(pair.start("name"), pair["name"].lower(), pair["quoted"] if quoted else pair["bare"], quoted))
        at = pair.end()
    return found


def _value(pairs: list[Pair], names: tuple[str, ...]) -> str:
    values = {pair.name: pair.value for pair in reversed(pairs)}
    return next((values[name] for name in names if values.get(name)), "")


def read_logfmt(text: str, at: int) -> Logfmt | None:
    """Read a line of pairs that tells a message, and a time or a level; None for any other.

    >>> read_logfmt('level=error msg="disk full" disk=7', 0).level
    'error'
    """
    if not _NAMES_MESSAGE.search(text, at) or not _NAMES_HEADER.search(text, at):
        return None
    pairs = _pairs(text, at)
    if not pairs or not any(pair.name in _MESSAGE for pair in pairs):
        return None
    stamp, level = _value(pairs, _TIME), _value(pairs, _LEVEL)
    if not stamp and not level:
        return None
    start = next(pair.start for pair in pairs if pair.name in _MESSAGE or pair.name in _CAUSE)
    return Logfmt(start, stamp, level, _value(pairs, _SERVICE), _value(pairs, _HOST))


def message_of_pairs(text: str) -> str | None:
    r"""Give the message of pairs that begin with it, and behind it the error on a line of its own.

    >>> message_of_pairs('msg="disk full" disk=7 err="write: no space"')
    'disk full\nwrite: no space'
    """
    pairs = _pairs(text, 0)
    if not pairs or not (pairs[0].name in _MESSAGE or pairs[0].name in _CAUSE):
        return None
    message = next((pair for pair in pairs if pair.name in _MESSAGE), None)
    if message is None and not pairs[0].quoted:
        return None
    cause = next((pair for pair in pairs if pair.name in _CAUSE and pair.value), None)
    said = [pair.value for pair in (message, cause) if pair is not None and pair.value.strip()]
    if len(said) > 1 and said[1] in said[0]:
        said.pop()
    return "\n".join(_ESCAPED.sub(lambda found: _UNESCAPED.get(found[1], found[1]), value) for value in said) or None
