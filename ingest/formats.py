"""What the lines of a source are: plain log lines or JSON rows."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import PurePath

from ingest.rows import TEXT_FIELDS

SNIFFED_BYTES = 1 << 16
SNIFFED_ROWS = 5
JSON_SUFFIXES = frozenset({".jsonl", ".ndjson"})


class Format(StrEnum):
    """How the lines of a source are read."""

    AUTO = "auto"
    PLAIN = "plain"
    JSONL = "jsonl"


def guess(title: str, head: bytes) -> Format:
    """Tell from its name and first bytes how a source is to be read.

    JSON rows are those that hold a text under one of the names that Kea knows; where the first
    rows are broken the suffix of the name decides.

    >>> guess("app.log", b'{"id": 1, "text": "disk full"}')
    <Format.JSONL: 'jsonl'>
    >>> guess("app.log", b"[1] disk full")
    <Format.PLAIN: 'plain'>
    """
    rows = [row for row in head.split(b"\n") if row.strip()]
    if len(head) >= SNIFFED_BYTES and len(rows) > 1:
        rows.pop()  # it may have been cut
    verdicts = [_holds_text(row) for row in rows[:SNIFFED_ROWS]]
    if verdicts and all(verdicts):
        return Format.JSONL
    looks_like_rows = PurePath(title.removesuffix(".gz")).suffix.lower() in JSON_SUFFIXES
    return Format.JSONL if looks_like_rows else Format.PLAIN


def _holds_text(row: bytes) -> bool:
    try:
        found = json.loads(row)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and any(isinstance(found.get(name), str) for name in TEXT_FIELDS)
