"""What the form of a line says about its place in an event."""

from __future__ import annotations

import re
from enum import StrEnum

from knowledge_base.signature.headers.header import has_header, header_span, transport_end
from knowledge_base.signature.headers.levels import CHINESE_LEVELS, SIDE_LEVELS


class LineKind(StrEnum):
    """The forms that joining tells apart. A HEADER starts an event whatever is open."""

    BLANK = "blank"
    HEADER = "header"
    SIDE = "side"
    """DETAIL, HINT, STATEMENT, CONTEXT of PostgreSQL, with or without a header."""
    FRAME = "frame"
    INDENTED = "indented"
    DEEPER = "deeper"
    """Indented behind the prefix of syslog or of a container: part of a trace, but of nothing else."""
    CLOSER = "closer"
    EXCEPTION = "exception"
    TRACEBACK = "traceback"
    INNER_TRACEBACK = "inner_traceback"
    """A traceback that is part of the message of an exception."""
    GROUP_END = "group_end"
    BETWEEN = "between"
    """The sentence between two tracebacks of one error."""
    PANIC = "panic"
    GOROUTINE = "goroutine"
    GO_CALL = "go_call"
    GO_NAME = "go_name"
    """A function without its arguments, as errors with a stack print it."""
    OPENING = "opening"
    """A header whose message is on the next line (java.util.logging)."""
    LEVEL = "level"
    """A level and a message, as they stand below such a header, or by themselves."""
    ANNOUNCED = "announced"
    """The first line of what tells its message later (Rust's panics, the line of source that Node shows)."""
    REPORT = "report"
    """The first line of a report that goes on to the next empty line (Erlang)."""
    PLAIN = "plain"


