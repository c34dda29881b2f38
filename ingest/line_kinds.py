"""What the form of a line says about its place in an event."""

from __future__ import annotations

import re
from enum import StrEnum

from knowledge_base.signature.header import SIDE_LEVELS, has_header, header_span


class LineKind(StrEnum):
    """The forms that joining tells apart."""

    BLANK = "blank"
    HEADER = "header"
    SIDE = "side"
    """DETAIL, HINT, STATEMENT, CONTEXT of PostgreSQL, with or without a header."""
    FRAME = "frame"
    INDENTED = "indented"
    CLOSER = "closer"
    EXCEPTION = "exception"
    TRACEBACK = "traceback"
    BETWEEN = "between"
    """The sentence between two tracebacks of one error."""
    PANIC = "panic"
    GOROUTINE = "goroutine"
    GO_CALL = "go_call"
    PLAIN = "plain"


_HEAD = 600
_FRAME = re.compile(
    r"\s*(?:at\s+(?:async\s|new\s)?[\w.$<>/@\[\]-]{1,300}\s?\(|at\s+(?:[\w$]+\.){2,}[\w$<>]+\s*$|\.\.\.\s[0-9]+\s(?:more|common)"
    r"|Caused by\s?:|Suppressed\s?:|Wrapped by\s?:)"
)
_TRACEBACK = re.compile(r"\s*(?:[+|]\s){0,4}(?:Exception Group )?Traceback \(most recent call last\)")
_BETWEEN = re.compile(r"(?:During handling of the above exception, another|The above exception was the direct cause)")
_SIDE = re.compile(r"(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION)\s?:\s")
_SIDE_WORDS = ("DETAIL:", "HINT:", "STATEMENT:", "CONTEXT:", "QUERY:", "LOCATION:")
# Most lines of a service's log begin like this; the reader of headers, which takes longer, is spared.
_TIME = re.compile(r"\[?[0-9]{2,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[T ][0-9]{1,2}:[0-9]{2}:[0-9]{2}")
_EXCEPTION = re.compile(
    r"(?:Exception in thread |(?:[A-Za-z_]\w{0,80}\.){0,12}"
    r"[A-Z]\w{0,100}(?:Exception|Error|Throwable|Exit|Interrupt)(?::\s|\s*$))"
)
_PANIC = re.compile(r"(?:panic|fatal error):\s")
_GOROUTINE = re.compile(r"goroutine [0-9]+ \[|\[signal |runtime stack:")
_GO_CALL = re.compile(
    r"created by \S{1,300}(?: in goroutine [0-9]+)?\s*$|[\w./*()-]{1,200}\.[\w.*()\[\]-]{1,160}\([^\n]{0,300}\)\s*$"
)
_EXIT_STATUS = re.compile(r"exit status [0-9]+\s*$")
_CLOSERS = frozenset("}])")


def kind_of(text: str) -> LineKind:
    """Tell the kind of a line by its first characters."""
    head = text[:_HEAD]
    bare = head.strip()
    if not bare:
        return LineKind.BLANK
    if head[0] in " \t":
        if _TRACEBACK.match(head):
            return LineKind.TRACEBACK
        return LineKind.FRAME if _FRAME.match(head) else LineKind.INDENTED
    if bare[0] in _CLOSERS and len(bare) <= 3:
        return LineKind.CLOSER
    if any([word in head for word in _SIDE_WORDS]) and header_span(head).level in SIDE_LEVELS:  # noqa: C419
        return LineKind.SIDE
    if _TIME.match(head):
        return LineKind.HEADER
    for pattern, kind in _KINDS:
        if pattern.match(head):
            return kind
    return LineKind.HEADER if has_header(head) else _kind_without_header(head)


def _kind_without_header(head: str) -> LineKind:
    if _EXCEPTION.match(head):
        return LineKind.EXCEPTION
    return LineKind.GO_CALL if _GO_CALL.match(head) or _EXIT_STATUS.match(head) else LineKind.PLAIN


_KINDS: tuple[tuple[re.Pattern[str], LineKind], ...] = (
    (_FRAME, LineKind.FRAME),
    (_TRACEBACK, LineKind.TRACEBACK),
    (_BETWEEN, LineKind.BETWEEN),
    (_SIDE, LineKind.SIDE),
    (_GOROUTINE, LineKind.GOROUTINE),
    (_PANIC, LineKind.PANIC),
)
