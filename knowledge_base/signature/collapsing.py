"""The digits of many texts at once: each run becomes one ``0``, in one pass over an array of bytes.

A text that was collapsed tells nearly everything about its signature, and there are few of them, so what a text
costs is this pass and a look into a dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SEPARATOR = "\x1e"
_SEPARATOR_BYTE, _ZERO, _PLUS, _SPACE, _HYPHEN = 0x1E, 0x30, 0x2B, 0x20, 0x2D
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
# Lengths of telephone, card and identity numbers, and of the first group of one that is written in groups.
_LENGTHS = np.zeros(64, np.bool_)
_LENGTHS[[11, 15, 16, 17, 18, 19]] = True
_GROUP = 4
_WORD = np.zeros(256, np.bool_)
_WORD[[*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), 0x5F, 0x2E, 0x2D]] = True
_AT_ONCE = 4_000_000

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Collapsed:
    """Texts without their digits, and the numbers of those that may hold a telephone, card or identity number."""

    texts: list[str]
    with_number: list[int]


def collapse_all(texts: Sequence[str]) -> Collapsed | None:
    """Collapse texts; None where one holds the separator or cannot be encoded, or where they are too long together.

    >>> collapse_all(["disk 12 of 345", "call 13800138000"])
    Collapsed(texts=['disk 0 of 0', 'call 0'], with_number=[1])
    """
    joined = SEPARATOR.join(texts)
    if not joined or len(joined) > _AT_ONCE:
        return None
    try:
        data: Bytes = np.frombuffer(joined.encode().translate(_ZEROS), np.uint8)
    except UnicodeEncodeError:
        return None
    is_digit = data == _ZERO
    keep = np.empty(len(data), np.bool_)
    keep[0] = True
    np.invert(is_digit[1:] & is_digit[:-1], out=keep[1:])
    collapsed = np.compress(keep, data).tobytes().decode().split(SEPARATOR)
    if len(collapsed) != len(texts):
        return None
    return Collapsed(collapsed, _with_number(data, is_digit))


def _with_number(data: Bytes, is_digit: npt.NDArray[np.bool_]) -> list[int]:
    """Find texts with a number of such a length, or in groups, or behind a plus sign; a few too many."""
    borders = np.flatnonzero(is_digit[1:] != is_digit[:-1]) + 1
    if is_digit[0]:
        borders = np.concatenate(([0], borders))
    if len(borders) % 2:
        borders = np.append(borders, len(data))
    starts, ends = borders[::2], borders[1::2]
    if not len(starts):
        return []
    lengths = ends - starts
    before = data[starts - 1]
    begins = ~_WORD[before]
    begins[0] |= starts[0] == 0
    found = begins & _LENGTHS[np.minimum(lengths, 63)]
    found |= before == _PLUS
    grouped = (lengths[:-1] >= 3) & (lengths[:-1] <= _GROUP) & (lengths[1:] >= _GROUP)
    grouped &= (starts[1:] - ends[:-1] == 1) & begins[:-1]
    between = data[ends[:-1]]
    found[:-1] |= grouped & ((between == _SPACE) | (between == _HYPHEN))
    places: Places = starts[found]
    if not len(places):
        return []
    borders_of_texts = np.flatnonzero(data == _SEPARATOR_BYTE)
    return sorted(set(np.searchsorted(borders_of_texts, places).tolist()))