_HEAD = 600
_FRAME = re.compile(
    r"\s*(?:#[0-9]+)?(?:at\s+(?:async\s|new\s)?[\w.$<>/@`|\[\]-]{1,300}\s?\(|at\s+(?:[\w$]+\.){2,}[\w$<>]+\s*$"
    r"|at\s+\S{1,300}:[0-9]+:[0-9]+\)?\s*$"
    r"|\.\.\.\s[0-9]+\s(?:more|common)|(?:Caused by|Suppressed|Wrapped by)\s?:|\[CIRCULAR REFERENCE"
    r"|--- End of (?:inner|stack)|--->\s|:\s(?:[\w$]+\.){2,}[\w$]{0,100}(?:Exception|Error|Throwable)\b"
    r"|#[0-9]+\s+(?:/|\{main\}|\[internal function\]|0x[0-9a-f]|[\w:~]{1,200}\s?\()"
    r"|Next\s[\w\\]{1,200}(?:Exception|Error)\b"
    r"|\[?[Ss]tack (?:back)?trace:\]?\s*$|note: (?:run with|Some details)|Node\.js v[0-9])"
)
# Ruby's and Firefox's, which begin with any word.
_NAMED_FRAME = re.compile(
    r"\s*(?:from\s)?\S{1,300}\.(?:rb|erb|rake):[0-9]+:in\s[`'][^'\n]{1,200}'\s*$"
    r"|[\w.$/<*-]{0,100}@(?:https?|file|webpack):\S{1,300}:[0-9]+:[0-9]+\s*$"
)
_SAYS_TRACEBACK = "Traceback (most recent call last)"
_TRACEBACK = re.compile(r"\s*(?:\+\s)?(?:Exception Group )?Traceback \(most recent call last\)")
_INNER_TRACEBACK = re.compile(r"\s*(?:Caused by\s?:.*\s)?Traceback \(most recent call last\):\s*$")
_CAUSE_IN_PYTHON = re.compile(r"Caused by\s?:.*\sTraceback \(most recent call last\):\s*$")
_GROUP_END = re.compile(r"\s+\+-{10,}\s*$")
_BETWEEN = re.compile(r"(?:During handling of the above exception, another|The above exception was the direct cause)")
_CHINESE_SIDES = tuple(word for word, level in CHINESE_LEVELS.items() if level in SIDE_LEVELS)
_SIDE_ALTERNATIVES = "|".join([*sorted(SIDE_LEVELS), *_CHINESE_SIDES])
_SIDE = re.compile(rf"(?:{_SIDE_ALTERNATIVES})\s?[:：]\s")
# Most lines of a service's log begin like this; the reader of headers, which takes longer, is spared.
_TIME = re.compile(r"\[?[0-9]+[-/.][0-9]+[-/.][0-9]+[T ][0-9]+:[0-9]+:[0-9]+")
_EXCEPTION = re.compile(
    r"(?:Exception in thread |(?:[A-Za-z_]\w{0,80}\.){0,12}"
    r"[A-Z]\w{0,100}(?:Exception|Error|Throwable|Exit|Interrupt|ExceptionGroup)(?::\s|\s*$))"
)
_PANIC = re.compile(r"(?:panic|fatal error):\s")
_GOROUTINE = re.compile(r"goroutine [0-9]+ \[|\[signal |runtime stack:")
_GO_CALL = re.compile(
    r"created by \S{1,300}(?: in goroutine [0-9]+)?\s*$|[\w./*()-]{1,200}\.[\w.*()\[\]-]{1,160}\([^\n]{0,300}\)\s*$"
)
_GO_NAME = re.compile(r"(?:main|[\w.-]{1,80}(?:/[\w.-]{1,80}){1,8}|runtime)\.[\w.*()]{1,160}$")
_EXIT_STATUS = re.compile(r"exit status [0-9]+\s*$")
_OPENING = re.compile(
    r"(?:[A-Z][a-z]{2}\s{1,2}|[一二三四五六七八九十]{1,3}月\s)[0-9]+,\s[0-9]+\s[0-9]+:[0-9]+:[0-9]+\s(?:[AP]M|[上下]午)\s[\w.$-]{1,200}(?:\s[\w$<>]{1,100})?\s*$"
)
_LEVEL = re.compile(r"(?:SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST|严重|警告|信息|配置)\s?[:：]\s")
_ANNOUNCED = re.compile(
    r"thread '[^'\n]{0,200}'(?:\s\([0-9]+\))? panicked at (?!')\S{1,300}:[0-9]+:[0-9]+:\s*$"
    r"|(?:file://)?/\S{1,300}\.[cm]?[jt]s:[0-9]+$|node:\S{1,200}:[0-9]+$"
)
_REPORT = re.compile(r"=[A-Z]{4,10}[\s-]REPORT={2,10}\s[^=\n]{8,40}=+\s*$")
_DOCKER = re.compile(r'\{"log":"(?P<log>(?:[^"\\]|\\.){0,400})')
_PREFIXED = re.compile(
    r"[0-9][0-9T:.+-]{10,40}Z?\s(?:std(?:out|err)\s[FP]\s|[\w.-]{1,80}\s[\w./@-]{1,60}(?:\[[0-9]+\])?:\s)|<[0-9]"
    r"|[A-Z][a-z]{2}\s{1,2}[0-9]+\s|[A-Za-z][\w.-]{0,80}\s{1,20}\|\s"
)
# What may stand behind the prefix of syslog or of a container and still belong to the line before.
_BEHIND_PREFIX = re.compile(
    r"[:FP|]\s(?:\s|#[0-9]|at\s|Caused by|Wrapped by|Suppressed|\.\.\.\s|Traceback|During handling|The above"
    r"|goroutine|created by|panic:"
    r"|fatal error:|[\w.]{1,300}(?:Exception|Error|Exit|Interrupt)\b|[\w./*-]{1,300}\()"
)
_CLOSERS = frozenset("}])")
_PART_OF_TRACE = frozenset(
    {
        LineKind.FRAME,
        LineKind.EXCEPTION,
        LineKind.TRACEBACK,
        LineKind.INNER_TRACEBACK,
        LineKind.GROUP_END,
        LineKind.BETWEEN,
        LineKind.PANIC,
        LineKind.GOROUTINE,
        LineKind.GO_CALL,
    }
)


