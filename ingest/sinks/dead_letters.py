"""Rows that cannot be used: what they were, where they stood, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass

from knowledge_base.scrub import scrub

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
        "excerpt": scrub(letter.text[: 4 * EXCERPT_LENGTH])[:EXCERPT_LENGTH],
    }
    return json_line(row)


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def json_line(row: object) -> bytes:
    """Write a JSON line in UTF-8; half a surrogate pair, which UTF-8 has not, stays an escape."""
    try:
        return (_ENCODER.encode(row) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(row, default=str) + "\n").encode()
