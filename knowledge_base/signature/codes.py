"""The error codes and exception classes that a text names."""

from __future__ import annotations

import re
from errno import errorcode
from typing import NamedTuple

from knowledge_base.signature.limits import MAX_TEXT

_CODES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?<![\w-])[A-Z]{2,10}-[0-9]{3,8}(?![\w-])",
        r"(?<![\w-])(?:SQL|ERR|HY|PLS|SP)[0-9]{3,5}[A-Z]?(?![\w-])",
        r"(?i:SQLSTATE)[\W_]{0,3}([0-9A-Z]{5})(?!\w)",
        r"[(\[]([0-9]{2}[A-Z][0-9]{2}|[A-Z]{2}[0-9]{3}|[0-9]{2}[A-Z0-9][0-9]{2}(?=\)))[)\]]",
        r"\b(?:CVE|KB|E)-?[0-9]{4,7}\b(?!-)",
        r"(?<!\w)(?:AADSTS|HHH|JBAS|ISPN|AMQ|WFLY[A-Z]{2,8}|CPF|DFH[A-Z]{2}|MSB|LNK|NETSDK)[0-9]{3,6}[A-Z]?(?!\w)",
        r"(?<![\w-])[A-Z]{3,8}[0-9]{3,6}[IWESAD](?![\w-])",
        r"(?<!\w)%[A-Z][A-Z0-9_]{1,20}-[0-7]-(?:[A-Z0-9_]{3,40}|[0-9]{3,8})(?![\w-])",
        r"\berror[\s\[]([A-Z]{1,6}[0-9]{3,6})(?![\w-])",
        r"0x[8cC][0-9a-fA-F]{7}(?!\w)",
        rf"(?<![\w.])(?:{'|'.join(sorted(errorcode.values(), key=len, reverse=True))})(?=[:\s,)\]]|$)",
    )
)
_NAMED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for name, pattern in (
        ("errno", r"\berrno[\]\s:=]{0,3}([0-9]{1,4})(?!\w)"),
        ("exit", r"\bexit(?:ed)?(?: with)?(?:[ _-]?(?:code|status|value))[\s:=]{0,3}(-?[0-9]{1,4})(?!\w)"),
        (
            "HTTP",
            r"(?:\bHTTP/[0-9.]{1,3}[\"']?\s|\bhttp[ _-]?(?:status|error|code)?[\s:=(]{1,3}"
            r"|\bstatus[ _-]?code[\s:=(]{1,3})([1-5][0-9]{2})(?![\w.])",
        ),
        (
            "HTTP",
            r"(?<![\w.-])([1-5][0-9]{2})\s(?:Not\s(?:Found|Acceptable)|Bad\s(?:Request|Gateway)|Unauthorized|Forbidden|Conflict"
            r"|Internal\sServer|Service\s(?:Temporarily\s)?Unavailable|Gateway\sTime-?out|Too\sMany|Method\sNot|Unprocessable)",
        ),
        ("system error", r"\b(?:os|windows|win32|system|socket)\serror[\s:=#]{1,3}(-?[0-9]{1,5})(?!\w)"),
        ("signal", r"\bsignal[\s:=(]{1,3}([0-9]{1,2})(?!\w)"),
        ("SQLCODE", r"\bsqlcode[\s:=(]{1,3}(-?[0-9]{1,5})(?!\w)"),
        ("ERROR", r"\bERROR ([0-9]{3,5})(?= [(\[]|:)"),
        ("code", r"\bcode[\"']?[\s:=]{1,3}([0-9]{1,5})(?![\w.]?\w)"),
    )
)
_CLASS = re.compile(
    r"(?<![\w.$])(?:[A-Za-z_][\w]{0,80}\.){0,12}(?:[\w]{1,80}\$)?"
    r"([A-Z]\w{0,100}(?:Exception|Error|Throwable|Failure|Fault|Warning|Interrupt|Exit|Timeout|Panic))(?![\w(])",
    re.ASCII,
)


class CodePlace(NamedTuple):
    """Characters ``start`` to ``end`` (not included) of a text, with what numbers it, are an error code."""

    start: int
    end: int
    code: str


def error_codes(text: str) -> tuple[str, ...]:
    """List the error codes of a text in the order of their first place, each once.

    Vendors' codes, SQLSTATEs and result codes as they stand; numbers with what they number.

    >>> error_codes("ERROR 1146 (42S02): gone; ORA-00942, [Errno 24], exit code 137, HTTP 404")
    ('ERROR 1146', '42S02', 'ORA-00942', 'errno 24', 'exit 137', 'HTTP 404')
    """
    return tuple(dict.fromkeys(each.code for each in code_places(text)))


def code_places(text: str) -> list[CodePlace]:
    """Find the error codes of a text, in the order of their places."""
    text = text[:MAX_TEXT]
    # By the place where the code itself stands: what a better name has taken is not named again.
    found: dict[int, CodePlace] = {}
    for name, pattern in _NAMED:
        for match in pattern.finditer(text):
            found.setdefault(match.start(1), CodePlace(match.start(), match.end(1), f"{name} {match[1]}"))
    for pattern in _CODES:
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            found.setdefault(match.start(group), CodePlace(*match.span(group), match[group]))
    return [found[place] for place in sorted(found)]


def exception_classes(text: str) -> tuple[str, ...]:
    r"""List the exception classes that a text names, without their packages, each once.

    >>> exception_classes("java.io.IOException: x\\nCaused by: java.net.ConnectException: y")
    ('IOException', 'ConnectException')
    """
    return tuple(dict.fromkeys(match[1] for match in _CLASS.finditer(text[:MAX_TEXT])))
