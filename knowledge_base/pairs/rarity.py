"""How much a word or a concept tells: the rarer, the more."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

MOST = 8.0
"""Nats that a word or concept tells at most; one that was never seen tells this much."""

REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Rarity:
    """Inverse document frequencies: what is known beforehand, and what the stream brought since.

    ``words`` counts the texts that hold each word, among ``texts`` that came with Kea; ``concepts`` the known kinds of
    error that are about each concept, among ``kinds``. ``stream`` gives in how many templates of a project a word
    stands, among ``templates``.
    """

    words: Mapping[str, int]
    concepts: Mapping[str, int]
    texts: int
    kinds: int = 0
    stream: Callable[[str], int] = field(default=lambda _: 0)
    templates: int = 0
    _known: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    _named: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def word(self, word: str) -> float:
        """Give the weight of a word in nats, 0..``MOST``."""
        weight = self._known.get(word)
        if weight is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            seen = self.words.get(word, 0) + self.stream(word)
            weight = self._known[word] = min(MOST, math.log((self.texts + self.templates + 1) / (seen + 0.5)))
        return weight

    def every_word(self, words: Collection[str]) -> float:
        """Give the weight of words together; most were weighed before."""
        try:
            return sum(map(self._known.__getitem__, words))
        except KeyError:
            return sum(map(self.word, words))

    def concept(self, name: str) -> float:
        """Give the weight of a concept in nats; the stream does not change it."""
        weight = self._named.get(name)
        if weight is None:
            weight = min(MOST, math.log((self.kinds + 1) / (self.concepts.get(name, 0) + 0.5)))
            self._named[name] = weight
        return weight

    def every_concept(self, names: Collection[str]) -> float:
        """Give the weight of concepts together."""
        try:
            return sum(map(self._named.__getitem__, names))
        except KeyError:
            return sum(map(self.concept, names))

    def following(self, stream: Callable[[str], int], templates: int) -> Rarity:
        """Give the rarity that counts what a stream brought, too."""
        return Rarity(self.words, self.concepts, self.texts, self.kinds, stream, templates)
