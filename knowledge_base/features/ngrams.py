"""Character n-grams of a cleaned text, and their cosine: the lexical half of similarity."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.features.cleaning import words

SIZES = (3, 4)
CACHE = 20_000


@dataclass(frozen=True, slots=True)
class Grams:
    """Weights of n-grams, scaled so that their squares sum up to 1; empty for a text without words."""

    weights: Mapping[str, float]


@lru_cache(maxsize=CACHE)
def grams(clean: str) -> Grams:
    """Weigh the n-grams within each padded word, whole words, and pairs of CJK characters.

    A gram's weight is 1 + ln(count), so that a word said often does not drown the others.
    """
    counts: Counter[str] = Counter()
    tokens = words(clean)
    for place, word in enumerate(tokens):
        counts[f" {word} "] += 1
        if len(word) == 1 and place + 1 < len(tokens) and len(tokens[place + 1]) == 1:
            counts[word + tokens[place + 1]] += 1
        padded = f" {word} "
        for size in SIZES:
            if len(word) > 1:
                counts.update(padded[start : start + size] for start in range(len(padded) - size + 1))
    weights = {gram: 1.0 + math.log(count) for gram, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return Grams({gram: weight / length for gram, weight in weights.items()} if length else {})


def cosine(left: Grams, right: Grams) -> float:
    """Compare two texts; 0..1.

    >>> round(cosine(grams("table not found"), grams("table not found")), 6)
    1.0
    >>> cosine(grams("table not found"), grams("死锁"))
    0.0
    """
    small, large = (
        (left.weights, right.weights) if len(left.weights) <= len(right.weights) else (right.weights, left.weights)
    )
    return sum(weight * large.get(gram, 0.0) for gram, weight in small.items())


def common_words(left: str, right: str, limit: int = 8) -> tuple[str, ...]:
    """Name words that stand in both cleaned texts, longest first.

    >>> common_words("table orders not found", "the table was not found")
    ('found', 'table', 'not')
    """
    shared = set(words(left)) & set(words(right))
    return tuple(sorted((word for word in shared if len(word) > 1 or not word.isascii()), key=_by_length)[:limit])


def _by_length(word: str) -> tuple[int, str]:
    return (-len(word), word)


def similarity(dense: float, lexical: float) -> float:
    """Join the halves: equal parts of meaning and of letters, 0..1.

    >>> round(similarity(0.8, 0.6), 2)
    0.7
    """
    return max(0.0, min(1.0, 0.5 * dense + 0.5 * lexical))
