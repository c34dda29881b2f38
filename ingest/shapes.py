"""The shape of a line, read once: what kind of line it is, and where its time, level and service stand.

Neither the kind of a line nor the extent of its header depends on which digits it holds, so all lines
that differ only in their digits share one shape. Reading headers is most of the work on a line;
logs repeat few shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from ingest.line_kinds import LineKind, kind_of
from knowledge_base.signature import read_header, read_time
from knowledge_base.signature.header import header_span

DIGITS = str.maketrans("123456789", "000000000")
CAPACITY = 20_000
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Shape:
    """``stamp`` and ``where`` are places in the line (both 0: nothing is there)."""

    kind: LineKind
    level: str
    stamp: tuple[int, int]
    where: tuple[int, int]


class Heading(NamedTuple):
    """What the header of a line says; ``at`` is None where it tells no time that exists."""

    at: datetime | None
    level: str
    service: str


class Shapes:
    """Remembers shapes by the line without its digits; bounded, and emptied when it is full.

    Lines that are long, indented, JSON or ambiguous have no shape here: they are read one by one.
    """

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._found: dict[str, Shape | None] = {}

    def of(self, line: str) -> Shape | None:
        """Give the shape of a single line."""
        if len(line) > LONGEST:
            return None
        key = line.translate(DIGITS)
        try:
            return self._found[key]
        except KeyError:
            if len(self._found) >= self._capacity:
                self._found.clear()
            shape = self._found[key] = _shape_of(line, key)
            return shape

    def heading(self, text: str, shape: Shape | None, *, now: datetime) -> Heading:
        """Read the header of an event whose first line has this shape, as ``read_header`` does."""
        if shape is None:
            header = read_header(text, now=now)
            return Heading(header.at, header.level, header.service)
        start, end = shape.stamp
        at = read_stamp(text[start:end], now=now) if end else None
        start, end = shape.where
        return Heading(at, shape.level, text[start:end])


def read_stamp(stamp: str, *, now: datetime) -> datetime | None:
    """Read a time as ``read_time`` does; the layout that most logs have, at once.

    >>> read_stamp("2024-06-11 10:22:33,123", now=datetime.now(UTC)).isoformat()
    '2024-06-11T10:22:33.123000+00:00'
    """
    if (
        stamp[:2] in ("19", "20")
        and len(stamp) in (19, 23, 26)
        and stamp[4] == stamp[7] == "-"
        and stamp[10] in " T"
        and stamp.isascii()
    ):
        try:
            found = datetime.fromisoformat(stamp)
        except ValueError:
            return read_time(stamp, now=now)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else read_time(stamp, now=now)
    return read_time(stamp, now=now)


def _shape_of(line: str, key: str) -> Shape | None:
    if not line or line[0].isspace() or line[0] == "{" or "\n" in line:
        return None
    span = header_span(line)
    header = read_header(line)
    stamp, where = _place(span.stamp, line, key, span.end), _place(span.where, line, key, span.end)
    if stamp is None or where is None or any(character.isdigit() for character in header.level):
        return None
    return Shape(kind_of(line), header.level, stamp, where)


def _place(part: str, line: str, key: str, end: int) -> tuple[int, int] | None:
    """Find a part of the header; None where its place would not be certain in a line with other digits."""
    if not part:
        return (0, 0)
    start = line.find(part, 0, end)
    shape = part.translate(DIGITS)
    if start < 0 or key.find(shape) != start or key.find(shape, start + 1, end) >= 0:
        return None
    return (start, start + len(part))
