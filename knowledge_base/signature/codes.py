"""The error codes and exception classes that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_SMALL: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (needs, re.compile(pattern, re.ASCII))
    for needs, pattern in (
        (
            ("ora-", "pls-", "tns-", "rman-", "dpy-", "odps-", "my-0"),
            r"(?<![\w-])(?:ora|pls|tns|rman|dpy|odps|my(?=-0[0-9]{5}(?![0-9])))-[0-9]{3,8}(?![\w-])",
        ),
        (("sqlstate",), r"sqlstate[\W_]{0,3}(?=[a-z]{0,4}[0-9])([0-9a-z]{5})(?!\w)"),
        (("(", "["), r"[(\[](42[ps][0-9]{2}|57p0[0-9]|[02][0-9]s0[0-9]|hy[0-9]{3})[)\]]"),
        (("sql",), r"(?<![\w-])sql[0-9]{4,5}[cnw](?![\w-])"),
        (("aadsts", "hhh", "jbas", "ispn", "wfly"), r"(?<!\w)(?:aadsts|hhh|jbas|ispn|wfly[a-z]{2,8})[0-9]{4,6}(?!\w)"),
        (("lnk", "msb", "netsdk"), r"(?<!\w)(?:lnk|msb|netsdk)[0-9]{4}(?!\w)"),
    )
)
"""Codes that are some in small letters too, with what must stand in the text: these letters before a number mean
nothing else. The names of systems' errors are the others."""
_SMALL_NAMES = frozenset(name.lower() for name in errorcode.values() if len(name) >= 5)
_SMALL_NAME = re.compile(r"(?<![\w.])e[a-z0-9]{4,15}(?=[:\s,)\]]|$)", re.ASCII)
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

    Vendors' codes, SQLSTATEs and result codes as they stand, in capitals those that are no other word in small letters;
    numbers with what they number.

    >>> error_codes("ERROR 1146 (42S02): gone; ORA-00942, [Errno 24], exit code 137, HTTP 404")
    ('ERROR 1146', '42S02', 'ORA-00942', 'errno 24', 'exit 137', 'HTTP 404')
    >>> error_codes("ora-00942 on host-00942, sqlstate 42p01, enoent")
    ('ORA-00942', '42P01', 'ENOENT')
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
    for each in _in_small_letters(text):
        found.setdefault(each[0], CodePlace(*each))
    return [found[place] for place in sorted(found)]


def _in_small_letters(text: str) -> Iterator[tuple[int, int, str]]:
    """Give the places of codes that are recognised in any letter case, with the code in capitals."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return  # a letter that becomes two: places would be others
    for needs, pattern in _SMALL:
        if any(word in lowered for word in needs):
            for match in pattern.finditer(lowered):
                group = match.lastindex or 0
                yield *match.span(group), match[group].upper()
    for match in _SMALL_NAME.finditer(lowered):
        if match[0] in _SMALL_NAMES:
            yield *match.span(), match[0].upper()


def exception_classes(text: str) -> tuple[str, ...]:
    r"""List the exception classes that a text names, without their packages, each once.

    >>> exception_classes("java.io.IOException: x\\nCaused by: java.net.ConnectException: y")
    ('IOException', 'ConnectException')
    """
    return tuple(dict.fromkeys(match[1] for match in _CLASS.finditer(text[:MAX_TEXT])))
