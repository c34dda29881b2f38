"""A judge that reads as ever and whose chances are given, for tests that need exact ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from ingest.clustering.items import Comparison, Item
from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.features.cleaning import cleaned
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.kinds import KnownKinds
from knowledge_base.pairs.model import pair_model
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity
from knowledge_base.vocabulary.catalogue import load_catalogue
from knowledge_base.vocabulary.meanings import Meanings, load_meanings

UNLIKE = 0.05
DIMENSION = 4


@dataclass(frozen=True)
class Given(Judge):
    """Gives the chance that is written down for two cleaned texts; 0.05 where there is none."""

    chances: Mapping[frozenset[str], float] = field(default_factory=dict)

    def score(self, left: Profile, right: Profile, dense: float) -> float:
        """Look the chance up."""
        return self.chances.get(frozenset((left.clean, right.clean)), UNLIKE)

    def scores(
        self, profiles: Sequence[Profile], left: Sequence[int], right: Sequence[int], dense: npt.NDArray[np.float32]
    ) -> list[float]:
        """Look many chances up."""
        pairs = zip(left, right, dense, strict=True)
        return [self.score(profiles[one], profiles[other], float(cosine)) for one, other, cosine in pairs]


@cache
def _meanings() -> Meanings:
    return load_meanings(load_catalogue())


def judge_of(chances: Mapping[tuple[str, str], float]) -> Judge:
    """A judge that knows no kinds of error, and the chances of some pairs of texts."""
    reader, model = packaged_reader(), replace(pair_model(), version="given-1")
    nothing = KnownKinds((), np.zeros((0, DIMENSION), np.float32), {}, _no_wording)
    rarity = Rarity({}, {}, texts=100, kinds=10)
    return Given(
        reader=reader,
        meanings=_meanings(),
        known=nothing,
        model=model,
        beforehand=rarity,
        rarity=rarity,
        contradictions={each.name: each.apart for each in reader.glossary.concepts if each.apart},
        chances={frozenset(map(cleaned, pair)): chance for pair, chance in chances.items()},
    )


def compared(items: Sequence[Item], alike: Mapping[tuple[int, int], float]) -> Comparison:
    """Compare items by the chances of pairs of places; texts must differ."""
    chances = {(items[left].text, items[right].text): chance for (left, right), chance in alike.items()}
    vectors = np.zeros((len(items), DIMENSION), np.float32)
    vectors[:, 0] = 1.0
    return Comparison(items, vectors, judge_of(chances))


def _no_wording(place: int) -> Profile:
    raise IndexError(place)
