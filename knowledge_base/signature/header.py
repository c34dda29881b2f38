"""What a line says before its message: time, level, thread, logger, host.

A small reader goes over the pieces from the left, instead of one pattern for each layout: log4j,
logback, Spark, Hadoop, ZooKeeper, glog and klog, syslog (RFC 3164 and 5424), Python's logging,
PostgreSQL, MySQL, nginx, Kubernetes CRI, Windows CBS and JSON come from the same pieces. It reads raw and
reduced text alike, so every ``[0-9]`` below stands for a run of any length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_N = "[0-9]+"
_CLOCK = rf"{_N}:{_N}:{_N}(?:[.,:]{_N})?"
_ZONE = rf"(?:\s?Z|\s?[+-]{_N}(?::?{_N})?|\s(?:UTC|GMT|CST|EST|EDT|PST|PDT|CET|CEST))"
_COMMON_LEVEL = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|ALERT|EMERG"
SIDE_LEVELS = frozenset({"DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION"})
"""Levels of PostgreSQL's lines that belong to the error before them."""
_LEVEL_WORD = "|".join([_COMMON_LEVEL, "PANIC", "LOG", *sorted(SIDE_LEVELS)])
# PostgreSQL's in Chinese (its zh_CN.po), Kubernetes' events and zap, which writes small letters behind its time.
CHINESE_LEVELS = {
    "致命错误": "FATAL",
    "错误": "ERROR",
    "警告": "WARNING",
    "注意": "NOTICE",
    "日志": "LOG",
    "描述": "DETAIL",
    "详细信息": "DETAIL",
    "提示": "HINT",
    "语句": "STATEMENT",
    "上下文": "CONTEXT",
    "背景": "CONTEXT",
    "查询": "QUERY",
}
"""Levels of PostgreSQL in Chinese, and what they are in English."""
_OTHER_LEVEL = (
    rf"(?:{'|'.join(CHINESE_LEVELS)})(?=[:：])|(?:Warning|Normal)(?=\s[A-Z][A-Za-z]{{2,60}}\s[a-z]{{2,40}}/)"
    r"|(?<=[0-9]Z\s)(?:debug|info|warn|error|fatal)(?=\s)"
)
# In small letters a level needs a bracket, a colon or a wide gap: "Error opening file" is a message.
_SMALL_LEVEL = f"{_COMMON_LEVEL.lower()}|{_COMMON_LEVEL.title()}"
_LEVEL = re.compile(
    rf"\[(?:{_LEVEL_WORD}|{_SMALL_LEVEL})\s?\]|(?:{_LEVEL_WORD})(?=[\]\s:|,])(?!\s{_N}\s\([0-9A-Z]{{1,5}}\))|(?:{_SMALL_LEVEL})(?=\s{{2,}}|\t|[:|])"
    rf"|{_OTHER_LEVEL}"
)
# Without a time before it, a level counts only where punctuation or a logger sets it apart.
_BARE_LEVEL = re.compile(
    rf"(?:\[(?P<a>{_LEVEL_WORD}|(?:{_COMMON_LEVEL.lower()})(?=\]\s{_N}#{_N}:))\s?\]:?|(?P<b>{_LEVEL_WORD})(?::(?=\s|\w+:)|\s?-(?=\s)|(?=\s+\[)"
    r"|(?=\s+(?:\w+\.)+\w+(?::|\s-)\s)))"
)
_ISO = re.compile(rf"\[?(?P<stamp>{_N}[-/.]{_N}[-/.]{_N}[T\s-]\s?{_CLOCK}{_ZONE}?)\]?")
_SYSLOG_TIME = re.compile(
    rf"(?:[A-Z][a-z]{{2}},?\s)?(?P<stamp>{_MONTH}\s{{1,2}}{_N}\s(?:{_N}\s)?{_CLOCK}(?:\s{_N}(?=[\s,]))?)"
)
_STAMPS: tuple[re.Pattern[str], ...] = (
    _ISO,
    _SYSLOG_TIME,
    re.compile(rf"\[?(?P<stamp>{_N}[/\s]{_MONTH}[/\s]{_N}[:\s]{_CLOCK}{_ZONE}?)\]?"),
    re.compile(rf"(?P<stamp>{_N}-{_CLOCK})(?=\|)"),
    re.compile(rf"(?P<stamp>{_N}\s{_N})(?=\s{_N}\s(?:{_LEVEL_WORD})\s)"),
    re.compile(rf"\[?(?P<stamp>{_CLOCK})\]?(?=[\s,]+(?:\[|{_LEVEL_WORD}))"),
    re.compile(rf"\[?(?P<stamp>{_N}(?:\.{_N})?)\]?(?=\s+\[?(?:{_LEVEL_WORD})[\]\s:])"),
)
_PRIORITY = re.compile(rf"<{_N}>(?:{_N}\s(?={_N}-))?")
_CRI = re.compile(r"(?P<stamp>[0-9T:.+-]{10,40}Z?)\s(?:stdout|stderr)\s[FP]\s")
_GLOG = re.compile(
    rf"(?P<level>[IWEF])(?P<stamp>{_N}\s{{1,2}}{_N}:{_N}:{_N}\.{_N})\s+{_N}\s(?P<where>[\w./-]+:{_N})\]\s?"
)
_SYSLOG = re.compile(r"\s(?P<host>[\w.:-]+)\s(?P<tag>[\w./()@-]{1,80})(?:\[[0-9]+\])?:\s?")
_SYSLOG_5424 = re.compile(
    r"\s(?P<host>\S{1,255})\s(?P<tag>[\w./-]{1,48})\s\S{1,128}\s\S{1,32}\s(?:-|(?:\[[^\]]{0,1000}\])+)(?:\s|$)"
)
_PIPES = re.compile(r"\|(?P<tag>[^|\s]{1,80})\|[0-9]+\|")
_GAP = re.compile(r"[\s,;|]*(?:[-:|]+\s+)?")
_BRACKET = re.compile(r"\[(?![A-Z]{2,}-[0-9])[^\[\]]{0,300}(?:\[[^\[\]]{0,80}\][^\[\]]{0,300})?\](?=[\s:|-]|\[|$)")
_PAREN = re.compile(r"\{[\w.<>-]{1,80}:[0-9]+\}(?=\s)|\((?:[\w.$/-]{1,120}|[\w\s.-]{1,60})\)(?=\s)")
_NUMBERS = re.compile(rf"{_N}(?:#{_N}:(?:\s\*{_N})?)?(?=\s)(?:\s---)?")
_USER_AT_DATABASE = re.compile(r"[\w\[\]-]+@[\w\[\]-]+(?=\s)")
_NOT_A_LOGGER = r"(?![\w.$]*(?:Exception|Error|Throwable|Failure|Warning|Fault)\b)"
_LOGGER = re.compile(
    rf"{_NOT_A_LOGGER}(?P<where>[A-Za-z_][\w$/-]*(?:\.[\w$/-]+)+|[A-Z][a-z0-9]+[A-Z][\w$]*|(?![A-Z]+\s)[\w.$-]+(?=\s+-\s))"
    rf"(?:\[[0-9]+\]|@{_N}|\({_N}\)|:{_N}|\.\[[\w/.-]{{0,80}}\])*(?:\s+\[[\w/.-]{{0,80}}\](?=\s+-\s))?\s*(?::\s|\s-\s|:$|\|)"
)
_LOGGER_FIRST = re.compile(rf"(?P<where>[A-Za-z_][\w.$/-]{{0,120}})\s(?:-\s)?(?=\[?(?:{_LEVEL_WORD})[\]\s:])")
_COMPONENT = re.compile(r"(?P<where>[A-Z]{2,8})\s{2,}")
_PYTHON_ROOT = re.compile(r"(?P<where>[\w.]{1,120}):(?=\S)")
_LEVELS = frozenset(_LEVEL_WORD.split("|"))
_GLOG_LEVELS = frozenset("IWEF")
_HEAD = 400
_MAX_PIECES = 8
_MAX_NESTING = 1_000


