"""The head of a source: what tells that a file is still the same one, though it grew."""

from __future__ import annotations

import xxhash

HEAD_BYTES = 4096


def head_of(data: bytes) -> str:
    """Name the first bytes of a source: how many they are, and their hash.

    >>> head_length(head_of(b"abc"))
    3
    """
    return f"{len(data)}:{xxhash.xxh3_128_hexdigest(data)}"


def head_length(head: str) -> int:
    """Tell how many bytes a head was made of; 0 for none."""
    digits = head.partition(":")[0]
    return int(digits) if digits.isdigit() else 0
