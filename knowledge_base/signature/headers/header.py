"""What a line says before its message: time, level, thread, logger, host.

A small reader goes over the pieces from the left, instead of one pattern for each layout: log4j, logback, Spark,
Hadoop, ZooKeeper, Python's logging, PostgreSQL, MySQL, nginx, Kubernetes CRI, Windows CBS come from the same
pieces. Layouts with a form of their own are in ``layouts``, times in ``stamps``, pairs of name and value in
``logfmt``. It reads raw and reduced text alike, so every ``[0-9]`` stands for a run of any length.
"""

from __future__ import annotations

import re

from knowledge_base.signature.headers.layouts import (
    HeaderSpan as HeaderSpan,
)
from knowledge_base.signature.headers.layouts import (
    columns,
    priority_end,
    routed,
    syslog,
    syslog_5424,
    whole_layout,
)
from knowledge_base.signature.headers.levels import (
    ANY_CHINESE_WORD,
    CHINESE_WORDS,
    COMMON_WORDS,
    LEVEL_WORDS,
    SHORT_WORDS,
    SIDE_LEVELS,
    clean_level,
)
from knowledge_base.signature.headers.logfmt import read_logfmt
from knowledge_base.signature.headers.pieces import (
    BRACKETS,
    COLUMNS_BEFORE_LEVEL,
    GAP,
    find_logger,
    find_logger_alone,
    find_logger_first,
    is_process,
)
from knowledge_base.signature.headers.stamps import N, Stamp, find_stamp

# In small letters a level needs a bracket, a colon or a wide gap: "Error opening file" is a message.
_SMALL = f"{COMMON_WORDS.lower()}|{COMMON_WORDS.title()}"
_LEVEL = re.compile(
    rf"\[(?:{LEVEL_WORDS}|{SHORT_WORDS}|{_SMALL}|eror|{CHINESE_WORDS}|[DIWEFC])\s{{0,8}}\]"
    rf"|(?:{LEVEL_WORDS}|{SHORT_WORDS})(?=[\]\s:|,)/])(?!\s{N}\s\([0-9A-Z]{{1,5}}\))"
    rf"|(?:{_SMALL})(?=\s{{2,}}|\t|[:|])"
    r"|<(?:Trace|Test|Debug|Information|Notice|Warning|Error|Fatal|Critical)>"
    rf"|(?:{ANY_CHINESE_WORD})(?=[:：])|(?:{CHINESE_WORDS})(?=\s)"
    # Events of Kubernetes, zap (small letters behind its time) and MongoDB.
    r"|(?:Warning|Normal)(?=\s[A-Z][A-Za-z]{2,60}\s[a-z]{2,40}/)"
    r"|(?<=[0-9]Z\s)(?:debug|info|warn|error|fatal)(?=\s)"
    r"|[DIWEF](?=\s{1,2}[A-Z]{3,16}\s{1,10}\[)"
)
_MODULE_LEVEL = re.compile(
    rf"\[(?P<where>[\w-]{{0,40}}):(?P<level>{_SMALL})\]|(?P<name>[\w-]{{1,60}})\.(?P<of>{LEVEL_WORDS}):\s"
)
_COLON_LEVEL = re.compile(rf":(?P<level>{LEVEL_WORDS}):(?P<where>[\w.]{{1,120}}):")
_NAME_BEHIND = re.compile(r"\[(?P<where>[\w.$,<>-]{1,200})\s*\](?=\s|\[|$)")
_WORKER = re.compile(r"/[\w.:<>-]{1,60}\]")
# Without a time before it, a level counts only where punctuation, a time or a logger sets it apart.
_BARE_LEVEL = re.compile(
    rf"[\[【](?P<a>{LEVEL_WORDS}|{COMMON_WORDS.lower()}|{CHINESE_WORDS})\s{{0,8}}[\]】]:?"
    rf"|(?P<b>{LEVEL_WORDS})(?::(?=\s|\w+:)|\s?-(?=\s)|(?=\s+\[)|(?=\s+(?:\w+\.)+\w+(?::|\s-)\s)|(?=\s+{N}[-/]{N}[-/]{N}[T\s]))"
    rf"|(?P<c>{ANY_CHINESE_WORD}):(?=\s)"
)
_BARE_FIRST = frozenset("[【" + "".join({word[0] for word in [*LEVEL_WORDS.split("|"), *ANY_CHINESE_WORD.split("|")]}))
_PYTHON_ROOT = re.compile(r"(?P<where>[\w.]{1,120}):(?=\S)")
_STREAM = re.compile(r"\s(?:stdout|stderr)\s[FP](?:\s|$)")
_PIPES = re.compile(r"\|(?P<tag>[^|\s]{1,80})\|[0-9]+\|")
# What may stand before a header: the file a line was found in, a container, a tag.
_BEFORE = re.compile(
    r"(?:[\w./-]{0,200}\.(?:log|out)[\w.:-]{0,80}:?\s?|[\w.-]{1,80}\s{1,20}\|\s|\[[A-Za-z][\w./-]{0,60}\]\s)(?=[\[0-9A-Z{])"
)
_CONTAINER = re.compile(r"[A-Za-z][\w.-]{0,80}\s{1,20}\|\s")
_JUL_WHERE = re.compile(r"\s(?P<where>[A-Za-z_][\w.$-]{0,200})(?:\s[\w$<>]{1,100})?\s*(?:\n|$)")
_JUL_LEVEL = re.compile(r"(?P<level>SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST|严重|警告|信息|配置)\s?[:：]\s")
_LOGGER_AT_END = re.compile(r"\s\((?P<where>[a-z]\w*(?:\.[a-z]\w*)+\.[A-Z][\w$]*)\)$")
_HEAD = 400
_LONGEST_NAME = 24
_MAX_PIECES = 9
_MAX_NESTING = 1_000


