"""Stack traces: what of several lines is the error.

A trace becomes its chain of exceptions, from the outermost to the root cause, each with its message,
and behind them the top two frames of the user's own code, without line numbers, lambdas and proxies.
The output reads as a trace itself, so that reducing it once more changes nothing.
"""

from __future__ import annotations

import re

from knowledge_base.signature.header import CHINESE_LEVELS, SIDE_LEVELS, header_span

_MAX_EXCEPTIONS = 8
_MAX_FRAMES = 2
_MAX_PLAIN_LINES = 20
_JAVA_FRAME = re.compile(
    r"\s*at\s+(?=\S*[.:])(?P<name>(?:[\w.-]+@?[\w.]*/{1,2})?[\w.$<>:#/-]{1,300})\s?(?:\([^()]{0,300}\))?[^\w]*(?:\[[^\]]*\])?\s*$"
)
_CLEAN_FRAME = re.compile(r"at [A-Za-z_.$:#/*-]{1,400}")
_NODE_FRAME = re.compile(r"\s*at\s+(?P<name>(?:async\s|new\s)?[\w.$<>\[\]\s]{1,200})\s\((?P<file>[^()\s]{1,300})\)\s*$")
_PYTHON_FRAME = re.compile(r'\s*File "(?P<file>[^"\n]{1,400})", line [0-9]+(?:, in (?P<name>[\w<>.]{1,200}))?\s*$')
_GO_FUNCTION = re.compile(r"(?P<name>[\w./*()-]{1,200}\.[\w.*()-]{1,120})\([^\n]{0,400}\)\s*$")
_GO_PLACE = re.compile(r"\s+\S+\.go:[0-9]+(?:\s\+\S+)?\s*$")
# A trace that was pasted as one line.
_INLINE = re.compile(
    r"\s+(?=at [\w.$<>/]{1,300}\([\w.$]{1,100}:[0-9]+\)|at [\w.$<>]{1,300}\((?:Native Method|Unknown Source)\))"
)
_MORE = re.compile(r"\s*\.\.\.\s[0-9]+\s(?:more|common frames omitted|shared with parent)|\s*\.\.\. \d+ frames")
_CAUSE = re.compile(r"\s*(?:Caused by|Wrapped by|Causes?|Nested exception is)\s?:\s*(?P<text>\S.*)$")
_SUPPRESSED = re.compile(r"\s+Suppressed:\s")
_THREAD = re.compile(r"Exception in thread (?:\"[^\"\n]{0,200}\"|\S{1,200})\s")
_TRACEBACK = re.compile(r"\s*(?:[+|]\s*)*(?:Exception Group )?Traceback \(most recent call last\)\s?:\s*$")
_BETWEEN = re.compile(
    r"\s*(?:During handling of the above exception, another|The above exception was the direct cause)"
)
_EXCEPTION = re.compile(
    r"\s*(?P<text>(?:[A-Za-z_]\w*\.)*[A-Z_]\w*(?:Exception|Error|Throwable|Exit|Interrupt|Failure|Warning|Fault)\b.*)$"
)
_GOROUTINE = re.compile(r"goroutine [0-9]+ \[")
_PANIC = re.compile(r"(?:panic|fatal error|runtime error)\s?:\s")
_WITHOUT_MEANING = SIDE_LEVELS - {"DETAIL"}
_SIDE_WORDS = [*_WITHOUT_MEANING, *(word for word, level in CHINESE_LEVELS.items() if level in _WITHOUT_MEANING)]
_POSTGRES_SIDE = re.compile(rf"(?:{'|'.join(sorted(_SIDE_WORDS))})\s?[:：]\s")
_LIBRARY = re.compile(
    r"(?:java|javax|jdk|sun|com\.sun|scala|kotlin|akka|io\.netty|io\.grpc|org\.(?:apache|spark|springframework|eclipse|jetbrains|junit"
    r"|hibernate|postgresql|sparkproject|slf4j)|com\.(?:fasterxml|google\.common|mysql|zaxxer|esotericsoftware)|py4j|runtime|internal"
    r"|node:|reactor)\b[./$]|java\.base/|.*(?:\$\$|CGLIB|GeneratedMethodAccessor|\$Proxy)"
)
_LIBRARY_FILE = re.compile(
    r"(?:lib(?:64)?/python|site-packages|dist-packages|<frozen|node_modules|node:|/pyspark/|importlib)"
)
_NOISE = re.compile(
    r"(?:\$\$Lambda.*|\$\$anonfun\$.*|\$anonfun\$.*|\$lambda\$.*|lambda\$|\$\$.*|\$[0-9]+|<\w*>|/0x\w+)"
)


