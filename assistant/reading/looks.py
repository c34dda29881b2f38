"""What a line looks like: part of a trace, an error by itself, words of a person, or none of these."""

from __future__ import annotations

import re
from enum import Enum, auto

from assistant.reading.clues import failures_in, linking_in, people_in
from assistant.reading.turns import FIELD, FOOTER, GREETING
from knowledge_base.signature import error_codes
from knowledge_base.signature.frames import backtrace_frame, frame_of, is_go_place, python_frame
from knowledge_base.signature.headers.header import header_span

LONGEST = 2_000
"""Characters of a line that are looked at."""

BAD_LEVELS = frozenset(
    {"ERROR", "ERR", "FATAL", "SEVERE", "CRITICAL", "CRIT", "ALERT", "EMERG", "PANIC", "E", "F", "FTL", "FAILURE"}
)


class Look(Enum):
    """What a line is by itself; NEUTRAL goes with the lines around it."""

    BLANK = auto()
    WORDS = auto()
    NEUTRAL = auto()
    ERROR = auto()
    TRACE = auto()


_SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        r"\w=\S",
        r"'[\w.$/@:-]{1,200}'|\"[\w.$/@:-]{1,200}\"|`[\w.$/@:-]{1,200}`|\[[\w.$/@:-]{1,200}\]",
        r"(?<![\w/])/[\w.-]{1,100}/[\w.-]|[A-Za-z]:\\",
        r"[a-z][A-Z]|\w_\w|\w::\w|\w\.\w{2,60}\.\w",
        r"\([0-9]{1,6}\)|[0-9]:[0-9]|[0-9]\.[0-9]{1,20}\.[0-9]|0x[0-9a-fA-F]|\b[0-9]{3,}\b",
        r"^[\w.\[\]/-]{1,40}(?: [\w.-]{1,20})?:\s\S",
        r"[{}()\[\]]|->|=>|\|",
        r"^(?:ERROR|FATAL|SEVERE|CRITICAL|PANIC|FAILED|EMERG|ALERT)\s\S",
        r"^[A-Z][a-z]{1,30} (?:[a-z]{1,30} )?(?:not|denied|refused|failed|exceeded|found|error|expired|reset)\b",
    )
)
"""Shapes that are rare in sentences of people."""

CLASS_NAME = (
    r"(?:[A-Za-z_$][\w$]{0,80}[.:]{1,2}){0,14}[A-Z][\w$]{0,100}(?:Exception|Error|Throwable|Failure|Fault|Panic)"
)
ANCHOR = re.compile(
    rf"(?:\b(?:{CLASS_NAME}(?=:\s|\s?$|:$|\(|\s\[)|(?:[a-z_]\w{{0,60}}\.){{2,12}}[A-Z]\w{{0,100}}:\s"
    rf"|[A-Z]{{2,10}}-[0-9]{{3,8}}(?=[:\s]|$)|ORA-[0-9]{{5}}|ERROR [0-9]{{4}} \(|Code: [0-9]{{1,4}}\.\s|SQLSTATE\b"
    rf"|HTTP/[0-9.]+\s[45][0-9]{{2}}|\w+ error:\s)"
    rf"|Exception in thread\b|Caused by:\s|Unhandled exception|Uncaught\b|Traceback \(most recent call last\)|panic: "
    rf"|\[?\d{{4}}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d|(?<![\w.])(?:FAILED|FATAL|ERROR|SEVERE|CRITICAL|error"
    rf"|Error|fatal|Fatal error|fatal error)(?::\s|\s-\s|\s?\[)"
    rf"|(?<!\w)\([0-9]{{3,5}}, [\"']|\[Errno -?[0-9]+\])"
)
"""Where an error begins, whatever stands before it."""