@dataclass(frozen=True, slots=True)
class HeaderSpan:
    """Where the message begins, and the raw pieces of what stands before it."""

    end: int
    stamp: str
    level: str
    where: str
    host: str


def _clean_level(text: str) -> str:
    level = text.strip("[]:： ").upper()
    return CHINESE_LEVELS.get(level, level)


def _pieces(text: str, at: int, level: str, where: str) -> tuple[int, str, str]:
    """Read level, thread, process and logger behind a time; returns the place behind, level and logger."""
    for _ in range(_MAX_PIECES):
        gap = _GAP.match(text, at)
        place = gap.end() if gap else at
        if not level:
            if found := _LEVEL.match(text, place):
                level, at = _clean_level(found[0]), found.end()
                if text[at : at + 1] in (":", "："):
                    at += 1
                continue
            if found := _LOGGER_FIRST.match(text, place):
                where, at = found["where"], found.end()
                continue
            if found := (_NUMBERS.match(text, place) or _USER_AT_DATABASE.match(text, place)):
                at = found.end()
                continue
        elif not where:
            if found := (_LOGGER.match(text, place) or _COMPONENT.match(text, place)):
                return found.end(), level, found["where"]
            if found := _NUMBERS.match(text, place):
                if not found[0].endswith(("---", ":")) and "#" not in found[0]:
                    return place, level, where
                at = found.end()
                continue
        if found := (_BRACKET.match(text, place) or _PAREN.match(text, place)):
            at = found.end()
            continue
        return place, level, where
    return at, level, where


