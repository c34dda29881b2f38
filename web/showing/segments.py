"""Templates and lines cut into what varies and what stays, for pages that colour the two apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge_base.signature import FAMILY_OF, KINDS, PLACEHOLDER
from knowledge_base.types import Mark

SHOWN = 4000
_BETWEEN = re.compile(r"[ _-]?")
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


def marked_template(template: str, marks: Sequence[Mark]) -> tuple[Segment, ...]:
    """Cut a template at its placeholders and at marks, which do not overlap and stand in order.

    >>> [(each.text, each.marked) for each in marked_template("No <table> here", [Mark(3, 10, "concept", "table")])]
    [('No ', False), ('table', True), (' here', False)]
    """
    template = template[:SHOWN]
    found: list[Segment] = []
    for piece in with_marks(template, marks):
        found += [replace(each, marked=piece.marked) for each in template_segments(piece.text)]
    return tuple(found)


def with_marks(text: str, marks: Sequence[Mark]) -> tuple[Segment, ...]:
    """Cut a text at marks, which do not overlap and stand in order; what is marked side by side is one piece.

    >>> found = [Mark(0, 5, "word", "table"), Mark(6, 14, "concept", "not-found")]
    >>> [(each.text, each.marked) for each in with_marks("Table NotFound: t1", found)]
    [('Table NotFound', True), (': t1', False)]
    """
    runs: list[tuple[int, int]] = []
    for mark in marks:
        if mark.end > len(text):
            break
        if runs and _BETWEEN.fullmatch(text, runs[-1][1], mark.start):
            runs[-1] = (runs[-1][0], mark.end)
        else:
            runs.append((mark.start, mark.end))
    found: list[Segment] = []
    behind = 0
    for start, end in runs:
        found += [Segment(text[behind:start]), Segment(text[start:end], marked=True)]
        behind = end
    return tuple(each for each in (*found, Segment(text[behind:])) if each.text)


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
