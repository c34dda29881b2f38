"""The digits of many texts at once: each run becomes one ``0``, in one pass over an array of bytes.

A text that was collapsed tells nearly everything about its signature, and there are few of them, so what a text
costs is this pass and a look into a dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import islice

import numpy as np
import numpy.typing as npt

SEPARATOR = "\x1e"
_SEPARATOR_BYTE, _ZERO, _PLUS, _SPACE, _HYPHEN, _DOT, _X = map(np.uint8, (0x1E, 0x30, 0x2B, 0x20, 0x2D, 0x2E, 0x78))
_TEN = np.uint8(10)
_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_LETTERS = bytes.maketrans(
    b"123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0" * 9 + b"a" * 26 + b"A" * 26
)
# Lengths of telephone, card and identity numbers, and of the first group of one that is written in groups.
_LENGTHS = np.zeros(64, np.bool_)
_LENGTHS[[11, 15, 16, 17, 18, 19]] = True
_GROUP = 4
_WORD = np.zeros(256, np.bool_)
_WORD[[*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), 0x5F, 0x2E, 0x2D]] = True
_AT_ONCE = 4_000_000

# What a byte is for hexadecimal values: 0 no part of a word, 1 of any word, 2 a digit, 3 a letter from a to f.
_OUTSIDE, _OTHER, _DIGIT, _LETTER = range(4)
_HEX_CLASS = np.zeros(256, np.uint8)
_HEX_CLASS[[*range(0x41, 0x5B), *range(0x61, 0x7B), 0x5F]] = _OTHER
_HEX_CLASS[[*range(0x41, 0x47), *range(0x61, 0x67)]] = _LETTER
_HEX_CLASS[[*range(0x30, 0x3A)]] = _DIGIT
_IS_LETTER = np.zeros(256, np.bool_)
_IS_LETTER[[*range(0x41, 0x5B), *range(0x61, 0x7B)]] = True
_HEX_MARK, _UUID_MARK = np.frombuffer(b"<hex>", np.uint8), np.frombuffer(b"<uuid>", np.uint8)
_UUID_GROUPS = (8, 4, 4, 4, 12)
_LEAST_HEX, _LEAST_PREFIXED = 8, 11

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


class Collapsed:
    """Texts without their digits."""

    def __init__(self, texts: list[str], short: Bytes, data: Bytes, is_digit: Flags) -> None:
        self.texts = texts
        self._short = short
        self._data = data
        self._is_digit = is_digit

    def kept(self, wanted: Sequence[tuple[int, Sequence[int]]]) -> list[tuple[str, ...]]:
        """Give some runs of digits of some texts, by the number of the text and the numbers of the runs in it."""
        starts, ends = self._runs
        firsts = np.searchsorted(starts, self._borders[[text for text, _ in wanted]])
        places = np.repeat(firsts, [len(runs) for _, runs in wanted])
        places += np.array([run for _, runs in wanted for run in runs], np.intp)
        # One character a byte, so that places in bytes are places in it.
        text = self._data.tobytes().decode("latin-1")
        digits = [text[start:end] for start, end in zip(starts[places].tolist(), ends[places].tolist(), strict=True)]
        each = iter(digits)
        return [tuple(islice(each, len(runs))) for _, runs in wanted]

    @cached_property
    def shapes(self) -> list[bytes]:
        """The texts with all letters of one case as one, and each run of one character as one."""
        letters = np.frombuffer(self._short.tobytes().translate(_LETTERS), np.uint8)
        keep = np.empty(len(letters), np.bool_)
        keep[0] = True
        np.not_equal(letters[1:], letters[:-1], out=keep[1:])
        keep |= letters == _SEPARATOR_BYTE
        return letters[keep].tobytes().split(SEPARATOR.encode())

    def with_number(self) -> list[int]:
        """Find the texts that may hold a telephone, card or identity number; a few too many."""
        starts, ends = self._runs
        places = _numbers(self._data, starts, ends)
        if not len(places):
            return []
        return sorted(set((np.searchsorted(self._borders, places, side="right") - 1).tolist()))

    @cached_property
    def _borders(self) -> Places:
        """Where each text begins."""
        return np.concatenate(([0], np.flatnonzero(self._data == _SEPARATOR_BYTE)))

    @cached_property
    def _runs(self) -> tuple[Places, Places]:
        """Where each run of digits begins and ends."""
        is_digit = self._is_digit
        borders = np.flatnonzero(is_digit[1:] != is_digit[:-1]) + 1
        if is_digit[0]:
            borders = np.concatenate(([0], borders))
        if len(borders) % 2:
            borders = np.append(borders, len(is_digit))
        return borders[::2], borders[1::2]


def collapse_all(texts: Sequence[str], *, masked: bool = False) -> Collapsed | None:
    """Collapse texts, and first mask their hexadecimal values, where ``masked`` says so.

    None where one of them holds the separator or cannot be encoded, or where they are too long together.

    >>> found = collapse_all(["disk 12 of 345", "call 13800138000"])
    >>> found.texts, found.with_number(), found.kept([(0, [1]), (1, [0])])
    (['disk 0 of 0', 'call 0'], [1], [('345',), ('13800138000',)])
    >>> collapse_all(["node 1f2e3d4c5b of 7"], masked=True).texts
    ['node <hex> of 0']
    """
    data = _bytes_of(texts)
    if data is None:
        return None
    if masked:
        data = _without_hexadecimal(data)
    is_digit = (data - _ZERO) < _TEN
    keep = np.empty(len(data), np.bool_)
    keep[0] = True
    np.invert(is_digit[1:] & is_digit[:-1], out=keep[1:])
    short = data[keep]
    collapsed = short.tobytes().translate(_ZEROS).decode().split(SEPARATOR)
    return Collapsed(collapsed, short, data, is_digit) if len(collapsed) == len(texts) else None


def _bytes_of(texts: Sequence[str]) -> Bytes | None:
    joined = SEPARATOR.join(texts)
    if not joined or len(joined) > _AT_ONCE:
        return None
    try:
        return np.frombuffer(joined.encode(), np.uint8)
    except UnicodeEncodeError:
        return None


def _without_hexadecimal(data: Bytes) -> Bytes:
    """Mask hexadecimal values as :func:`knowledge_base.signature.reducing.mask_hexadecimal` does."""
    kinds = _HEX_CLASS[data]
    inside = np.concatenate(([False], kinds != _OUTSIDE, [False]))
    borders = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = borders[::2], borders[1::2]
    lengths = ends - starts
    long = np.flatnonzero(lengths >= _LEAST_HEX)
    if not len(long):
        return data
    others = np.concatenate(([0], np.cumsum(kinds == _OTHER, dtype=np.int32)))
    strange = others[ends] - others[starts]
    # What is followed by a dot and a letter is a name.
    after = np.concatenate((data, np.zeros(2, np.uint8)))
    named = (after[ends] == _DOT) & _IS_LETTER[after[ends + 1]]
    uuids = _uuids(data, starts, ends, lengths, long, strange, named)
    hexadecimal = _hexadecimal(data, kinds, starts, ends, long, strange)
    taken = {part for first in uuids for part in range(first, first + len(_UUID_GROUPS))}
    alone = np.array([at for at in hexadecimal if at not in taken and not named[at]], np.intp)
    firsts = np.array(uuids, np.intp)
    masked, dropped = data.copy(), np.zeros(len(data) + 1, np.int8)
    for begins, stops, mark in (
        (starts[alone], ends[alone], _HEX_MARK),
        (starts[firsts], ends[firsts + len(_UUID_GROUPS) - 1], _UUID_MARK),
    ):
        masked[begins[:, np.newaxis] + np.arange(len(mark))] = mark
        dropped[begins + len(mark)] += 1
        dropped[stops] -= 1
    kept: Bytes = masked[np.cumsum(dropped[:-1], dtype=np.int8) == 0]
    return kept


def _hexadecimal(data: Bytes, kinds: Bytes, starts: Places, ends: Places, long: Places, strange: Places) -> list[int]:
    """Find the words of hexadecimal digits with a letter and a figure among them, and the long ones with 0x."""
    prefixed = long[(strange[long] == 1) & (ends[long] - starts[long] >= _LEAST_PREFIXED)]
    prefixed = prefixed[(data[starts[prefixed]] == _ZERO) & (data[starts[prefixed] + 1] == _X)]
    plain = long[strange[long] == 0]
    letters = np.concatenate(([0], np.cumsum(kinds == _LETTER, dtype=np.int32))) if len(plain) else np.zeros(1)
    found = letters[ends[plain]] - letters[starts[plain]] if len(plain) else plain
    mixed = plain[(found > 0) & (found < ends[plain] - starts[plain])]
    return [*prefixed.tolist(), *mixed.tolist()]


def _uuids(
    data: Bytes, starts: Places, ends: Places, lengths: Places, long: Places, strange: Places, named: Flags
) -> list[int]:
    """Find the first words of UUIDs: five hexadecimal groups with hyphens between."""
    last = len(_UUID_GROUPS) - 1
    first = long[long + last < len(lengths)]
    for offset, length in enumerate(_UUID_GROUPS):
        first = first[(lengths[first + offset] == length) & (strange[first + offset] == 0)]
        if offset and len(first):
            gap = ends[first + offset - 1]
            first = first[(starts[first + offset] - gap == 1) & (data[gap] == _HYPHEN)]
    return list(first[~named[first + last]].tolist())


def _numbers(data: Bytes, starts: Places, ends: Places) -> Places:
    """Find runs of digits that are as long as such a number, or a group of one, or behind a plus sign."""
    if not len(starts):
        return starts
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
    numbers: Places = starts[found]
    return numbers
