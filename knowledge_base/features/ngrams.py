"""Character n-grams of a cleaned text, and their cosine: the lexical half of similarity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from knowledge_base.features.chinese import CJK, segmented
from knowledge_base.features.cleaning import words
from knowledge_base.features.stop_words import STOP

SIZES = (3, 4)
CACHE = 20_000
REMEMBERED_WORD = 64
"""Characters of a word whose n-grams are remembered; what is longer is no word and would take much memory."""

_CHINESE = re.compile(f"[{CJK}]+")


@dataclass(frozen=True, slots=True)
class Grams:
    """Weights of n-grams, scaled so that their squares sum up to 1; empty for a text without words.

    N-grams are numbered by their hash, which is another one in each process, and stand in order: as bytes they take a
    tenth of what a dictionary takes.
    """

    numbers: bytes
    weights: bytes

    def arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Give the n-grams by number, ascending, and their weights."""
        return np.frombuffer(self.numbers, np.int64), np.frombuffer(self.weights, np.float32)


def grams(clean: str) -> Grams:
    """Weigh the n-grams within each padded word, whole words, and pairs of CJK characters.

    A gram's weight is 1 + ln(count), so that a word said often does not drown the others.
    """
    return all_grams([clean])[0]


def all_grams(texts: Sequence[str]) -> list[Grams]:
    """Do the same for many cleaned texts at once; what is found of a text does not depend on the others."""
    said = [_said(text) for text in texts]
    every = np.frombuffer(bytearray().join(said), np.int64)
    ends = np.cumsum([len(each) // every.itemsize for each in said], dtype=np.int64)
    for start, end in pairwise((0, *ends.tolist())):
        every[start:end].sort()
    is_first = np.ones(len(every), np.bool_)
    np.not_equal(every[1:], every[:-1], out=is_first[1:])
    is_first[ends[ends < len(every)]] = True
    firsts = is_first.nonzero()[0]
    counts = np.diff(firsts, append=len(every))
    owners = np.searchsorted(ends, firsts, side="right")
    weights = 1.0 + np.log(counts)
    # By how often they come, not in the order of the hashes, which is another one in each process.
    most = counts.max(initial=0) + 1
    alike, often = np.unique(owners * most + counts, return_counts=True)
    squares = np.bincount(alike // most, often * (1.0 + np.log(alike % most)) ** 2, len(said))
    weights = (weights / np.sqrt(squares)[owners]).astype(np.float32)
    numbers, weighed = every[firsts].tobytes(), weights.tobytes()
    bounds = pairwise((0, *np.searchsorted(firsts, ends).tolist()))
    return [Grams(numbers[8 * start : 8 * end], weighed[4 * start : 4 * end]) for start, end in bounds]


def _said(clean: str) -> bytes:
    """Number the n-grams of a text, each as often as it comes, in no order."""
    tokens = words(clean)
    parts = [_numbers(word) if len(word) <= REMEMBERED_WORD else _numbers.__wrapped__(word) for word in tokens]
    pairs = [hash(left + right) for left, right in pairwise(tokens) if len(left) == len(right) == 1]
    return b"".join((*parts, _bytes(pairs)) if pairs else parts)


@lru_cache(maxsize=CACHE)
def _numbers(word: str) -> bytes:
    """Number the n-grams of a word, each as often as it comes, and the word itself."""
    padded = f" {word} "
    found = [hash(padded)]
    if len(word) > 1:
        for size in SIZES:
            found += [hash(padded[start : start + size]) for start in range(len(padded) - size + 1)]
    return _bytes(found)


def _bytes(numbers: Sequence[int]) -> bytes:
    return np.array(numbers, np.int64).tobytes()


def cosine(left: Grams, right: Grams) -> float:
    """Compare two texts; 0..1.

    >>> round(cosine(grams("table not found"), grams("table not found")), 6)
    1.0
    >>> cosine(grams("table not found"), grams("死锁"))
    0.0
    """
    small, large = sorted((left, right), key=lambda each: len(each.numbers))
    if not small.numbers:
        return 0.0
    (keys, weights), (others, their) = small.arrays(), large.arrays()
    places = np.minimum(np.searchsorted(others, keys), len(others) - 1)
    both = others[places] == keys
    return min(1.0, float(weights[both].astype(np.float64) @ their[places[both]]))


def common_words(left: str, right: str, limit: int = 8) -> tuple[str, ...]:
    """Name words that stand in both cleaned texts, longest first, for people: Chinese in whole words.

    Words of grammar are named only where the texts have nothing else in common.

    >>> common_words("the table does not exist", "the table was not found")
    ('table', 'not')
    >>> common_words("训练 进程显存不足", "显存不足")
    ('不足', '显存')
    """
    # The dictionary takes a while to open: it is left alone where there is no Chinese in common.
    chinese = bool(_CHINESE.search(left)) and bool(_CHINESE.search(right))
    shared = _readable(left, chinese=chinese) & _readable(right, chinese=chinese)
    return tuple(sorted(shared - STOP or shared, key=_by_length)[:limit])


def _readable(clean: str, *, chinese: bool) -> frozenset[str]:
    """Give the words of a text as people would name them, Chinese ones if that is asked for."""
    named = (word for run in _CHINESE.findall(clean) for word in segmented(run)) if chinese else ()
    return frozenset((*named, *(word for word in words(clean) if len(word) > 1 and not _CHINESE.match(word))))


def _by_length(word: str) -> tuple[int, str]:
    return (-len(word), word)