def kind_of(text: str) -> LineKind:
    """Tell the kind of a line by its first characters."""
    head = text[:_HEAD]
    bare = head.strip()
    if not bare:
        return LineKind.BLANK
    if head[0] in " \t":
        return _indented(head)
    if bare[0] in _CLOSERS and len(bare) <= 3:
        return LineKind.CLOSER
    if head[0] == "{" and (row := _DOCKER.match(head)):
        return _behind_prefix(row["log"].replace("\\n", "").replace("\\t", "\t")) or LineKind.HEADER
    if (
        _PREFIXED.match(head)
        and _BEHIND_PREFIX.search(head)
        and (end := transport_end(head))
        and (kind := _behind_prefix(head[end:]))
    ):
        return kind
    if _names_side(head) and header_span(head).level in SIDE_LEVELS:
        return LineKind.SIDE
    if _TIME.match(head):
        return LineKind.HEADER
    return _kind_by_form(head) or (LineKind.HEADER if has_header(head) else _kind_without_header(head))


def _names_side(head: str) -> bool:
    # A list takes half the time of a pattern or a generator.
    return any([word in head for word in (_SIDE_WORDS if head.isascii() else _ALL_SIDE_WORDS)])  # noqa: C419


def ends_in_traceback(text: str) -> bool:
    """Tell whether a line announces a traceback at its end."""
    return text.rstrip().endswith("Traceback (most recent call last):")


def _indented(head: str) -> LineKind:
    if _SAYS_TRACEBACK in head:
        if _INNER_TRACEBACK.match(head):
            return LineKind.INNER_TRACEBACK
        if _TRACEBACK.match(head):
            return LineKind.TRACEBACK
    if _GROUP_END.match(head):
        return LineKind.GROUP_END
    return LineKind.FRAME if _FRAME.match(head) else LineKind.INDENTED


def _behind_prefix(rest: str) -> LineKind | None:
    """Tell the kind of a line by what stands behind its prefix; None where that is no part of a trace."""
    if not rest.strip():
        return None
    if rest[0] in " \t":
        kind = _indented(rest)
        return LineKind.DEEPER if kind is LineKind.INDENTED else kind
    kind = _kind_by_form(rest) or _kind_without_header(rest)
    return kind if kind in _PART_OF_TRACE else None


def _kind_by_form(head: str) -> LineKind | None:
    if ("@" in head or ":in " in head) and _NAMED_FRAME.match(head):
        return LineKind.FRAME
    if not _ANY_FORM.match(head):
        return None
    return next((kind for pattern, kind in _KINDS if pattern.match(head)), None)


def _kind_without_header(head: str) -> LineKind:
    if _EXCEPTION.match(head):
        return LineKind.EXCEPTION
    if _GO_NAME.match(head):
        return LineKind.GO_NAME
    return LineKind.GO_CALL if _GO_CALL.match(head) or _EXIT_STATUS.match(head) else LineKind.PLAIN


_SIDE_WORDS = tuple(f"{word}:" for word in sorted(SIDE_LEVELS))
_ALL_SIDE_WORDS = (*_SIDE_WORDS, *(f"{word}{colon}" for word in _CHINESE_SIDES for colon in ":："))
_KINDS: tuple[tuple[re.Pattern[str], LineKind], ...] = (
    (_CAUSE_IN_PYTHON, LineKind.INNER_TRACEBACK),
    (_FRAME, LineKind.FRAME),
    (_TRACEBACK, LineKind.TRACEBACK),
    (_BETWEEN, LineKind.BETWEEN),
    (_SIDE, LineKind.SIDE),
    (_GOROUTINE, LineKind.GOROUTINE),
    (_PANIC, LineKind.PANIC),
    (_LEVEL, LineKind.LEVEL),
    (_OPENING, LineKind.OPENING),
    (_ANNOUNCED, LineKind.ANNOUNCED),
    (_REPORT, LineKind.REPORT),
)
_ANY_FORM = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in _KINDS))
