"""Stack traces: what of several lines is the error.

A trace becomes its chain of exceptions, from the outermost to the root cause, each with its message,
and behind them the top two frames of the user's own code, without line numbers, lambdas and proxies.
The output reads as a trace itself, so that reducing it once more changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge_base.signature.frames import (
    backtrace_frame,
    frame_of,
    is_clean_frame,
    is_go_place,
    python_frame,
)
from knowledge_base.signature.headers.header import header_span, transport_end
from knowledge_base.signature.headers.levels import CHINESE_LEVELS, SIDE_LEVELS
from knowledge_base.signature.headers.unwrapping import unwrap

_MAX_EXCEPTIONS = 8
_MAX_FRAMES = 2
_MAX_PLAIN_LINES = 20
# A trace that was pasted as one line.
_INLINE = re.compile(
    r"\s+(?=at [\w.$<>/]{1,300}\([\w.$]{1,100}:[0-9]+\)|at [\w.$<>]{1,300}\((?:Native Method|Unknown Source)\))"
)
_MORE = re.compile(
    r"\s*\.\.\.\s[0-9]+\s(?:more|common frames omitted|shared with parent)|\s*\.\.\. \d+ frames|\s*\[CIRCULAR REFERENCE"
    r"|\s*--- End of |\s*\((?:Coroutine|Boundary)\b"
)
_CAUSE = re.compile(
    r"(?P<indent>\s*)(?:(?:Caused by|Causes?|Nested exception is)\s?:|\[cause\]:"
    r"|Next(?=\s\S*(?:Exception|Error)\b)|--->)\s*(?P<text>\S.*)$"
)
_WRAPPED = re.compile(r"\s*Wrapped by\s?:\s*(?P<text>\S.*)$")
_CAUSES_BELOW = re.compile(r"\s*Caused by:\s*$")
_BELOW = re.compile(r"\s+(?:[0-9]+:\s)?(?P<text>\S.*)$")
_SUPPRESSED = re.compile(r"(?P<indent>\s+)Suppressed:\s")
_INNER = re.compile(r"\s--->\s")
_THREAD = re.compile(
    r"Exception in thread (?:\"[^\"\n]{0,200}\"|\S{1,200})\s"
    r"|(?:Unhandled exception\.|Uncaught(?: \(in promise\))?:?|PHP (?=Fatal))\s*"
)
_TRACEBACK = re.compile(r"\s*(?:[+|]\s*)*(?:Exception Group )?Traceback \(most recent call last\)\s?:\s*$")
_TRACEBACK_BEHIND = re.compile(r"\S.*(?P<said>\s?Traceback \(most recent call last\)\s?:\s*)$")
_CONSOLE_INDENT = " " * 6
_ESCAPED_TAB = re.compile(r"#[0-9]+(?=at\s|\s)")
_GROUP_LINE = re.compile(r"\s*(?:[|+]\s?(?!-))+")
_GROUP_RULE = re.compile(r"\s*\+[-+]*-{3,}(?:\s[0-9.]+\s-{3,})?\s*$")
_BETWEEN = re.compile(
    r"\s*(?:During handling of the above exception, another|The above exception was the direct cause)"
)
_EXCEPTION = re.compile(
    r"\s*(?P<text>(?:[A-Za-z_]\w*\.)*[A-Z_]\w*(?:Exception|Error|Throwable|Exit|Interrupt|Failure|Warning|Fault)\b.*)$"
)
_GOROUTINE = re.compile(r"goroutine [0-9]+ \[|\[signal \S")
_PANIC_AGAIN = re.compile(r"\s+panic:\s(?P<text>.*)$")
_RECOVERED = re.compile(r"\s\[recovered(?:, repanicked)?\]\s*$")
_RUST_PANIC = re.compile(
    r"(?P<said>thread '[^'\n]{0,200}'(?:\s\([0-9]+\))? panicked) at (?!')\S{1,300}:[0-9]+:[0-9]+:\s*$"
)
_BACKTRACE = re.compile(r"\s*(?:[Ss]tack backtrace|Backtrace|=+ Backtrace):?")
_ADVICE = re.compile(
    r"note: (?:run with|Some details)|Node\.js v|exit status|\s*thrown in\s|\[?Stack trace:\]?\s*$|\s*at .* \(Unknown"
)
_RUBY_FIRST = re.compile(
    r"\S{1,300}\.(?:rb|erb|rake):[0-9]+:in\s[`'][^'\n]{1,200}':\s(?P<said>.*?)(?:\s\((?P<kind>[\w:]{1,120})\))?$"
)
_SOURCE_LINE = re.compile(r"(?:file://|node:)?\S{1,300}?(?:\.[cm]?[jt]sx?|promises|loader):[0-9]+$")
_SCRIPT_LINE = re.compile(r"\s*\^[\s^]*$")
_WITHOUT_MEANING = SIDE_LEVELS - {"DETAIL"}
_SIDE_WORDS = [*_WITHOUT_MEANING, *(word for word, level in CHINESE_LEVELS.items() if level in _WITHOUT_MEANING)]
_POSTGRES_SIDE = re.compile(rf"(?:{'|'.join(sorted(_SIDE_WORDS))})\s?[:：]\s")


@dataclass(slots=True)
class _Found:
    """What was found so far: lines before the trace, exceptions (outermost first), frames of the user."""

    before: list[str] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)

    def add(self, other: _Found) -> None:
        """Add what was found in the lines behind; their first lines are an exception too."""
        self.chain += [line.strip().removeprefix(": ") for line in other.before if line.strip()][:1] + other.chain
        self.frames += other.frames


def _is_trace(lines: list[str]) -> bool:
    return any(
        _CAUSE.match(line)
        or _WRAPPED.match(line)
        or _CAUSES_BELOW.match(line)
        or _TRACEBACK.match(line)
        or _GOROUTINE.match(line)
        or _RUST_PANIC.match(line)
        or _SUPPRESSED.match(line)
        or is_go_place(line)
        or python_frame(line)
        or (not _needs_company(line) and frame_of(line, ""))
        for line in lines
    )


def _python_chain(lines: list[str]) -> _Found:
    """Read a text with Python tracebacks; those of an exception group and of the JVM beneath are read too."""
    found = _Found()
    errors: list[list[str]] = [[]]
    stacks: list[list[str]] = []
    inside = ended = False
    for number, whole in enumerate(lines):
        if _GROUP_RULE.match(whole):
            inside = bool(stacks)
            continue
        grouped = _GROUP_LINE.match(whole)
        line = whole[grouped.end() :] if grouped else whole
        if _TRACEBACK.match(line):
            inside, ended = True, False
            stacks.append([])
        elif frame := python_frame(line):
            if not stacks:
                stacks.append([])
            inside = True
            if frame.name:
                stacks[-1].append(frame.name)
        elif _BETWEEN.match(line):
            errors.append([])
        elif not inside:
            if ended and (_CAUSE.match(line) or frame_of(line, "") or line.startswith(": ")):
                below = _other_chain(lines[number:])
                found.chain = [error for group in reversed(errors) for error in group]
                found.frames = [frame for stack in reversed(stacks) for frame in reversed(stack)]
                found.add(below)
                return found
            if not any(errors) and line.strip():
                found.before.append(line)
        elif line.strip() and not line[:1].isspace():
            errors[-1].append(line.strip())
            inside, ended = False, True
    # Python prints the root first, and of each traceback the innermost call last.
    found.chain = [error for group in reversed(errors) for error in group]
    found.frames = [frame for stack in reversed(stacks) for frame in reversed(stack)]
    return found


def _other_chain(lines: list[str]) -> _Found:
    """Read a text with traces of all that is not Python alone."""
    found = _Found()
    wrapped: list[str] = []
    seen = listed = causes_below = python = False
    hidden: int | None = None  # how far what was suppressed is indented
    for number, line in enumerate(lines):
        if cause := _CAUSE.match(line):
            if hidden is not None and len(cause["indent"]) >= hidden:
                continue
            hidden, seen = None, True
            text = cause["text"].strip()
            behind = _TRACEBACK_BEHIND.match(text)
            python = behind is not None
            found.chain += _INNER.split(text[: behind.start("said")].rstrip(": ") if behind else text)
        elif wrapper := _WRAPPED.match(line):
            wrapped.append(wrapper["text"].strip())
            seen = True
        elif suppressed := _SUPPRESSED.match(line):
            hidden, seen = min(hidden or 1_000, len(suppressed["indent"])), True
        elif _CAUSES_BELOW.match(line):
            causes_below = seen = True
        elif _MORE.match(line) or not line.strip() or is_go_place(line) or _ADVICE.match(line):
            seen = seen or (seen is False and _ADVICE.match(line) is not None and number > 0)
        elif _GOROUTINE.match(line):
            seen = True
        elif _BACKTRACE.match(line):
            causes_below, listed, seen = False, True, True
        elif listed and (frame := backtrace_frame(line)):
            found.frames += [frame.name] if frame.name else []
        elif causes_below and (below := _BELOW.match(line)):
            found.chain.append(below["text"].strip())
        elif again := _PANIC_AGAIN.match(line):
            found.chain.append(_RECOVERED.sub("", again["text"]))
        elif python_frame(line):
            python = True
        elif (seen or number == 0 or not _needs_company(line)) and (
            frame := frame_of(line, lines[number + 1] if number + 1 < len(lines) else "")
        ):
            seen = True
            if hidden is None and frame.name:
                found.frames.append(frame.name)
        elif not seen and number < _MAX_PLAIN_LINES and not (found.before and line[:1].isspace()):
            found.before.append(line)
        elif (not seen or python) and not line[:1].isspace() and (exception := _EXCEPTION.match(line)):
            (found.chain if python else found.before).append(exception["text"])
            python = False
    if wrapped:  # the root cause comes first
        roots = [line for line in found.before if line.strip()]
        found.chain = [*reversed(wrapped[:-1]), *roots[-1:], *found.chain]
        found.before = [*roots[:-1], wrapped[-1]]
    return found


def _needs_company(line: str) -> bool:
    """Tell whether a line is a frame only behind others: a call, as Go writes it, may stand in any message."""
    return line.rstrip().endswith(")") and not line.lstrip().startswith(("at ", "from ", "#", "("))


def _opened(before: list[str]) -> tuple[list[str], list[str]]:
    """The lines before a trace without what does not tell the error (thread, place, the script's own line).

    The causes that .NET writes behind an exception come apart.
    """
    opened: list[str] = []
    causes: list[str] = []
    for number, line in enumerate(before):
        if (number == 0 and _SOURCE_LINE.match(line) and len(before) > 1) or _SCRIPT_LINE.match(line):
            continue
        thread = _THREAD.match(line)
        text = _RECOVERED.sub("", line[thread.end() :] if thread else line)
        if rust := _RUST_PANIC.match(text):
            text = rust["said"]
        elif ruby := _RUBY_FIRST.match(text):
            text = f"{ruby['kind']}: {ruby['said']}" if ruby["kind"] else ruby["said"]
        first, *inner = _INNER.split(text)
        opened.append(first)
        causes += inner
    return opened, causes


def _without_prefixes(lines: list[str]) -> list[str]:
    """Take off what syslog, a container or .NET's console puts before each line; the first lost it with its header."""
    if all(line.startswith(_CONSOLE_INDENT) or not line for line in lines[1:]):
        return [lines[0], *(line[len(_CONSOLE_INDENT) :] for line in lines[1:])]
    if not any(transport_end(line) for line in lines[1:3]):
        return lines
    return [
        lines[0][transport_end(lines[0]) :],
        *(_ESCAPED_TAB.sub("\t", line[transport_end(line) :]) for line in lines[1:]),
    ]


def _shorten(chain: list[str]) -> list[str]:
    if len(chain) <= _MAX_EXCEPTIONS:
        return chain
    return [*chain[: _MAX_EXCEPTIONS // 2], *chain[-_MAX_EXCEPTIONS // 2 :]]


def _plain(lines: list[str]) -> str:
    """Several lines that are no trace: all but what only says where; headers of later lines come off."""
    kept: list[str] = []
    for line in lines:
        span = header_span(line) if kept else None
        text = line[span.end :] if span else line
        if (span and span.level in _WITHOUT_MEANING) or _POSTGRES_SIDE.match(text):
            break
        if text.strip():
            kept.append(text.strip())
    return "\n".join(kept[:_MAX_PLAIN_LINES])


def is_frame(line: str) -> bool:
    """Tell whether a line of a condensed trace is a frame; nothing in it varies any more."""
    return is_clean_frame(line)


def condense(text: str) -> str:
    r"""Condense an event of several lines (reduced, without header) to the lines of its template.

    >>> trace = "a.BError: x\n\tat com.acme.Job.run(Job.java:0)\nCaused by: a.CError"
    >>> condense('Exception in thread "main" ' + trace).split("\n")
    ['a.BError: x', 'Caused by: a.CError', 'at com.acme.Job.run']
    """
    text = unwrap(text)
    if "\n" not in text and " at " in text:
        text = _INLINE.sub("\n", text)
    if "\n" not in text:
        thread = _THREAD.match(text)
        return text[thread.end() :] if thread else text
    lines = _without_prefixes(text.split("\n"))
    if not _is_trace(lines):
        return _plain(lines)
    python = any(_TRACEBACK.match(line) for line in lines) or python_frame(lines[0]) is not None
    found = _python_chain(lines) if python else _other_chain(lines)
    before, causes = _opened(found.before)
    chain = [*causes, *found.chain]
    if python and chain:
        before, chain = [*before, chain[0]], chain[1:]
    shown = [line.strip() for line in before if line.strip()]
    chain = list(dict.fromkeys(chain))
    unique = list(dict.fromkeys(found.frames))[:_MAX_FRAMES]
    return "\n".join(
        [*shown, *(f"Caused by: {link}" for link in _shorten(chain)), *(f"at {frame}" for frame in unique)]
    )
