"""Character n-grams of a cleaned text, and their cosine: the lexical half of similarity."""

from __future__ import annotations

import math
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


@lru_cache(maxsize=CACHE)
def grams(clean: str) -> Grams:
    """Weigh the n-grams within each padded word, whole words, and pairs of CJK characters.

    A gram's weight is 1 + ln(count), so that a word said often does not drown the others.
    """
    tokens = words(clean)
    if not tokens:
        return Grams(b"", b"")
    parts = [_numbers(word) if len(word) <= REMEMBERED_WORD else _numbers.__wrapped__(word) for word in tokens]
    pairs = [hash(left + right) for left, right in pairwise(tokens) if len(left) == len(right) == 1]
    if pairs:
        parts.append(_bytes(pairs))
    every = np.frombuffer(b"".join(parts), np.int64).copy()
    every.sort()
    is_first = np.empty(len(every), np.bool_)
    is_first[0] = True
    np.not_equal(every[1:], every[:-1], out=is_first[1:])
    ends = np.empty(np.count_nonzero(is_first) + 1, np.int64)
    ends[:-1], ends[-1] = is_first.nonzero()[0], len(every)
    counts = ends[1:] - ends[:-1]
    weights = 1.0 + np.log(counts)
    # By how often they come, not in the order of the hashes, which is another one in each process.
    often = np.bincount(counts)
    length = math.sqrt(float(often[1:] @ (1.0 + np.log(np.arange(1, len(often)))) ** 2))
    return Grams(every[is_first].tobytes(), (weights / length).astype(np.float32).tobytes())


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