_IN_TRACE = re.compile(
    r"\s*(?:Caused by\s?:|Suppressed:|\.{3} [0-9]+ (?:more|common frames)|goroutine [0-9]+ \["
    r"|During handling of the above|The above exception was"
    r"|thrown in |--- End of |\[signal |stack backtrace|Stack trace:|note: run with|\s+\^+\s*$|--->)"
)
_SIDE = re.compile(r"\s*(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LINE [0-9]+|Details?|Reason|Message)\s?[:：]")
_SUBJECT = re.compile(r"(?:the|a|an|this|these|there|when|after|if|it|some|all|one)\s")
_STREAM = re.compile(r"(?:stdout|stderr)?\s*(?:\|\s*)?")
_FRAME_BEGINS = ("at ", "from ", "#", "File ", "...")


def is_trace_line(line: str, below: str = "") -> bool:
    """Tell whether a line belongs to a stack trace and does not begin it."""
    line = line[:LONGEST]
    bare = line.lstrip()
    if not bare:
        return False
    if _IN_TRACE.match(line) or is_go_place(line):
        return True
    if bare.startswith(_FRAME_BEGINS):
        return python_frame(line) is not None or frame_of(line, below[:LONGEST]) is not None
    return bare[0].isdigit() and line[0].isspace() and "::" in line and backtrace_frame(line) is not None


def has_anchor(line: str) -> bool:
    """Tell whether something on a line can only be the beginning of an error."""
    return ANCHOR.search(line[:LONGEST]) is not None


def is_stamped(line: str) -> bool:
    """Tell whether a line begins with a log header that has a time."""
    return bool(header_span(line[:LONGEST]).stamp)


def begins_error(line: str) -> bool:
    """Tell whether a line is an error, or a log line, from its first letter."""
    return ANCHOR.match(line[:LONGEST]) is not None or is_bad_header(line)


def is_bad_header(line: str) -> bool:
    """Tell whether a line begins with a log header that has a time or the level of an error."""
    span = header_span(line[:LONGEST])
    return span.end > 0 and (bool(span.stamp) or span.level in BAD_LEVELS)


def message_of(line: str) -> str:
    """Give what a line says behind its header."""
    line = line[:LONGEST]
    said = line[header_span(line).end :]
    found = _STREAM.match(said)
    return said[found.end() :] if found else said


def chat_words(line: str) -> int:
    """Count the words of people on a line."""
    return people_in(line[:LONGEST])


def shapes_in(line: str) -> int:
    """Count the shapes on a line that are rare in sentences of people."""
    return sum(1 for shape in _SHAPES if shape.search(line[:LONGEST]))


def likeness(line: str) -> float:
    """Tell how much a line looks as if a machine wrote it of a failure; from 1 on it does."""
    line = line[:LONGEST].strip()
    shapes = shapes_in(line)
    failures = min(2, failures_in(line))
    mild = linking_in(line)
    person = 0.6 if _SUBJECT.match(line) else 0.0
    short = 0.5 if len(line) < 60 and failures else 0.0
    return 0.7 * shapes + 0.8 * failures + short - person - 1.3 * chat_words(line) - 0.4 * mild


def look_of(line: str, below: str = "") -> Look:
    """Tell what a line looks like; ``below`` is the next one."""
    if not line.strip():
        return Look.BLANK
    if is_trace_line(line, below):
        return Look.TRACE
    if GREETING.match(line) or FOOTER.match(line) or FIELD.match(line):
        return Look.WORDS
    if is_bad_header(line) and is_trace_line(message_of(line), below):
        return Look.TRACE
    if is_bad_header(line) or _SIDE.match(line):
        return Look.ERROR if chat_words(line) < 3 or has_anchor(line) else Look.WORDS
    liking = likeness(line)
    anchored = has_anchor(line)
    if anchored and liking > -1.5:
        return Look.ERROR
    if liking >= 1 or (liking > 0 and error_codes(line)):
        return Look.ERROR
    return Look.WORDS if chat_words(line) else Look.NEUTRAL