def _bare_header(text: str, at: int) -> HeaderSpan | None:
    """Read a header that begins with its level."""
    bare = _BARE_LEVEL.match(text, at)
    if bare is None:
        return None
    level = (bare["a"] or bare["b"]).upper()
    if bare[0].endswith(":") and (root := _PYTHON_ROOT.match(text, bare.end())):
        return HeaderSpan(root.end(), "", level, root["where"], "")
    end, level, where = _pieces(text, bare.end(), level, "")
    return HeaderSpan(end, "", level, where, "")


def _syslog_header(text: str, at: int, stamp: str, *, iso: bool) -> HeaderSpan | None:
    """Read host and tag of RFC 3164 behind a time; behind an ISO time (rsyslog) only where no level stands."""
    found = _SYSLOG.match(text, at)
    if found is None or _LEVEL.match(text, found.start("host")):
        return None
    if iso and ("." in found["tag"] or _clean_level(found["tag"]) in _LEVELS):
        return None
    return HeaderSpan(found.end(), stamp, "", found["tag"], found["host"])


def _one_header(text: str, at: int) -> HeaderSpan | None:
    """Read one header at ``at``; None if none is there."""
    priority = _PRIORITY.match(text, at)
    at = priority.end() if priority else at
    if text[at : at + 1] in _GLOG_LEVELS and (glog := _GLOG.match(text, at)):
        return HeaderSpan(glog.end(), glog["stamp"], glog["level"], glog["where"], "")
    if cri := _CRI.match(text, at):
        return HeaderSpan(cri.end(), cri["stamp"], "", "", "")
    found = next((match for pattern in _STAMPS if (match := pattern.match(text, at))), None)
    if found is None:
        return None if priority else _bare_header(text, at)
    end, stamp = found.end(), found["stamp"]
    if priority and (syslog := _SYSLOG_5424.match(text, end)):
        return HeaderSpan(syslog.end(), stamp, "", syslog["tag"], syslog["host"])
    if pipes := _PIPES.match(text, end):
        return HeaderSpan(pipes.end(), stamp, "", pipes["tag"], "")
    if (iso := found.re is _ISO) or found.re is _SYSLOG_TIME:
        syslog_header = _syslog_header(text, end, stamp, iso=iso)
        if syslog_header:
            return syslog_header
    end, level, where = _pieces(text, end, "", "")
    return HeaderSpan(end, stamp, level, where, "")


def has_header(line: str) -> bool:
    """Tell whether a line begins with the header of an event of its own.

    >>> has_header("2024-06-11 10:22:33 ERROR x"), has_header("Caused by: x"), has_header("ERROR: x")
    (True, False, True)
    """
    return _one_header(line[:_HEAD], 0) is not None


def header_span(text: str) -> HeaderSpan:
    """Find the end of the header of a line; headers may be nested (a container's log of a service's line)."""
    end, stamp, level, where, host = 0, "", "", "", ""
    for _ in range(_MAX_NESTING):
        found = _one_header(text, end)
        if found is None or found.end <= end:
            break
        end = found.end
        stamp = stamp or found.stamp
        # The inner line knows its level best; but "INFO driver: QUERY: ..." is no side line of a database.
        if found.level and not (level and found.level in SIDE_LEVELS):
            level = found.level
        where, host = found.where or where, found.host or host
    while end < len(text) and text[end] in " \t":
        end += 1
    return HeaderSpan(end, stamp, level, where, host)
