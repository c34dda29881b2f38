"""The shape of a line, read once: what kind of line it is, and where its time, level and service stand.

A line is looked at without its digits: each run of them is one ``0``. Neither the kind of a line nor the extent of its
header depends on them, so all lines that are the same without them share one shape. Reading headers is most of the
work on a line; logs repeat few shapes. What a shape says follows from the line alone, never from
which line with that shape was met first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from ingest.line_kinds import LineKind, kind_of
from ingest.stamps import read_stamp
from knowledge_base.signature import read_header
from knowledge_base.signature.headers.header import HeaderSpan, header_span
from knowledge_base.signature.headers.reading import level_name
from knowledge_base.signature.recall.collapsing import collapse_all
from knowledge_base.signature.recall.memory import Memory

CAPACITY = 40_000
LONGEST = 500
# "}12" closes something, "}123" does not: where so little is left of a line, its length counts.
SHORTEST = 3
_RUNS = re.compile("[0-9]+")
_USUAL = re.compile(r"0-0-0[T ]0:0:0(?:[.,]0)?(?:Z| UTC)?|0/0/0 0:0:0")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: characters and runs of digits before it, and in it, in a line without its digits."""

    start: int
    length: int
    runs_before: int
    runs: int

    def cut(self, line: str) -> str:
        """Cut the part out of a line."""
        before = self.runs_before
        more = [found.end() - found.start() - 1 for found in islice(_RUNS.finditer(line), before + self.runs)]
        start = self.start + sum(more[:before])
        return line[start : start + self.length + sum(more[before:])]


@dataclass(frozen=True, slots=True)
class Shape:
    """What lines have in common that differ only in their digits.

    ``is_read``: nothing is known of the header, which has to be read from each line. ``stamp`` is a pattern, to be
    matched at ``start``, for the usual layouts. ``service`` is a place where it holds digits.
    """

    kind: LineKind
    is_short: bool
    is_read: bool = False
    level: str = ""
    service: str | Place = ""
    stamp: re.Pattern[str] | Place | None = None
    start: int = 0


class Heading(NamedTuple):
    """What the header of a line says; ``at`` is None where it tells no time that exists."""

    at: datetime | None
    level: str
    service: str


class Shapes:
    """Remembers shapes; bounded. Not safe to be shared by threads.

    The header of a line that is long, indented, JSON or ambiguous is read from the line itself.
    """

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._found: Memory[str, Shape] = Memory(capacity)

    def of(self, line: str) -> Shape:
        """Give the shape of a single line."""
        return self._of_key(line, "" if len(line) > LONGEST else _RUNS.sub("0", line))

    def of_all(self, lines: Sequence[str]) -> list[Shape]:
        """Give the shapes of lines, as :meth:`of` does for each."""
        collapsed = collapse_all([line if len(line) <= LONGEST else "" for line in lines])
        if collapsed is None:
            return [self.of(line) for line in lines]
        found = self._found.get_all(collapsed.texts)
        return [
            shape if shape is not None else self._of_key(line, key)
            for line, key, shape in zip(lines, collapsed.texts, found, strict=True)
        ]

    def heading(self, text: str, shape: Shape, *, now: datetime) -> Heading:
        """Read the header of an event whose first line has this shape, as ``read_header`` does."""
        if shape.is_read:
            header = read_header(text, now=now)
            return Heading(header.at, header.level, header.service)
        stamp, service, at = shape.stamp, shape.service, None
        if isinstance(stamp, Place):
            at = read_stamp(stamp.cut(text), now=now)
        elif stamp is not None and (found := stamp.match(text, shape.start)):
            at = read_stamp(found[0], now=now)
        return Heading(at, shape.level, service if isinstance(service, str) else service.cut(text))

    def _of_key(self, line: str, key: str) -> Shape:
        if len(line) > LONGEST or len(key) <= SHORTEST or len(key.strip()) <= SHORTEST:
            return Shape(kind_of(line), is_short=len(line) <= LONGEST, is_read=True)
        shape = self._found.get(key)
        if shape is None:
            shape = self._found[key] = _shape_of(key)
        return shape


def _shape_of(key: str) -> Shape:
    kind = kind_of(key)
    if key[0].isspace() or key[0] == "{" or "\n" in key:
        return Shape(kind, is_short=True, is_read=True)
    span = header_span(key)
    stamp, service = _place(span.stamp, key, span.end), _place(span.where, key, span.end)
    if stamp is None or service is None or (key[-1].isspace() and not _is_same(span, header_span(key.rstrip()))):
        return Shape(kind, is_short=True, is_read=True)
    return Shape(
        kind,
        is_short=True,
        level=level_name(span.level),
        service=service if service.runs else span.where,
        stamp=((not stamp.runs_before and _pattern_of(span.stamp)) or stamp) if span.stamp else None,
        start=stamp.start,
    )


def _is_same(one: HeaderSpan, other: HeaderSpan) -> bool:
    """Tell whether two headers say the same: the text behind the first line of an event hides white space."""
    return (one.stamp, one.level, one.where) == (other.stamp, other.level, other.where)


def _place(part: str, key: str, end: int) -> Place | None:
    """Find a part of the header; None where it could be one of several places."""
    start = key.find(part, 0, end)
    if start < 0 or (start > 0 and key.find(part, start + 1, end) >= 0):
        return None
    return Place(start, len(part), key.count("0", 0, start), part.count("0"))


@lru_cache(maxsize=64)
def _pattern_of(stamp: str) -> re.Pattern[str] | None:
    """Give what finds the end of a stamp in a line; only for the usual layouts, which are few."""
    if not _USUAL.fullmatch(stamp):
        return None
    return re.compile(re.escape(stamp).replace("0", "[0-9]+"))
