"""Templates and lines cut into what varies and what stays, for pages that colour the two apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge_base.signature import FAMILY_OF, KINDS, PLACEHOLDER

SHOWN = 4000
MEANING_OF = {kind.name: kind.meaning for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text; ``kind`` and ``family`` are set where it is a variable, ``marked`` where it is evidence."""

    text: str
    kind: str = ""
    family: str = ""
    meaning: str = ""
    marked: bool = False


def template_segments(template: str) -> tuple[Segment, ...]:
    """Cut a template at its placeholders.

    >>> [(each.text, each.family) for each in template_segments("took <n> ms")]
    [('took ', ''), ('n', 'quantity'), (' ms', '')]
    """
    return tuple(_cut(template[:SHOWN]))


def _cut(text: str) -> Iterable[Segment]:
    end = 0
    for match in PLACEHOLDER.finditer(text):
        if match.start() > end:
            yield Segment(text[end : match.start()])
        kind = match.group()[1:-1]
        yield Segment(kind, kind, FAMILY_OF[kind].value, MEANING_OF[kind])
        end = match.end()
    if end < len(text):
        yield Segment(text[end:])


def marked_segments(text: str, words: Sequence[str]) -> tuple[Segment, ...]:
    """Mark whole words of a text, whatever their case; placeholders are cut out as in a template.

    >>> [each.text for each in marked_segments("Table not found: t1", ("table", "found")) if each.marked]
    ['Table', 'found']
    """
    wanted = sorted({re.escape(word) for word in words if word.strip()}, key=len, reverse=True)[:40]
    plain = template_segments(text)
    if not wanted:
        return plain
    pattern = re.compile("|".join(wanted), re.IGNORECASE)
    return tuple(piece for segment in plain for piece in _mark(segment, pattern))


def _mark(segment: Segment, pattern: re.Pattern[str]) -> Iterable[Segment]:
    if segment.kind:
        yield segment
        return
    text, end = segment.text, 0
    for match in pattern.finditer(text):
        if not _is_whole(text, match.start(), match.end()):
            continue
        if match.start() > end:
            yield Segment(text[end : match.start()])
        yield Segment(match.group(), marked=True)
        end = match.end()
    if end < len(text):
        yield Segment(text[end:])


def _is_whole(text: str, start: int, end: int) -> bool:
    """Latin words must not be torn out of longer ones; identifiers are torn at their capitals."""
    before, after = text[start - 1 : start], text[end : end + 1]
    left = before.isascii() and before.isalnum() and text[start].isascii() and not text[start].isupper()
    right = after.isascii() and after.islower() and text[end - 1].isascii()
    return not (left or right)


def line_segments(line: str, template: str) -> tuple[Segment, ...]:
    """Mark the values of a line: what stands where its template has placeholders.

    The constant pieces of the template are looked for one after the other; where one is missing
    (the template of a trace leaves frames out) the rest of the line stays unmarked.
    """
    line = line[:SHOWN]
    pieces = template_segments(template)
    found: list[Segment] = []
    place = 0
    open_kind: Segment | None = None
    for piece in pieces:
        if piece.kind:
            open_kind = piece
            continue
        constant = piece.text.split("\n")[0]
        if not constant.strip():
            continue
        at = line.find(constant, place)
        if at < 0:
            break
        if at > place:
            found.append(Segment(line[place:at], marked=open_kind is not None))
        found.append(Segment(constant))
        place, open_kind = at + len(constant), None
    if place < len(line):
        rest = line[place:]
        ends_open = open_kind is not None and bool(pieces) and pieces[-1] is open_kind and len(rest) < 200
        found.append(Segment(rest, marked=ends_open))
    return tuple(found)
