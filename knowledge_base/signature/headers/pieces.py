"""The pieces between a time and the message: brackets, processes, threads, loggers.

What looks like a logger and is none stays in the message: exceptions, codes in brackets, ``Key: value``.
"""

from __future__ import annotations

import re

from knowledge_base.signature.headers.levels import CHINESE_WORDS, LEVEL_WORDS
from knowledge_base.signature.headers.stamps import N

GAP = re.compile(r"[\s,;|]*(?:[-:|]+\s+)?")
_CODE = rf"(?:[A-Z]{{2,}}-{N}|(?:[Ee]rr(?:no|or)?|Win[Ee]rror|SSL|ODBC|[Cc]ode|SQLSTATE)\b|HY{N}\]|{N}[A-Z]{N}\])"
BRACKETS = re.compile(
    rf"\[(?!{_CODE}|{N}[-/.]{N}[-/.]{N}[T\s])[^\[\]]{{0,300}}(?:\[[^\[\]]{{0,80}}\][^\[\]]{{0,300}})?\](?=[\s:|-]|\[|$)"
    rf"|\{{[^{{}}\s]{{0,80}}\}}(?=\s)|\{{\w[\w.-]{{0,40}}=[^{{}}]{{0,300}}\}}(?=\s+(?:-|\[))"
    rf"|\((?:[\w.$/|#:-]{{1,120}}|[\w\s.-]{{1,60}})\)(?=\s)|<{N}\.{N}\.{N}>(?=\s)"
)
# A word before the level that no sentence would have there: it holds a digit or a mark, or is in capitals.
_COLUMN = (
    r"(?:(?![A-Z]{2,}-[0-9])(?:(?=\S{0,80}[\[\]{}()=@:/#|<>0-9_])\S{1,200}|[A-Z][A-Z0-9_]{1,20}"
    r"|[\w$]+(?:[.-][\w$]+)+)\s{1,40}(?:-\s)?)"
)
COLUMNS_BEFORE_LEVEL = re.compile(
    rf"{_COLUMN}{{1,6}}?(?=\[?(?:{LEVEL_WORDS})[\]\s:|]|\[(?:{CHINESE_WORDS})\])|(?::\S{{1,80}}\([0-9]+\))?"
    r":\S{1,120}:\[[0-9]+\]:"
)
_PROCESS = re.compile(rf"(?:{N}(?:#{N}:(?:\s\*{N})?)?(?=\s)(?:\s---)?|ThreadId\({N}\)(?=\s))")
_USER_AT_DATABASE = re.compile(r"[\w\[\]-]+@[\w\[\]-]+(?=\s)")
_NO_LOGGER = r"(?![\w.$:]*(?:Exception|Error|Throwable|Failure|Warning|Fault)\b)"
_LOGGER = re.compile(
    rf"{_NO_LOGGER}(?P<where>[A-Za-z_][\w$/-]*(?:(?:\.|::)[\w$/-]+)+|[A-Z](?=[\w$]*[a-z])[a-z0-9]*[A-Z][\w$]*|(?![A-Z]+\s)[\w.$-]+(?=\s+-{{1,2}}\s))"
    rf"(?:\[[0-9]+\]|@{N}|\({N}\)|:[\w<>]{{1,80}}:{N}|:{N}|\.\[[\w/.-]{{0,80}}\])*(?:\s+\[[\w/.-]{{0,80}}\](?=\s+-\s))?"
    r"(?:\s*(?::\s|:$|\|)|\s+-{1,2}\s)"
)
# Without a mark behind it, a name of a class or module is a logger where a bracket stands beside it.
_CLASS = r"(?:[a-z]\w*\.){1,9}[A-Z][\w$]*(?:\.[\w$<>]{1,80})?"
_SUBJECT = (
    r"(?!\s(?:is|are|was|has|had|failed|fails|cannot|could|can|does|did|not"
    r"|must|should|will|would|in|at|on|from|of|took|to)\b)"
)
_BRACKET_BEHIND = re.compile(
    rf"{_NO_LOGGER}(?P<where>{_CLASS}|[a-z_]\w*(?:\.[a-z_]\w*)+|[A-Z]\w*(?:\.[A-Z]\w*)+)(?=\s{{1,40}}[\[{{])"
)
_BRACKET_BEFORE = re.compile(rf"{_NO_LOGGER}(?P<where>{_CLASS})(?=\s){_SUBJECT}\s+")
_FILE = r"(?P<where>[\w./$-]{1,160}\.(?:py|go|java|kt|scala|cc|cpp|c|h|hpp|rs|js|ts|rb|cs|php)):[0-9]+"
_FILE_LINE = re.compile(rf"{_FILE}(?:\]|:)?(?:\s+-)?(?=\s)\s+")
_IN_PLACE = re.compile(rf"[{{(](?P<where>[A-Za-z_][\w.$/-]{{1,160}}):{N}[)}}](?=\s)")
_ENDS_BRACKET = re.compile(r"(?P<where>[a-z_]\w{0,60}(?:(?:::|\.)\w{1,60}){0,8})\](?=\s)\s+")
_NAMED_AND_NUMBERED = re.compile(rf"(?P<where>[A-Za-z_][\w.]{{0,80}})\s{N}\s{N}\s")
_ONE_WORD = re.compile(
    r"(?!(?:Failed|Failure|Error|Errors|Timeout|Exception|Warning|Unable|Cannot|Invalid|Unknown|Missing|Message|Reason"
    r"|Status|Code|Cause|Caused|Result|Note|Usage|Fatal|Stopped|Aborted|Cancelled|Rejected|Denied|Lost)\b)(?P<where>[A-Za-z]\w{2,60}):\s"
)
_COMPONENT = re.compile(r"(?P<where>[A-Z]{2,16})\s{2,}(?:\[[\w.-]{1,60}\]\s)?")
_TABS = re.compile(r"(?:[^\s]{0,80}[./:0-9-][^\s]{0,120}\t){1,3}")
_BARS = re.compile(r"(?:[^|\s]{1,120}\s{0,40}\|\s?){1,4}")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[\w$]+)+")
_FIRST = re.compile(rf"(?P<where>[A-Za-z_][\w.$/-]{{0,120}})\s{{1,40}}(?:-\s)?(?=\[?(?:{LEVEL_WORDS})[\]\s:])")
_ALONE = (
    re.compile(rf"(?P<where>[\w.-]{{1,80}}\.(?:exe|com))(?:\s\*{N})?\s-\s"),
    re.compile(rf"{_FILE}(?:\]|:)\s"),
    re.compile(r"(?P<where>[A-Z][\w-]{1,60})\[[0-9]+:[\w<>]{1,24}\]\s"),
)


