"""Which known kinds of error a text is likely to be, as shares that leave room for none of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from knowledge_base.embedding.port import Vectors
from knowledge_base.pairs.batch import Table
from knowledge_base.pairs.beside import SAID, Beside, log_odds
from knowledge_base.pairs.features import Contradictions
from knowledge_base.pairs.model import PairModel
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

CONSIDERED = 24
"""Wordings that a text is compared with: the nearest by meaning and by what they say went wrong."""

ACT = 0.15
"""What an act in common adds to the cosine when wordings are chosen for comparison."""

AT_ONCE = 256
"""Texts whose nearest wordings are looked for at once: some 8 MB of cosines."""

ROUGHLY = 10_000
"""Steps of a cosine that are told apart where wordings are chosen."""

WORTH = 12
"""For fewer texts it is quicker to compare one after the other with its nearest wordings."""

KEPT = 5
MOST_ODDS = 12.0
BY_CODE = 2.0
"""Log odds that a text is of a kind which one of its error codes names."""


@dataclass(frozen=True)
class KnownKinds:
    """The wordings of the catalogue: whose kind each is, its vector (wordings, dimension), and what it says.

    ``acts`` gives for each act the kinds that are about it; ``profile_at`` reads a wording by its place.
    """

    kinds: Sequence[str]
    vectors: Vectors
    acts: Mapping[str, frozenset[str]]
    profile_at: Callable[[int], Profile]

    @cached_property
    def _places(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """The places of the wordings of kinds that are about each act."""
        wordings: dict[str, list[int]] = {}
        for place, kind in enumerate(self.kinds):
            wordings.setdefault(kind, []).append(place)
        return {
            act: np.array(sorted(place for name in names for place in wordings.get(name, ())), np.int64)
            for act, names in self.acts.items()
        }

    def shares(
        self,
        profile: Profile,
        vector: Vectors,
        named: frozenset[str],
        model: PairModel,
        rarity: Rarity,
        contradictions: Contradictions,
    ) -> Mapping[str, float]:
        """Give the likeliest kinds of a text with their shares, which sum up to less than 1.

        ``vector`` has shape (dimension,); ``named`` are kinds that an error code in the text means.
        """
        if not len(self.kinds):
            return _shares(dict.fromkeys(named, BY_CODE))
        dense = self.vectors @ vector
        places = self._nearest(profile, dense)
        near = Beside([self.profile_at(place) for place in places], rarity, contradictions)
        said = near.compared(profile, dense[places].tolist())[:, :SAID]
        odds = log_odds(model.wording, said).tolist()
        return self._best(places, odds, named)

    def all_shares(
        self,
        profiles: Sequence[Profile],
        vectors: Vectors,
        named: Sequence[frozenset[str]],
        model: PairModel,
        rarity: Rarity,
        contradictions: Contradictions,
    ) -> list[Mapping[str, float]]:
        """Give the shares of many texts; ``vectors`` has shape (texts, dimension)."""
        if len(profiles) < WORTH or not len(self.kinds):
            each = zip(profiles, vectors, named, strict=True)
            return [self.shares(*one, model, rarity, contradictions) for one in each]
        found: list[Mapping[str, float]] = []
        for start in range(0, len(profiles), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            dense = vectors[part] @ self.vectors.T
            near = [self._nearest(*each) for each in zip(profiles[part], dense, strict=True)]
            few = len(near[0])
            places = np.array(near).ravel()
            wordings, right = np.unique(places, return_inverse=True)
            left = np.repeat(np.arange(len(near)), few)
            read = [*profiles[part], *(self.profile_at(int(place)) for place in wordings)]
            table = Table(read, rarity, contradictions)
            odds = model.all_say_the_same(table, left, right + len(near), dense[left, places]).reshape(-1, few).tolist()
            found += [self._best(*each) for each in zip(near, odds, named[part], strict=True)]
        return found

    def _best(self, places: Sequence[int], odds: Sequence[float], named: frozenset[str]) -> Mapping[str, float]:
        best: dict[str, float] = dict.fromkeys(named, BY_CODE)
        for place, each in zip(places, odds, strict=True):
            kind = self.kinds[place]
            best[kind] = max(best.get(kind, -MOST_ODDS), each)
        return _shares(best)

    def _nearest(self, profile: Profile, dense: Vectors) -> Sequence[int]:
        score = dense.copy()
        for act in profile.acts & self._places.keys():
            score[self._places[act]] += ACT
        few, count = min(CONSIDERED, len(score)), len(score)
        # Cosines differ in the last digits by how many texts were read together: equal ones go by their place.
        order = np.rint(score * -ROUGHLY).astype(np.int64) * count + np.arange(count)
        return [int(place) for place in np.argpartition(order, few - 1)[:few]]


def _shares(best: Mapping[str, float]) -> Mapping[str, float]:
    """Turn log odds of kinds into shares, which leave room for none of them."""
    top = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:KEPT]
    odds_of = {kind: math.exp(min(log_odds, MOST_ODDS)) for kind, log_odds in top}
    total = 1.0 + sum(odds_of.values())
    return {kind: odds / total for kind, odds in odds_of.items() if odds / total > 0.01}
