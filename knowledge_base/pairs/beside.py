"""One profile compared with some dozens of others: the same features as of each pair, ten times as fast.

For hundreds and more a :class:`~knowledge_base.pairs.batch.Table` is faster still; making one takes longer than this.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge_base.pairs.batch import Features
from knowledge_base.pairs.features import NAMES, Contradictions, Kinship, Wording, contradict
from knowledge_base.pairs.model import Layer
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

SAID = len(NAMES[Wording])
"""The first columns are of what texts say, the others of the known kinds of error that they are likely to be."""

WIDTH = SAID + len(NAMES[Kinship])


class Beside:
    """Profiles made ready to be compared with one other at a time."""

    def __init__(self, profiles: Sequence[Profile], rarity: Rarity, contradictions: Contradictions) -> None:
        self._profiles = profiles
        self._rarity = rarity
        self._contradictions = contradictions
        words = {word: rarity.word(word) for word in frozenset().union(*(each.words for each in profiles))}
        self._words = [sum(map(words.__getitem__, each.words)) for each in profiles]
        self._acts = [sum(map(rarity.concept, each.acts)) for each in profiles]
        self._objects = [sum(map(rarity.concept, each.objects)) for each in profiles]
        self._kinds = [sum(each.kinds.values()) for each in profiles]
        self._numbers = np.frombuffer(b"".join(each.grams.numbers for each in profiles), np.int64)
        self._weights = np.frombuffer(b"".join(each.grams.weights for each in profiles), np.float32)
        self._owners = np.repeat(
            np.arange(len(profiles)), np.array([len(each.grams.weights) // 4 for each in profiles], np.int64)
        )

    def compared(self, asked: Profile, dense: Sequence[float]) -> Features:
        """Give the features of :func:`~knowledge_base.pairs.features.compare` and ``kinship``, a row for each profile.

        ``dense`` has the cosine of each.
        """
        rarity, concept = self._rarity, self._rarity.concept
        words = {word: rarity.word(word) for word in asked.words}
        every_word, every_kind = sum(words.values()), sum(asked.kinds.values())
        every_act, every_object = sum(map(concept, asked.acts)), sum(map(concept, asked.objects))
        touchy = self._touchy(asked.acts | asked.objects)
        letters = self._letters(asked).tolist()
        rows = []
        for place, each in enumerate(self._profiles):
            shared = [words[word] for word in asked.words & each.words]
            both = sum(shared)
            acts = sum(map(concept, asked.acts & each.acts))
            objects = sum(map(concept, asked.objects & each.objects))
            act_all, object_all = every_act + self._acts[place] - acts, every_object + self._objects[place] - objects
            is_touched = not (touchy.isdisjoint(each.acts) and touchy.isdisjoint(each.objects))
            code, code_differs = _same(asked.codes, each.codes)
            exception, exception_differs = _same(asked.classes, each.classes)
            kinds = each.kinds
            same = sum(share * kinds[name] for name, share in asked.kinds.items() if name in kinds)
            rows.append(
                (
                    dense[place],
                    letters[place],
                    both / max(every_word + self._words[place] - both, 1e-9),
                    max(shared, default=0.0),
                    acts,
                    acts / act_all if act_all else 0.0,
                    act_all - acts if each.acts != asked.acts else 0.0,
                    objects,
                    objects / object_all if object_all else 0.0,
                    object_all - objects if each.objects != asked.objects else 0.0,
                    float(contradict(asked, each, self._contradictions)) if is_touched else 0.0,
                    code,
                    code_differs,
                    exception,
                    exception_differs,
                    same,
                    every_kind * self._kinds[place] - same,
                )
            )
        return np.array(rows, np.float64).reshape(len(rows), WIDTH)

    def _letters(self, asked: Profile) -> Features:
        """Give the cosine of n-grams with each profile."""
        numbers, weights = asked.grams.arrays()
        if not len(numbers):
            return np.zeros(len(self._profiles))
        places = np.minimum(np.searchsorted(numbers, self._numbers), len(numbers) - 1)
        both = np.flatnonzero(numbers[places] == self._numbers)
        told = weights[places[both]].astype(np.float64) * self._weights[both]
        return np.minimum(np.bincount(self._owners[both], told, len(self._profiles)), 1.0)

    def _touchy(self, concepts: frozenset[str]) -> frozenset[str]:
        """Name the concepts without which a profile contradicts nothing of some concepts."""
        apart = (self._contradictions[name] for name in concepts if name in self._contradictions)
        against = (name for name, others in self._contradictions.items() if not concepts.isdisjoint(others))
        return frozenset().union(*apart, against)


def log_odds(layer: Layer, features: Features) -> npt.NDArray[np.float64]:
    """Weigh rows of features each by itself: equal rows give equal odds, wherever they stand. Shape (rows,)."""
    found = np.full(len(features), 0.0)
    for column, weight in enumerate(layer.weights):
        if weight:
            found += weight * features[:, column]
    return found + layer.bias


def _same(left: frozenset[str], right: frozenset[str]) -> tuple[float, float]:
    """Tell whether names are in common, and whether both have names and none in common."""
    if not left or not right:
        return 0.0, 0.0
    return (0.0, 1.0) if left.isdisjoint(right) else (1.0, 0.0)