def is_process(text: str, place: int) -> re.Match[str] | None:
    """Match a number of a process or thread, or a user with a database."""
    return _PROCESS.match(text, place) or _USER_AT_DATABASE.match(text, place)


def _of_columns(columns: str, mark: str) -> str:
    """Choose among columns: what has dots as the names of loggers have, else the first."""
    names = [column.strip() for column in columns.split(mark) if column.strip()]
    return next((name for name in names if _DOTTED.fullmatch(name)), names[0] if names else "")


def find_logger(text: str, place: int, *, bracketed: bool, terse: bool, bare: bool) -> tuple[int, str, bool] | None:
    """Find a logger behind a level: the place behind it, its name, and whether the message begins there.

    ``bracketed`` if a bracket stands before it, ``terse`` where a single word with a colon is one (Spark,
    ClickHouse), ``bare`` where the level came before the time.
    """
    if found := (_LOGGER.match(text, place) or _COMPONENT.match(text, place) or _FILE_LINE.match(text, place)):
        return found.end(), found["where"], True
    if text[place - 1 : place] == "\t" and (found := _TABS.match(text, place)):
        return found.end(), _of_columns(found[0], "\t"), True
    if "|" in text[max(place - 2, 0) : place] and (found := _BARS.match(text, place)):
        return found.end(), _of_columns(found[0], "|"), True
    if found := _IN_PLACE.match(text, place) or _BRACKET_BEHIND.match(text, place):
        return found.end(), found["where"], False
    if bracketed and (found := _BRACKET_BEFORE.match(text, place)):
        return found.end(), found["where"], True
    if terse and (found := _ONE_WORD.match(text, place)):
        return found.end(), found["where"], True
    if bare and (found := _NAMED_AND_NUMBERED.match(text, place)):
        return found.end(), found["where"], True
    if found := _ENDS_BRACKET.match(text, place):
        return found.end(), found["where"], True
    return None


def find_logger_first(text: str, place: int) -> tuple[int, str] | None:
    """Find a logger before a level."""
    found = _FIRST.match(text, place) or _IN_PLACE.match(text, place)
    return (found.end(), found["where"]) if found else None


def find_logger_alone(text: str, place: int) -> tuple[int, str] | None:
    """Find a program or a source file behind a time where no level follows."""
    for pattern in _ALONE:
        if found := pattern.match(text, place):
            return found.end(), found["where"]
    return None
