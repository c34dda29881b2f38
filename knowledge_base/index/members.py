"""Which representatives a replica holds, and a short hash of each one's text, in arrays: 16 bytes for each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xxhash

from knowledge_base.index.port import Numbers

Hashes = npt.NDArray[np.uint64]


def text_hash(text: str) -> int:
    """Hash a text to 64 bits."""
    return xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass"))


class Members:
    """Numbers in ascending order, each with the hash of its text."""

    def __init__(self, ids: Numbers | None = None, hashes: Hashes | None = None) -> None:
        self.ids: Numbers = np.zeros(0, np.int64) if ids is None else ids
        self.hashes: Hashes = np.zeros(0, np.uint64) if hashes is None else hashes

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, number: int) -> bool:
        place = int(np.searchsorted(self.ids, number))
        return place < len(self.ids) and bool(self.ids[place] == number)

    def has(self, numbers: Sequence[int] | Numbers) -> npt.NDArray[np.bool_]:
        """Tell for each number whether it is there."""
        wanted = np.asarray(numbers, np.int64)
        if not len(self.ids):
            return np.zeros(len(wanted), np.bool_)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.asarray(self.ids[places] == wanted, np.bool_)

    def with_hashes(self, numbers: Sequence[int], hashes: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Tell for each number whether it is there with this hash."""
        there = self.has(numbers)
        places = np.minimum(np.searchsorted(self.ids, np.asarray(numbers, np.int64)), max(0, len(self.ids) - 1))
        if len(self.ids):
            there &= self.hashes[places] == np.asarray(hashes, np.uint64)
        return there

    def add(self, numbers: Sequence[int] | Numbers, hashes: Sequence[int] | Hashes) -> None:
        """Add numbers that are not there yet."""
        ids = np.concatenate([self.ids, np.asarray(numbers, np.int64)])
        joined = np.concatenate([self.hashes, np.asarray(hashes, np.uint64)])
        if bool(np.any(ids[1:] <= ids[:-1])):
            order = np.argsort(ids, kind="stable")
            ids, joined = ids[order], joined[order]
        self.ids, self.hashes = ids, joined

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove numbers; those that are not there are passed over."""
        gone = np.searchsorted(self.ids, np.asarray(numbers, np.int64)[self.has(numbers)])
        if len(gone):
            self.ids, self.hashes = np.delete(self.ids, gone), np.delete(self.hashes, gone)

    def digest(self) -> str:
        """Name what is there: which numbers with which texts."""
        return hashlib.sha256(self.ids.tobytes() + self.hashes.tobytes()).hexdigest()
