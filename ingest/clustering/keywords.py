"""Keywords of categories: class-based TF-IDF over the words of their representatives."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from knowledge_base.features.cleaning import words

KEPT = 5


def document_frequencies(texts: Mapping[int, Iterable[str]]) -> Counter[str]:
    """Count in how many categories each word stands; ``texts`` maps a category to cleaned texts."""
    frequencies: Counter[str] = Counter()
    for cleaned in texts.values():
        frequencies.update({word for text in cleaned for word in _terms(text)})
    return frequencies


def keywords(texts: Sequence[str], frequencies: Mapping[str, int], categories: int) -> list[str]:
    """Name the words that tell a category from the others, best first.

    A word's weight is its share of the category's words times ln(1 + categories / frequency)
    (class-based TF-IDF; Grootendorst, BERTopic, 2022).
    """
    counts = Counter(word for text in texts for word in _terms(text))
    total = sum(counts.values()) or 1
    weights = {
        word: count / total * math.log(1 + categories / max(frequencies.get(word, 1), 1))
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
