"""Rows that cannot be used: what they were, where they stood, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.scrub import scrub
from knowledge_base.store.intake.source_log import REFUSED_AT_ONCE

EXCERPT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row or a whole file that was not read; ``offset`` is its place in the source."""

    source: str
    offset: int
    reason: str
    text: str = ""


def dead_letter_row(letter: DeadLetter) -> bytes:
    """Write a dead letter as a JSON line; of its text only a scrubbed beginning."""
    row = {
        "source": letter.source,
        "offset": letter.offset,
        "reason": letter.reason,
        "excerpt": _excerpt(letter),
    }
    return json_line(row)


def refused_rows(letters: Sequence[DeadLetter]) -> list[tuple[int, str, str]]:
    """Give place, reason and scrubbed beginning of the last ones, as people are shown them."""
    return [(letter.offset, letter.reason, _excerpt(letter)) for letter in letters[-REFUSED_AT_ONCE:]]


def _excerpt(letter: DeadLetter) -> str:
    return scrub(letter.text[: 4 * EXCERPT_LENGTH])[:EXCERPT_LENGTH]


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def json_line(row: object) -> bytes:
    """Write a JSON line in UTF-8; half a surrogate pair, which UTF-8 has not, stays an escape."""
    try:
        return (_ENCODER.encode(row) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(row, default=str) + "\n").encode()
