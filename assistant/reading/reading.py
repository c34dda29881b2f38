"""A message, read: mark-up off, then the errors in it and what is said around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.reading.characters import mended
from assistant.reading.events import Event, events_of
from assistant.reading.fences import parts_of
from assistant.reading.looks import Look, is_trace_line, look_of
from assistant.reading.marks import item_of, listed_in, ticked, without_decoration, without_marks, without_quotation
from assistant.reading.message import ErrorText, Message
from assistant.reading.mixed import holds_error, span_in
from assistant.reading.passages import looks_of, passages_of
from assistant.reading.rows import UNREAD, Row
from assistant.reading.screen import unscreened
from assistant.reading.tokens import decoded
from knowledge_base.signature import sign

LIMIT = 100_000
"""Characters of a message that are read; what is behind them is prose."""
MOST_LINES = 1_500
"""Lines at the beginning, and lines at the end, that are read; those between them stay in the plain text."""
MOST_ERRORS = 40
SHORTEST_LINE = 3
SIGNED = 8_000
_DIGITS = re.compile(r"[0-9]+")
_NOTHING = re.compile(r"[\W_]*+(?:[0-9]{1,2}[.)、]?)?[\W_]*+")
_BLANKS = re.compile(r"\n{3,}")


def read_message(text: str) -> Message:
    r"""Read a message as it was typed, pasted or sent; takes time in proportion to its length and raises nothing.

    >>> message = read_message("hi <@U1>, our job says ```ORA-00942: table or view does not exist``` any idea?")
    >>> [error.text for error in message.errors], message.prose
    (['ORA-00942: table or view does not exist'], 'hi, our job says\nany idea?')
    """
    head, rest = text[:LIMIT], text[LIMIT:]
    rows = _all_rows(mended(head))
    looks = looks_of(rows)
    # What is said in words keeps no marks; in what may be an error each mark may be part of it.
    rows = [
        replace(row, text=without_marks(row.text)) if look is Look.WORDS else row
        for row, look in zip(rows, looks, strict=True)
    ]
    starts = _starts(rows)
    plain = "\n".join(row.text for row in rows)
    runs = passages_of(rows, looks)
    found: list[ErrorText] = []
    passage = -1
    for run in runs:
        for place, event in enumerate(events_of(rows, looks, run)):
            passage += place == 0 or rows[event.first].item  # who lists errors sets them apart
            start, end = _span(rows, starts, event)
            found.append(ErrorText(plain[start:end], start, end, passage))
    errors = _without_repeats(found)
    taken = {number for run in runs for number in run}
    taken.update(number for number, row in enumerate(rows) if row.block == UNREAD)
    prose = _prose(rows, starts, taken, errors) + ("" if errors else rest)
    return Message(plain + rest, prose, errors)


def _all_rows(text: str) -> list[Row]:
    lines = text.split("\n")
    if len(lines) <= 2 * MOST_LINES:
        return _rows(text)
    middle = [Row(line, UNREAD) for line in lines[MOST_LINES:-MOST_LINES]]
    return [*_rows("\n".join(lines[:MOST_LINES])), *middle, *_rows("\n".join(lines[-MOST_LINES:]))]


def _rows(text: str) -> list[Row]:
    rows: list[Row] = []
    block = 0
    for part in parts_of(text):
        if part.code:
            block += 1
            lines = unscreened(decoded(part.text, code=True).split("\n"))
            rows += [Row(line.rstrip(), block) for line in lines]
            continue
        given = decoded(part.text).split("\n")
        bare = [without_quotation(line) for line in given]
        quoted = {one for one, other in zip(bare, given, strict=True) if one != other}
        for line in unscreened(bare):
            typed = _typed(line.rstrip(), block)
            if line in quoted:
                typed = [replace(row, shown=True) for row in typed]
            block = max(block, *(row.block for row in typed))
            rows += typed
    return rows


def _typed(line: str, block: int, *, is_item: bool = False) -> list[Row]:
    """Give the rows of a line that was typed: more than one where an error stands in it as code, or a list does."""
    if len(line) < SHORTEST_LINE or is_trace_line(line):
        return [Row(line)]
    # What a piece of a list holds is no list again: that would have no end.
    listed = [] if is_item else listed_in(line)
    if len(listed) > 1 and sum(_shows(each) for each in listed) > 1:
        rows: list[Row] = []
        for number, each in enumerate(listed):
            rows += [replace(row, item=row.item or number > 0) for row in _typed(each, block, is_item=True)]
            block = max(block, *(row.block for row in rows))
        return rows
    item = item_of(line)
    if item is not None and not _shows(without_decoration(item)) and "`" not in item:
        item = None
    said = without_decoration(line if item is None else item)
    pieces = ticked(said)
    if not pieces:
        return [Row(said, item=item is not None)]
    around = "".join(
        said[end:start]
        for end, start in zip([0, *(p.end() for p in pieces)], [*(p.start() for p in pieces), len(said)], strict=True)
    )
    if _shows(around):
        return [Row(said, item=item is not None)]
    rows = []
    at = 0
    for piece in pieces:
        code = piece["said"]
        if not _shows(code) and (around.strip() or len(code.split()) < 3):
            continue
        block += 1
        rows += [Row(said[at : piece.start()].rstrip(), said=True), Row(code.strip(), block)]
        at = piece.end()
    if not rows:
        return [Row(said, item=item is not None)]
    rows.append(Row(said[at:].strip(), said=True))
    return [row for row in rows if row.text]


def _shows(text: str) -> bool:
    return look_of(text) in (Look.ERROR, Look.TRACE) or holds_error(text)


def _starts(rows: Sequence[Row]) -> list[int]:
    starts, at = [], 0
    for row in rows:
        starts.append(at)
        at += len(row.text) + 1
    return starts


def _span(rows: Sequence[Row], starts: Sequence[int], event: Event) -> tuple[int, int]:
    """Tell where an event begins and ends in the plain text, without what is said on its first and last line."""
    first, last = rows[event.first], rows[event.last]
    begin = 0 if first.block else span_in(first.text)[0]
    end = len(last.text) if last.block else span_in(last.text)[1]
    begin += len(first.text[begin:]) - len(first.text[begin:].lstrip(" \t>"))
    start, stop = starts[event.first] + begin, starts[event.last] + len(last.text[:end].rstrip())
    return start, max(start, stop)


def _without_repeats(errors: Sequence[ErrorText]) -> tuple[ErrorText, ...]:
    """Keep the first of those that differ only in their variables."""
    rough: dict[str, ErrorText] = {}
    for error in errors:
        if error.text and len(rough) < MOST_ERRORS:
            rough.setdefault(_DIGITS.sub("0", error.text), error)
    if len(rough) < 2:
        return tuple(rough.values())
    signed: dict[str, ErrorText] = {}
    for error in rough.values():
        signed.setdefault(sign(error.text[:SIGNED]).fingerprint, error)
    return tuple(signed.values())


def _prose(rows: Sequence[Row], starts: Sequence[int], taken: set[int], errors: Sequence[ErrorText]) -> str:
    pieces: list[str] = []
    for number, row in enumerate(rows):
        if number not in taken:
            pieces.append(row.text)
            continue
        begin, end = starts[number], starts[number] + len(row.text)
        for error in errors:
            if begin < error.start < end:
                pieces.append(row.text[: error.start - begin])
            if begin < error.end < end:
                pieces.append(row.text[error.end - begin :])
    said = [piece.strip() if piece.strip() else "" for piece in pieces]
    kept = [piece for piece in said if not piece or not _NOTHING.fullmatch(piece)]
    return _BLANKS.sub("\n\n", "\n".join(kept)).strip()
