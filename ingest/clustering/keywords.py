"""Keywords of categories: class-based TF-IDF over the words of their representatives."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_base.features.cleaning import words

KEPT = 5


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """In how many of so many categories each word stands."""

    frequencies: Mapping[str, int]
    categories: int


def vocabulary(texts: Mapping[int, Iterable[str]]) -> Vocabulary:
    """Count words over categories; ``texts`` maps a category to cleaned texts."""
    frequencies: Counter[str] = Counter()
    for cleaned in texts.values():
        frequencies.update({word for text in cleaned for word in _terms(text)})
    return Vocabulary(frequencies, len(texts))


def keywords(texts: Sequence[str], known: Vocabulary) -> list[str]:
    """Name the words that tell a category from the others, best first.

    A word's weight is its share of the category's words times ln(1 + categories / frequency)
    (class-based TF-IDF; Grootendorst, BERTopic, 2022).
    """
    counts = Counter(word for text in texts for word in _terms(text))
    total = sum(counts.values()) or 1
    weights = {
        word: count / total * math.log(1 + known.categories / max(known.frequencies.get(word, 1), 1))
        for word, count in counts.items()
    }
    return sorted(weights, key=lambda word: (-weights[word], word))[:KEPT]


def _terms(text: str) -> list[str]:
    """Take words of letters, and pairs of CJK characters, which is what most Chinese words are."""
    tokens = words(text)
    terms = [token for token in tokens if len(token) > 2 and not token.isdigit() and token.isascii()]
    terms += [
        left + right
        for left, right in pairwise(tokens)
        if not left.isascii() and not right.isascii() and len(left) == len(right) == 1
    ]
    return terms
