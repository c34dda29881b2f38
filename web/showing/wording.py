"""What differs between two texts: line by line, and word by word within lines that were changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 2
MOST_LINES = 1_000
MOST_WORDS = 400
ALIKE = 0.3
WORD = re.compile(r"\s+|[\u3400-\u9fff]|\w+|[^\w\s]")


class Change(StrEnum):
    """What became of a line."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    NEW = "new"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; ``marked`` where the other side does not have it."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was and as it is; ``skipped`` counts the equal lines that are left out."""

    change: Change
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()
    skipped: int = 0


def compare(before: str, after: str) -> tuple[Line, ...]:
    r"""Compare two texts; equal lines far from any change are left out.

    >>> [line.change.value for line in compare("a\nb", "a\nc d")]
    ['same', 'gone', 'new']
    >>> compare("read for 30 days", "read for 60 days")[0].after
    (Piece(text='read for ', marked=False), Piece(text='60', marked=True), Piece(text=' days', marked=False))
    """
    old, new = _lines(before), _lines(after)
    return tuple(_folded(list(_compared(old, new))))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n") if text else []


def _compared(old: list[str], new: list[str]) -> Iterator[Line]:
    for tag, i, j, k, m in _steps(old, new):
        if tag == "equal":
            for line in old[i:j]:
                yield Line(Change.SAME, (Piece(line),), (Piece(line),))
            continue
        for place in range(max(j - i, m - k)):
            left = old[i + place] if i + place < j else None
            right = new[k + place] if k + place < m else None
            yield from _pair(left, right)


def _steps(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) > MOST_LINES:  # comparing takes the square of their number
        same = 0
        while same < min(len(old), len(new)) and old[same] == new[same]:
            same += 1
        return [("equal", 0, same, 0, same), ("replace", same, len(old), same, len(new))]
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _pair(left: str | None, right: str | None) -> Iterator[Line]:
    if left is not None and right is not None:
        words = WORD.findall(left), WORD.findall(right)
        if max(map(len, words)) <= MOST_WORDS:
            found = SequenceMatcher(None, *words, autojunk=False)
            if found.ratio() >= ALIKE:
                yield Line(Change.CHANGED, *_marked(found, *words))
                return
    if left is not None:
        yield Line(Change.GONE, before=(Piece(left, marked=True),))
    if right is not None:
        yield Line(Change.NEW, after=(Piece(right, marked=True),))


def _marked(found: SequenceMatcher[str], old: list[str], new: list[str]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    before, after = [], []
    for tag, i, j, k, m in found.get_opcodes():
        if i < j:
            before.append(Piece("".join(old[i:j]), marked=tag != "equal"))
        if k < m:
            after.append(Piece("".join(new[k:m]), marked=tag != "equal"))
    return tuple(before), tuple(after)


def _folded(lines: list[Line]) -> Iterator[Line]:
    """Leave out equal lines that are further from every change than the context reaches."""
    changed = [place for place, line in enumerate(lines) if line.change is not Change.SAME]
    near = {each for place in changed for each in range(place - CONTEXT, place + CONTEXT + 1)}
    skipped = 0
    for place, line in enumerate(lines):
        if place in near:
            if skipped:
                yield Line(Change.LEFT_OUT, skipped=skipped)
                skipped = 0
            yield line
        else:
            skipped += 1
    if skipped and changed:
        yield Line(Change.LEFT_OUT, skipped=skipped)
