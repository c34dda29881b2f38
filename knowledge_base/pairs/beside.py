"""One profile compared with some dozens of others at once: the same features as of each pair.

For hundreds and more a :class:`~knowledge_base.pairs.batch.Table` is faster still; making one takes longer than this.
Every number of a row is computed from that row alone, so that equal profiles have equal rows wherever they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from knowledge_base.pairs.batch import Features, share_of
from knowledge_base.pairs.features import NAMES, Contradictions, Wording
from knowledge_base.pairs.model import Layer
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

SAID = len(NAMES[Wording])
"""The first columns are of what texts say, the others of the known kinds of error that they are likely to be."""

LAST_BITS = 12
"""Of an n-gram's number; they tell of nearly all n-grams that a question has none like them."""


class Beside:
    """Profiles made ready to be compared with one other at a time."""

    def __init__(self, profiles: Sequence[Profile], rarity: Rarity, contradictions: Contradictions) -> None:
        self._profiles = profiles
        self._contradictions = contradictions
        self._words = _Held([each.words for each in profiles], rarity.word, rarity.every_word)
        self._acts = _Held([each.acts for each in profiles], rarity.concept, rarity.every_concept)
        self._objects = _Held([each.objects for each in profiles], rarity.concept, rarity.every_concept)
        self._kinds = np.array([sum(each.kinds.values()) for each in profiles], np.float64)
        self._numbers = np.frombuffer(b"".join([each.grams.numbers for each in profiles]), np.int64)
        self._weights = np.frombuffer(b"".join([each.grams.weights for each in profiles]), np.float32)
        self._ends = np.cumsum([len(each.grams.weights) // 4 for each in profiles], dtype=np.int64)

    def compared(self, asked: Profile, dense: Sequence[float] | Features) -> Features:
        """Give the features of :func:`~knowledge_base.pairs.features.compare` and ``kinship``, a row for each profile.

        ``dense`` has the cosine of each.
        """
        words, every_word, rarest = self._words.overlap(asked.words)
        acts, every_act, _ = self._acts.overlap(asked.acts)
        objects, every_object, _ = self._objects.overlap(asked.objects)
        same = self._same_kind(asked)
        return np.column_stack(
            (
                np.asarray(dense, np.float64),
                self._letters(asked),
                words / np.maximum(every_word, 1e-9),
                rarest,
                acts,
                share_of(acts, every_act),
                np.maximum(every_act - acts, 0.0),
                objects,
                share_of(objects, every_object),
                np.maximum(every_object - objects, 0.0),
                self._contradict(asked),
                *_same(asked.codes, [each.codes for each in self._profiles]),
                *_same(asked.classes, [each.classes for each in self._profiles]),
                same,
                sum(asked.kinds.values()) * self._kinds - same,
            )
        )

    def _letters(self, asked: Profile) -> Features:
        """Give the cosine of n-grams with each profile."""
        numbers, weights = asked.grams.arrays()
        if not len(numbers):
            return np.zeros(len(self._profiles))
        last = (1 << LAST_BITS) - 1
        is_like_one = np.zeros(1 << LAST_BITS, np.bool_)
        is_like_one[numbers & last] = True
        few = np.flatnonzero(is_like_one[self._numbers & last])
        places = np.minimum(np.searchsorted(numbers, self._numbers[few]), len(numbers) - 1)
        is_one = numbers[places] == self._numbers[few]
        both = few[is_one]
        told = weights[places[is_one]].astype(np.float64) * self._weights[both]
        owners = np.searchsorted(self._ends, both, side="right")
        return np.minimum(np.bincount(owners, told, len(self._profiles)), 1.0)

    def _same_kind(self, asked: Profile) -> Features:
        """Tell how likely each profile is the same known kind of error."""
        found = [each.kinds.get(name, 0.0) for each in self._profiles for name in asked.kinds]
        shares = np.array(found, np.float64).reshape(len(self._profiles), len(asked.kinds))
        return np.asarray((shares * np.array([*asked.kinds.values()])).sum(axis=1), np.float64)

    def _contradict(self, asked: Profile) -> Features:
        """Count as :func:`~knowledge_base.pairs.features.contradict` does."""
        ours = asked.acts | asked.objects
        apart = (self._contradictions[name] for name in ours if name in self._contradictions)
        against = (name for name, others in self._contradictions.items() if not ours.isdisjoint(others))
        touchy = frozenset().union(*apart, against)
        if not touchy:
            return np.zeros(len(self._profiles))
        names = list(ours | touchy)
        opposed = stand_in(names, [self._contradictions.get(name, frozenset()) for name in names]).T
        here, there = np.array([name in ours for name in names]), concepts_in(names, self._profiles)
        mine, others = here & ~there, there & ~here
        sides = [(one & (other @ opposed)).sum(axis=1) for one, other in ((mine, others), (others, mine))]
        return np.asarray(np.maximum(*sides), np.float64)


class _Held:
    """Names that profiles hold, and how much each tells, alone and together."""

    def __init__(
        self,
        held: Sequence[frozenset[str]],
        weight: Callable[[str], float],
        every: Callable[[Collection[str]], float],
    ) -> None:
        self._held = held
        self._weight = weight
        self._sums = np.array(list(map(every, held)), np.float64)

    def overlap(self, asked: Collection[str]) -> tuple[Features, Features, Features]:
        """Give the weight of what each has in common with some names, of all that both have, the greatest in common."""
        weights = np.array([self._weight(name) for name in asked], np.float64)
        told = stand_in(asked, self._held) * weights
        common = told.sum(axis=1)
        return common, weights.sum() + self._sums - common, told.max(axis=1, initial=0.0)


def stand_in(names: Collection[str], held: Sequence[frozenset[str]]) -> npt.NDArray[np.bool_]:
    """Tell which names stand in which sets, shape (sets, names)."""
    width, wanted = len(names), frozenset(names)
    column = {name: place for place, name in enumerate(names)}
    found = np.zeros(len(held) * width, np.bool_)
    # Most have little in common: to walk over that alone is much quicker than to ask for each name.
    found[[row * width + column[name] for row, each in enumerate(held) for name in wanted & each]] = True
    return found.reshape(len(held), width)


def concepts_in(names: Collection[str], profiles: Sequence[Profile]) -> npt.NDArray[np.bool_]:
    """Tell which concepts stand in which profiles, shape (profiles, names)."""
    return stand_in(names, [each.acts for each in profiles]) | stand_in(names, [each.objects for each in profiles])


def log_odds(layer: Layer, features: Features) -> Features:
    """Weigh rows of features each by itself: equal rows give equal odds, wherever they stand. Shape (rows,)."""
    return weighed(layer.weights, features) + layer.bias


def weighed(weights: Iterable[float], rows: Features) -> Features:
    """Sum up rows of features by the weight of each column, each row by itself. Shape (rows,)."""
    found = np.zeros(len(rows))
    for column, weight in enumerate(weights):
        if weight:
            found += weight * rows[:, column]
    return found


def _same(asked: frozenset[str], held: Sequence[frozenset[str]]) -> tuple[Features, Features]:
    """Tell which names are in common, and where both have names and none in common."""
    if not asked:
        return np.zeros(len(held)), np.zeros(len(held))
    is_same = np.array([not asked.isdisjoint(each) for each in held], np.bool_)
    has_any = np.array([bool(each) for each in held], np.bool_)
    return is_same.astype(np.float64), (has_any & ~is_same).astype(np.float64)
