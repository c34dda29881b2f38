"""What takes part in a window, and how likely its parts are the same error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.clustering.linking import Pair
from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned
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

    def score(self, left: int, right: int) -> float:
        """Give the chance that the items at two places are the same error."""
        if left == right:
            return 1.0
        pair = (left, right) if left < right else (right, left)
        known = self._scores.get(pair)
        if known is None:
            dense = float(self.vectors[left] @ self.vectors[right])
            known = self.judge.score(self.profile(left), self.profile(right), dense)
            self._scores[pair] = known
            self._met.setdefault(left, {})[right] = known
            self._met.setdefault(right, {})[left] = known
        return known

    def profile(self, place: int) -> Profile:
        """Give what an item is compared by."""
        profile = self._profiles.get(place)
        if profile is None:
            item = self.items[place]
            profile = self._remembered.of(self.judge, item.text, item.codes, self.vectors[place])
            self._profiles[place] = profile
        return profile

    def met(self, place: int) -> Mapping[int, float]:
        """Give the scores of everything that an item was compared with so far."""
        return self._met.get(place, {})

    def pairs(self, pairs: Iterable[Pair]) -> dict[Pair, float]:
        """Score some pairs."""
        return {pair: self.score(*pair) for pair in pairs}

    def block(self, places: Sequence[int]) -> Similarities:
        """Score some items all with all, in the order of their places."""
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