def _level_at(text: str, place: int) -> tuple[int, str, str] | None:
    """A level at a place: the place behind it, the level, and the module that is named with it."""
    if found := _LEVEL.match(text, place):
        end = found.end()
        if text[end : end + 1] in (":", "：") or (found[0][0] != "[" and text[end : end + 1] == "]"):
            end += 1
        elif worker := _WORKER.match(text, end):
            end = worker.end()
        elif found[0][0] == "[" and (name := _NAME_BEHIND.match(text, end)):
            return name.end(), clean_level(found[0]), name["where"]
        return end, clean_level(found[0]), ""
    if found := _MODULE_LEVEL.match(text, place):
        return found.end(), clean_level(found["level"] or found["of"]), found["where"] or found["name"] or ""
    return None


def _pieces(text: str, at: int, *, level: str = "", terse: bool = False) -> tuple[int, str, str]:
    """Read level, thread, process and logger behind a time; returns the place behind, level and logger."""
    where, bracketed, bare = "", False, bool(level)
    for _ in range(_MAX_PIECES):
        gap = GAP.match(text, at)
        place = gap.end() if gap else at
        if not level:
            if leveled := _level_at(text, place):
                terse = terse or text[place] == "<"
                at, level, module = leveled
                where = module or where
                continue
            if first := find_logger_first(text, place):
                at, where = first
                continue
            if before := (is_process(text, place) or COLUMNS_BEFORE_LEVEL.match(text, place)):
                at = before.end()
                continue
            if alone := find_logger_alone(text, place):
                return alone[0], level, where or alone[1]
        elif not where:
            if logger := find_logger(text, place, bracketed=bracketed, terse=terse, bare=bare):
                at, where, ended = logger
                if ended:
                    return at, level, where
                continue
            if found := is_process(text, place):
                if not found[0].endswith(("---", ":", ")")) and "#" not in found[0]:
                    return place, level, where
                at = found.end()
                continue
        if found := BRACKETS.match(text, place):
            at, bracketed = found.end(), True
            continue
        return place, level, where
    return at, level, where


def _bare_header(text: str, at: int) -> HeaderSpan | None:
    """Read a header that begins with its level."""
    if text[at : at + 1] not in _BARE_FIRST:
        return None
    bare = _BARE_LEVEL.match(text, at)
    if bare is None:
        return None
    level = clean_level(bare["a"] or bare["b"] or bare["c"])
    if bare[0].endswith(":") and (root := _PYTHON_ROOT.match(text, bare.end())):
        return HeaderSpan(root.end(), "", level, root["where"], "")
    end, level, where = _pieces(text, bare.end(), level=level)
    return HeaderSpan(end, "", level, where, "")


def _logfmt_header(text: str, at: int) -> HeaderSpan | None:
    if "=" not in text[at : at + _LONGEST_NAME]:
        return None
    found = read_logfmt(text, at)
    return HeaderSpan(found.start, found.stamp, clean_level(found.level), found.where, found.host) if found else None


