"""Which lines of an event its template is made of, and why the others are left out.

:func:`~knowledge_base.signature.traces.condense` is asked, not repeated: its lines are looked for in the
event, and what a line alone would have become tells why it was left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge_base.signature.headers.header import header_span
from knowledge_base.signature.headers.levels import SIDE_LEVELS
from knowledge_base.signature.traces import condense, is_frame
from knowledge_base.signature.tracing.explanation import LeftOut, Stage
from knowledge_base.signature.tracing.following import Note
from knowledge_base.signature.tracing.tracking import Tracked, unknown

_CAUSED_BY = "Caused by: "
_INLINE_FRAME = re.compile(r"\s+(?=at\s)")
_WORD = re.compile("[A-Za-z_]+")
_FRAME_LIKE = re.compile(r"\s*(?:at\s|File \"|\S+\.(?:go|rs|cs|rb|php|js|ts|py):0)")
_REPEATED = re.compile(r"\s*\.\.\. ?0? ")
_HEADING = re.compile(
    r"[\s+|]*(?:Exception Group )?(?:Traceback \(most|goroutine 0|Exception in thread|stack backtrace)"
)
_SUPPRESSED = re.compile(r"\s*Suppressed:")
_SIDE = re.compile(rf"\s*(?:{'|'.join(sorted(SIDE_LEVELS))})\s?[:：]")
# What stands before a frame in traces of the JVM and Node, of Python and of Go.
_BEFORE_A_FRAME = ("a.BError: x\n", "Traceback (most recent call last):\n", "goroutine 0 [running]:\n")


@dataclass(frozen=True, slots=True)
class _Use:
    """What a line became: a frame, or all behind its first ``prefix`` characters."""

    frame: str = ""
    prefix: int = 0


def follow_lines(body: Tracked) -> tuple[list[Tracked], list[Note]]:
    """Follow a message without its header to the lines that are masked."""
    condensed = condense(body.text)
    if condensed == body.text:
        return [body.part(start, end) for start, end in _bounds(body.text)], []
    if "\n" not in condensed and body.text.endswith(condensed):
        start = len(body.text) - len(condensed)
        return [body.part(start)], [_left_out(body.part(0, start), LeftOut.PREFIX)]
    bounds = list(_pieces(body.text))
    lines = [body.part(start, end) for start, end in bounds]
    used = dict[int, _Use]()
    made = [
        _source(line, lines, used, frame=number > 0 and is_frame(line))
        for number, line in enumerate(condensed.split("\n"))
    ]
    return made, list(_notes(body, bounds, used))


def _bounds(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Give the lines of an event; those of a trace that was pasted as one line too."""
    if "\n" in text:
        yield from _bounds(text)
        return
    start = 0
    for gap in _INLINE_FRAME.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _source(line: str, lines: list[Tracked], used: dict[int, _Use], *, frame: bool) -> Tracked:
    """Find the line that a line of the condensed event was made of."""
    if frame:
        for number, source in enumerate(lines):
            if number not in used and _holds_words(source.text, line.removeprefix("at ")):
                used[number] = _Use(frame=line)
                return unknown(line)
        return unknown(line)
    for wanted, added in ((line, ""), (line.removeprefix(_CAUSED_BY), _CAUSED_BY)):
        for number, source in enumerate(lines):
            text = source.text.rstrip()
            if number not in used and wanted and text.endswith(wanted):
                start = len(text) - len(wanted)
                used[number] = _Use(prefix=start)
                origins = [None] * (len(line) - len(wanted)) + list(source.origins[start : len(text)])
                return Tracked((added if wanted != line else "") + wanted, origins)
    return unknown(line)


def _holds_words(line: str, name: str) -> bool:
    place = 0
    for word in _WORD.findall(name):
        place = line.find(word, place)
        if place < 0:
            return False
        place += len(word)
    return True


def _notes(body: Tracked, bounds: list[tuple[int, int]], used: dict[int, _Use]) -> Iterator[Note]:
    """Tell of frames that stay and of lines that do not; neighbours that are left out alike are one step."""
    run: tuple[int, int] | None = None
    reason = LeftOut.OTHER
    after_frame = False
    for number, (start, end) in enumerate(bounds):
        line = body.text[start:end]
        indent = len(line) - len(line.lstrip())
        if indent == len(line):
            continue
        why = None if number in used else _reason(line, after_frame=after_frame)
        if run is not None and why is not reason:
            yield _left_out(body.part(*run), reason)
            run = None
        if why is None:
            use = used[number]
            if use.frame:
                yield Note(Stage.FRAME, "frame", body.origin(start + indent, end), line[indent:], use.frame)
            elif (before := line[: use.prefix]).strip() not in ("", _CAUSED_BY.strip()):
                yield _left_out(body.part(start, start + len(before.rstrip())), LeftOut.PREFIX)
        else:
            run, reason = (run[0] if run else start + indent, end), why
        after_frame = (why is None and bool(used[number].frame)) or why in (LeftOut.LIBRARY, LeftOut.DEEPER)
    if run is not None:
        yield _left_out(body.part(*run), reason)


def _left_out(line: Tracked, why: LeftOut) -> Note:
    return Note(Stage.LEFT_OUT, why.value, line.origin(0, len(line.text)), line.text, "")


def _reason(line: str, *, after_frame: bool) -> LeftOut:
    if _REPEATED.match(line):
        return LeftOut.REPEATED
    if _HEADING.match(line):
        return LeftOut.HEADING
    if _SUPPRESSED.match(line):
        return LeftOut.SUPPRESSED
    if _FRAME_LIKE.match(line) or line.endswith(")"):
        if any(is_frame(condense(before + line).split("\n")[-1]) for before in _BEFORE_A_FRAME):
            return LeftOut.DEEPER
        if _FRAME_LIKE.match(line):
            return LeftOut.LIBRARY
    if _SIDE.match(line) or header_span(line).level in SIDE_LEVELS:
        return LeftOut.SIDE
    return LeftOut.SOURCE if after_frame and line[:1].isspace() else LeftOut.OTHER
