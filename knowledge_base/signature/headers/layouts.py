"""Layouts that have a form of their own: glog, logcat, Redis, Ruby, .NET's console, Erlang's reports, syslog.

Each is tried only where its first character stands; the patterns read raw and reduced text alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.signature.headers.levels import COMMON_WORDS, clean_level
from knowledge_base.signature.headers.stamps import CLOCK, MONTH, ZONE, N, Stamp


@dataclass(frozen=True, slots=True)
class HeaderSpan:
    """Where the message begins, and the raw pieces of what stands before it."""

    end: int
    stamp: str
    level: str
    where: str
    host: str


_GLOG = re.compile(
    rf"(?P<level>[IWEF](?=[0-9])|<hex>(?=\s))(?P<stamp>(?:{N})?\s{{1,2}}{N}:{N}:{N}\.{N})\s+\S{{1,24}}\s(?P<where>[\w./-]+:{N})\]\s?"
)
_LOGCAT = re.compile(rf"(?P<level>[VDIWEFA])/(?P<where>[\w.:$<>-]{{1,80}})\s{{0,20}}\(\s{{0,8}}{N}\):\s")
_RUBY = re.compile(
    rf"(?P<short>[DIWEFA]),\s\[(?P<stamp>{N}-{N}-{N}[T\s]{CLOCK})\s?#{N}\]\s+(?P<level>[A-Z]{{3,5}})\s--\s(?P<where>[^:\n]{{0,80}}):\s"
)
_REDIS = re.compile(rf"(?:{N}:[A-Z]|\[{N}\])\s(?P<stamp>{N}\s{MONTH}\s(?:{N}\s)?{CLOCK})\s(?P<level>[.*#-])\s")
_DOTNET = re.compile(
    r"(?P<level>trce|dbug|info|warn|fail|crit):\s(?P<where>[A-Za-z_][\w.+`<>-]{0,200})\[[0-9]+\](?:\s*\n)?\s*"
)
_REPORT = re.compile(
    rf"=(?P<level>[A-Z]{{4,10}})(?:\s|-)REPORT={{2,10}}\s(?P<stamp>{N}-{MONTH}-{N}:{{1,2}}{CLOCK}{ZONE}?)\s=+\s*"
)
# Supercomputers: a flag, seconds since 1970, the day and the node; or number, node, component, state, seconds, a flag.
_FLAGGED = re.compile(
    rf"(?:-|[A-Z][A-Z0-9_]{{2,16}})\s(?P<stamp>{N})\s{N}\.{N}\.{N}\s(?P<host>\S{{1,80}})\s+"
    rf"(?:{N}-{N}-{N}-{N}\.{N}\.{N}(?:\.{N})?\s\S{{1,80}}\s[A-Z]{{2,12}}\s(?P<where>[A-Z_]{{2,20}})\s(?P<level>[A-Z]{{4,8}})(?:\s|$))?"
)
_NUMBERED = re.compile(
    rf"{N}\s(?P<host>(?=\S*[0-9])[A-Za-z][\w.\[\]:-]{{1,60}})\s(?P<where>[a-z][\w.]{{1,40}})\s[a-z][\w.-]{{1,40}}\s(?P<stamp>{N})\s{N}\s(?=\S)"
)
_ROUTED = re.compile(
    rf"\s{{1,8}}{N}\s{{1,8}}{N}\s(?P<level>[VDIWEFA])\s(?P<where>\S[^:\n]{{0,60}}?)\s{{0,20}}:(?:\s|$)"
)
_PRIORITY = re.compile(rf"<{N}>(?:{N}\s(?={N}-|-\s))?")
_SYSLOG_5424 = re.compile(
    r"(?P<nil>-)?\s(?P<host>\S{1,255})\s(?P<tag>\S{1,48})\s\S{1,128}\s\S{1,32}\s(?:-|(?:\[(?:[^\]\\]|\\.){0,1000}\])+)"
    "(?:\\s\ufeff?|$)"
)
_SYSLOG = re.compile(
    r"\s(?P<host>[\w.:/#@<>-]{1,255})\s(?P<tag>[\w./()@<>-]{1,80}|[A-Z][\w.]{0,30}(?:\s[\w.()]{1,30}){1,3}(?=\[[0-9]+\]))"
    r"(?:\[[0-9]+\](?:\s\([\w.\[\]-]{1,120}\))?)?:(?:\s|$|(?=\S))"
)
_BY_LETTER = {
    **dict.fromkeys("IWEF", (_GLOG, _LOGCAT, _RUBY)),
    **dict.fromkeys("VDA", (_LOGCAT, _RUBY)),
    **dict.fromkeys("tdiwfc", (_DOTNET,)),
    **dict.fromkeys("0123456789[", (_REDIS,)),
    "=": (_REPORT,),
    "<": (_GLOG,),  # the letter and the day may together be a hexadecimal value
}
_LEVELS = frozenset(COMMON_WORDS.split("|"))


def whole_layout(text: str, at: int) -> HeaderSpan | None:
    """Read a header that one pattern describes from its first character to its last."""
    for pattern in _BY_LETTER.get(text[at : at + 1], ()):
        if found := pattern.match(text, at):
            named = found.groupdict()
            return HeaderSpan(
                found.end(), named.get("stamp", ""), clean_level(named["level"]) or "-", named.get("where", ""), ""
            )
    return None


def columns(text: str) -> HeaderSpan | None:
    """Read the columns with which the lines of supercomputers begin; what follows may be a header itself."""
    if text[:1] == "-" or text[:1].isupper():
        found = _FLAGGED.match(text)
        if found is None:
            return None
        return HeaderSpan(found.end(), found["stamp"], found["level"] or "", found["where"] or "", "")
    if text[:1].isdigit() and (found := _NUMBERED.match(text)):
        return HeaderSpan(found.end(), found["stamp"], "", found["where"], found["host"])
    return None


def priority_end(text: str, at: int) -> int:
    """Give the place behind a syslog priority; ``at`` itself where there is none."""
    if text[at : at + 1] != "<":
        return at
    found = _PRIORITY.match(text, at)
    return found.end() if found else at


def syslog_5424(text: str, at: int, stamp: str) -> HeaderSpan | None:
    """Read what RFC 5424 puts behind the time (section 6)."""
    found = _SYSLOG_5424.match(text, at)
    if found is None:
        return None
    host, tag = ("" if part == "-" else part for part in (found["host"], found["tag"]))
    return HeaderSpan(found.end(), stamp, "", tag, host)


def routed(text: str, stamp: Stamp) -> HeaderSpan | None:
    """Read process, thread, letter and tag of logcat behind a time."""
    found = _ROUTED.match(text, stamp.end)
    return HeaderSpan(found.end(), stamp.text, found["level"], found["where"].strip(), "") if found else None


def syslog(text: str, stamp: Stamp) -> HeaderSpan | None:
    """Read host and tag of RFC 3164 behind a time; behind an ISO time (rsyslog) only where no level stands."""
    found = _SYSLOG.match(text, stamp.end)
    if found is None or clean_level(found["host"]) in _LEVELS:
        return None
    if stamp.iso and ("." in found["tag"] or clean_level(found["tag"]) in _LEVELS):
        return None
    return HeaderSpan(found.end(), stamp.text, "", found["tag"], found["host"])
