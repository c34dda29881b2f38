"""What an error says, in the reader's language: its English sentence is found again in a catalogue of its own.

Errors are raised far below the pages, where nobody knows who reads them, and their messages hold values already. So
the catalogue has each message as it stands in the code, with ``%(1)s``, ``%(2)s`` for what is filled in. A translation
writes ``%(said1)s`` where the value is a message or a word of Kea's own, to be translated too; names never are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from web.showing.language import CATALOGUE, CHINESE, read_catalogue

REFUSALS = CATALOGUE.with_name("refusals.po")
LONGEST = 4000
"""Longer messages stay as they are."""
PLACE = re.compile(r"%\(\d\)s")
DEPTH = 3
"""A value may be a message itself, as in "line 3: ..."; so deep is looked."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message between whose ``parts`` values stand, and its translation."""

    parts: tuple[str, ...]
    said: str

    @property
    def weight(self) -> int:
        """How much of a message is fixed: the one that says most itself is meant."""
        return sum(map(len, self.parts))


def told(message: str, language: str) -> str:
    """Give an error's message in a language; in English where it is not translated.

    >>> told("the name has 99 characters, 80 are allowed", "zh")
    '名称有 99 个字符，最多 80 个'
    >>> told("the name has 99 characters, 80 are allowed", "en")
    'the name has 99 characters, 80 are allowed'
    """
    return message if language != CHINESE else _told(message, DEPTH)


@lru_cache(maxsize=256)
def _told(message: str, depth: int) -> str:
    whole, open_ones = _read()
    if message in whole:
        return whole[message]
    if len(message) > LONGEST or not depth:
        return message
    for each in open_ones:
        values = _values(message, each.parts)
        if values is not None:
            numbered = {str(place): value for place, value in enumerate(values, start=1)}
            return each.said % (
                numbered | {f"said{place}": _told(value, depth - 1) for place, value in numbered.items()}
            )
    return message


def _values(message: str, parts: Sequence[str]) -> list[str] | None:
    """Read what stands between the parts, from left to right and without going back: messages hold what people write.

    >>> _values("there is no x in y", ("there is no ", " in ", ""))
    ['x', 'y']
    """
    first, *middle, last = parts
    if not message.startswith(first) or not message.endswith(last):
        return None
    begin, end = len(first), len(message) - len(last)
    values = []
    for part in middle:
        found = message.find(part, begin, end)
        if found < 0:
            return None
        values.append(message[begin:found])
        begin = found + len(part)
    return [*values, message[begin:end]] if begin <= end else None


@cache
def _read(path: Path = REFUSALS) -> tuple[dict[str, str], tuple[Refusal, ...]]:
    """Read the messages without values, and those with some, the most telling first."""
    whole, open_ones = {}, []
    for text, (said, *_) in read_catalogue(path).items():
        parts = tuple(PLACE.split(text))
        if len(parts) == 1:
            whole[text] = said
        else:
            open_ones.append(Refusal(parts, said))
    return whole, tuple(sorted(open_ones, key=lambda each: -each.weight))