def _behind_stamp(text: str, stamp: Stamp, *, priority: bool, level: str) -> HeaderSpan:
    """Read what stands behind a time; ``level`` is that which stood before it."""
    end = stamp.end
    if priority and (found := syslog_5424(text, end, stamp.text)):
        return found
    match text[end : end + 2]:
        case " s" if streamed := _STREAM.match(text, end):
            return HeaderSpan(streamed.end(), stamp.text, "", "", "")
        case two if two[:1] == "|" and (pipes := _PIPES.match(text, end)):
            return HeaderSpan(pipes.end(), stamp.text, "", pipes["tag"], "")
        case two if two[:1] == ":" and (colons := _COLON_LEVEL.match(text, end)):
            return HeaderSpan(colons.end(), stamp.text, colons["level"], colons["where"], "")
        case two if (two == "  " or two[1:].isdigit()) and (found := routed(text, stamp)):
            return found
    if not stamp.iso and ", " in stamp.text and (java := _JUL_WHERE.match(text, end)):
        return HeaderSpan(java.end(), stamp.text, "", java["where"], "")
    if (stamp.iso or stamp.month_first) and (found := syslog(text, stamp)):
        return found
    end, found_level, where = _pieces(text, stamp.end, terse="/" in stamp.text)
    if level and not found_level:
        end, found_level, where = _pieces(text, stamp.end, level=level)
    return HeaderSpan(end, stamp.text, found_level, where, "")


def _one_header(text: str, at: int, level: str = "") -> HeaderSpan | None:
    """Read one header at ``at``; None if none is there."""
    start, at = at, priority_end(text, at)
    if stamp := find_stamp(text, at):
        return _behind_stamp(text, stamp, priority=at > start, level=level)
    if found := whole_layout(text, at):
        return found
    if at > start:
        return syslog_5424(text, at, "") or HeaderSpan(at, "", "", "", "")
    if found := _bare_header(text, at) or _logfmt_header(text, at):
        return found
    return _first_header(text) if at == 0 else None


def _first_header(text: str) -> HeaderSpan | None:
    """Read what only the beginning of a line may have: columns of a supercomputer, a file, a container."""
    if found := columns(text):
        return found
    before = _BEFORE.match(text)
    if before is None:
        return None
    if stamp := find_stamp(text, before.end()):
        return _behind_stamp(text, stamp, priority=False, level="")
    return _bare_header(text, before.end())


def has_header(line: str) -> bool:
    """Tell whether a line begins with the header of an event of its own.

    >>> has_header("2024-06-11 10:22:33 ERROR x"), has_header("Caused by: x"), has_header("ERROR: x")
    (True, False, True)
    """
    return _one_header(line[:_HEAD], 0) is not None


def transport_end(line: str) -> int:
    """Give the place behind what a container or syslog puts before each line of a service; 0 where it puts nothing."""
    if found := _CONTAINER.match(line):
        return found.end()
    at = priority_end(line, 0)
    stamp = find_stamp(line, at)
    if stamp is None:
        return 0
    if streamed := _STREAM.match(line, stamp.end):
        return streamed.end()
    found_by_syslog = (syslog_5424(line, stamp.end, "") if at else None) or (
        syslog(line, stamp) if stamp.iso or stamp.month_first else None
    )
    return found_by_syslog.end if found_by_syslog else 0


def header_span(text: str) -> HeaderSpan:
    """Find the end of the header of an event; headers may be nested (a container's log of a service's line).

    A header that takes up the first line (java.util.logging, .NET's console) ends where the second line begins.
    """
    line_end = text.find("\n")
    line = text if line_end < 0 else text[:line_end]
    end, stamp, level, where, host, bare = 0, "", "", "", "", ""
    for _ in range(_MAX_NESTING):
        found = _one_header(line, end, bare)
        if found is None or found.end < end:
            break
        moved, end = found.end > end, found.end
        bare = "" if found.stamp else found.level
        stamp = stamp or found.stamp
        # The inner line knows its level best; but "INFO driver: QUERY: ..." is no side line of a database.
        if found.level and not (level and found.level in SIDE_LEVELS):
            level = found.level
        where, host = found.where or where, found.host or host
        if not moved:
            break
    while end < len(line) and line[end] in " \t":
        end += 1
    if not where and stamp and level and line.endswith(")") and (named := _LOGGER_AT_END.search(line, end)):
        where = named["where"]
    if 0 < end == line_end:
        end, level = _second_line(text, end, level)
    return HeaderSpan(end, stamp, level, where, host)


def _second_line(text: str, end: int, level: str) -> tuple[int, str]:
    """Go to the message that begins on the second line, behind the level that java.util.logging writes there."""
    while end < len(text) and text[end] in " \t\n":
        end += 1
    if not level and (found := _JUL_LEVEL.match(text, end)):
        return found.end(), clean_level(found["level"])
    return end, level