def _java_name(name: str) -> str:
    """A frame without module, lambda and proxy parts and digits."""
    name = _NOISE.sub("", name.rsplit("/", 1)[-1])
    return re.sub(r"[^A-Za-z_.$:#-]", "", name).rstrip(".$")


def _script_name(file: str, name: str | None) -> str:
    base = re.split(r"[/\\]", file)[-1]
    return re.sub(r"[^A-Za-z_.:-]", "", f"{base}:{name or 'module'}")


def _is_trace(lines: list[str]) -> bool:
    return any(
        _CAUSE.match(line)
        or _TRACEBACK.match(line)
        or _GOROUTINE.match(line)
        or _JAVA_FRAME.match(line)
        or _NODE_FRAME.match(line)
        for line in lines
    )


def _python_chain(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Split a text with Python tracebacks: lines before, chain (outermost first), frames of the user."""
    before: list[str] = []
    chain: list[str] = []
    stacks: list[list[str]] = []
    inside = False
    for line in lines:
        if _TRACEBACK.match(line):
            inside = True
            stacks.append([])
        elif not inside:
            if not chain and line.strip() and not _BETWEEN.match(line):
                before.append(line)
        elif frame := _PYTHON_FRAME.match(line):
            if not _LIBRARY_FILE.search(frame["file"]):
                stacks[-1].append(_script_name(frame["file"], frame["name"]))
        elif line.strip() and not line[:1].isspace():
            chain.append(line.strip())
            inside = False
    # Python prints the root first, and of each traceback the innermost call last.
    return before, chain[::-1], [frame for stack in reversed(stacks) for frame in reversed(stack)]


def _other_chain(lines: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Split a text with traces of the JVM, Node or Go in the same way."""
    before: list[str] = []
    chain: list[str] = []
    frames: list[str] = []
    seen_trace = suppressed = False
    for number, line in enumerate(lines):
        if cause := _CAUSE.match(line):
            suppressed = False
            chain.append(cause["text"].strip())
            seen_trace = True
        elif _SUPPRESSED.match(line):
            suppressed = seen_trace = True
        elif frame := _NODE_FRAME.match(line):
            seen_trace = True
            if not suppressed and not _LIBRARY_FILE.search(frame["file"]):
                frames.append(_script_name(frame["file"].rsplit(":", 2)[0], frame["name"]))
        elif frame := _JAVA_FRAME.match(line):
            seen_trace = True
            if not suppressed and not _LIBRARY.match(frame["name"]) and (name := _java_name(frame["name"])):
                frames.append(name)
        elif _GOROUTINE.match(line):
            seen_trace = True
        elif _MORE.match(line) or not line.strip() or _GO_PLACE.match(line):
            continue
        elif seen_trace and (function := _GO_FUNCTION.match(line)):
            if not _LIBRARY.match(function["name"]) and function["name"] != "panic":
                frames.append(re.sub(r"[^A-Za-z_./*-]", "", function["name"]))
        elif not seen_trace and number < _MAX_PLAIN_LINES and not (chain or (before and line[:1].isspace())):
            before.append(line)
        elif not seen_trace and (exception := _EXCEPTION.match(line)):
            before.append(exception["text"])
    return before, chain, frames


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
    return _CLEAN_FRAME.fullmatch(line) is not None


def condense(text: str) -> str:
    r"""Condense an event of several lines (reduced, without header) to the lines of its template.

    >>> trace = "a.BError: x\n\tat com.acme.Job.run(Job.java:0)\nCaused by: a.CError"
    >>> condense('Exception in thread "main" ' + trace).split("\n")
    ['a.BError: x', 'Caused by: a.CError', 'at com.acme.Job.run']
    """
    if "\n" not in text and " at " in text:
        text = _INLINE.sub("\n", text)
    if "\n" not in text:
        thread = _THREAD.match(text)
        return text[thread.end() :] if thread else text
    lines = text.split("\n")
    if not _is_trace(lines):
        return _plain(lines)
    python = any(_TRACEBACK.match(line) for line in lines)
    before, chain, frames = _python_chain(lines) if python else _other_chain(lines)
    before = [line[thread.end() :] if (thread := _THREAD.match(line)) else line for line in before]
    if python and chain:
        before, chain = [*before, chain[0]], chain[1:]
    shown = [line.strip() for line in before if line.strip()]
    unique = list(dict.fromkeys(frames))[:_MAX_FRAMES]
    return "\n".join(
        [*shown, *(f"Caused by: {link}" for link in _shorten(chain)), *(f"at {frame}" for frame in unique)]
    )
