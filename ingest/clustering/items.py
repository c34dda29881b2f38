"""What takes part in a window, and how likely its parts are the same error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from ingest.clustering.linking import Pair
from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.pairs.batch import AT_ONCE
from knowledge_base.pairs.judge import Judge, Profiles
from knowledge_base.pairs.profile import Profile

Similarities = npt.NDArray[np.float32]
"""Float32 array of shape (items, items), symmetric, 1 on the diagonal, 0..1."""


@dataclass(frozen=True, slots=True)
class Item:
    """A new template, or a representative that is near one."""

    template: int | None
    category: int
    text: str
    codes: tuple[str, ...]
    is_new: bool

    @property
    def clean(self) -> str:
        """The text in plain words."""
        return cleaned(self.text)


class Comparison:
    """Scores pairs of some items, each once; ``vectors`` has one unit row for each.

    An item is read when it is first compared; ``profiles`` remembers what was read.
    """

    def __init__(self, items: Sequence[Item], vectors: Vectors, judge: Judge, profiles: Profiles | None = None) -> None:
        self.items = items
        self.vectors = vectors
        self.judge = judge
        self._remembered = Profiles() if profiles is None else profiles
        self._profiles: dict[int, Profile] = {}
        self._scores: dict[Pair, float] = {}
        self._met: dict[int, dict[int, float]] = {}
        self._unmet: list[Pair] = []
        self._likes: dict[tuple[object, ...], int] = {}
        self._like: dict[int, int] = {}

    def score(self, left: int, right: int) -> float:
        """Give the chance that the items at two places are the same error."""
        if left == right:
            return 1.0
        pair = _ordered(left, right)
        if pair not in self._scores:
            self._score([pair])
        return self._scores[pair]

    def profile(self, place: int) -> Profile:
        """Give what an item is compared by."""
        if place not in self._profiles:
            self._read([place])
        return self._profiles[place]

    def met(self, place: int) -> Mapping[int, float]:
        """Give the scores of everything that an item was compared with so far."""
        while self._unmet:
            left, right = self._unmet.pop()
            score = self._scores[left, right]
            self._met.setdefault(left, {})[right] = score
            self._met.setdefault(right, {})[left] = score
        return self._met.get(place, {})

    def pairs(self, pairs: Iterable[Pair]) -> dict[Pair, float]:
        """Score some pairs, the smaller place first, all at once."""
        wanted = list(pairs)
        self._score([pair for pair in dict.fromkeys(wanted) if pair not in self._scores])
        return {pair: self._scores[pair] for pair in wanted}

    def block(self, places: Sequence[int]) -> Similarities:
        """Score some items all with all, in the order of their places."""
        self.pairs(_ordered(left, right) for row, left in enumerate(places) for right in places[:row])
        scores = np.eye(len(places), dtype=np.float32)
        for row, left in enumerate(places):
            for column in range(row):
                scores[row, column] = scores[column, row] = self.score(left, places[column])
        return scores

    def average(self, left: Sequence[int], right: Sequence[int]) -> float:
        """Average the scores between two sets of places."""
        return sum(self.score(one, other) for one in left for other in right) / (len(left) * len(right))

    def nearest(self, left: Sequence[int], right: Sequence[int]) -> Pair:
        """Choose the places of two sets that are most alike."""
        return max(((one, other) for one in left for other in right), key=lambda each: self.score(*each))

    def _read(self, places: Sequence[int]) -> None:
        """Read items together; ``_like`` tells for each the first one that says the same by the same vector."""
        texts = [(self.items[place].text, self.items[place].codes) for place in places]
        read = self._remembered.all_of(self.judge, texts, self.vectors[list(places)])
        for place, profile in zip(places, read, strict=True):
            self._profiles[place] = profile
            said = (profile.canonical, profile.codes, profile.classes, profile.acts, profile.objects)
            key = (*said, tuple(profile.kinds.items()), self.vectors[place].tobytes())
            self._like[place] = self._likes.setdefault(key, place)

    def _score(self, pairs: Sequence[Pair]) -> None:
        """Score pairs that were not scored yet; those of items that say the same are compared once."""
        unread = [place for place in dict.fromkeys(chain.from_iterable(pairs)) if place not in self._profiles]
        if unread:
            self._read(unread)
        alike = [_ordered(self._like[left], self._like[right]) for left, right in pairs]
        distinct = list(dict.fromkeys(alike))
        rows = {place: row for row, place in enumerate(dict.fromkeys(chain.from_iterable(distinct)))}
        lefts, rights = [left for left, _ in distinct], [right for _, right in distinct]
        scores = self.judge.scores(
            [self._profiles[place] for place in rows],
            [rows[place] for place in lefts],
            [rows[place] for place in rights],
            self._dense(lefts, rights),
        )
        known = dict(zip(distinct, scores, strict=True))
        self._scores.update(zip(pairs, map(known.__getitem__, alike), strict=True))
        self._unmet += pairs

    def _dense(self, left: Sequence[int], right: Sequence[int]) -> npt.NDArray[np.float32]:
        """Give the cosines of pairs."""
        found = np.zeros(len(left), np.float32)
        for start in range(0, len(left), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            found[part] = np.einsum("ij,ij->i", self.vectors[left[part]], self.vectors[right[part]])
        return found


def _ordered(left: int, right: int) -> Pair:
    return (left, right) if left < right else (right, left)
