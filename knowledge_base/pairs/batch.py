"""Many pairs of profiles compared at once, as sparse rows: the same features as of one pair, thirty times as fast."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge_base.pairs.features import Contradictions
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

AT_ONCE = 8_192
"""Pairs that are worked on together: some 50 MB."""

WORTH = 48
"""For fewer pairs it is quicker to compare one after the other."""

Places = npt.NDArray[np.int64]
Features = npt.NDArray[np.float64]
"""Shape (pairs, features), in the order of the fields of Wording and then of Kinship."""

_Rows = Any
"""A sparse matrix of SciPy, which takes a while to import: only who has many pairs pays for it."""


@dataclass(frozen=True)
class _Named:
    """Which names each profile holds (profiles, names), and how much each name tells."""

    rows: _Rows
    weights: Features

    def overlap(self, left: Places, right: Places) -> tuple[Features, Features, Features]:
        """Give the weight of what pairs have in common, of all that they have, and the greatest in common."""
        both = self.rows[left].multiply(self.rows[right]).tocsr()
        pair = np.repeat(np.arange(len(left)), np.diff(both.indptr))
        told = self.weights[both.indices]
        common = np.bincount(pair, told, len(left)).astype(np.float64)
        greatest = np.zeros(len(left))
        np.maximum.at(greatest, pair, told)
        sums = self.rows @ self.weights
        return common, sums[left] + sums[right] - common, greatest


class Table:
    """Profiles made ready to be compared in pairs, each pair given by two places."""

    def __init__(self, profiles: Sequence[Profile], rarity: Rarity, contradictions: Contradictions) -> None:
        self._letters = _letter_rows(profiles)
        self._words = _named([each.words for each in profiles], rarity.word)
        self._acts = _named([each.acts for each in profiles], rarity.concept)
        self._objects = _named([each.objects for each in profiles], rarity.concept)
        self._codes = _named([each.codes for each in profiles], _one)
        self._classes = _named([each.classes for each in profiles], _one)
        self._kinds = _rows([each.kinds for each in profiles], [each.kinds.values() for each in profiles])[0]
        self._concepts, names = _rows([each.acts | each.objects for each in profiles])
        apart = [[other for other in contradictions.get(name, ()) if other in names] for name in names]
        self._apart = _rows(apart or [[]], numbers=names)[0].T.tocsr()

    def wordings(self, left: Places, right: Places, dense: npt.NDArray[np.float32]) -> Features:
        """Compare what texts say; ``dense`` has the cosine of the vectors of each pair."""
        both, either, rarest = self._words.overlap(left, right)
        acts, every_act, _ = self._acts.overlap(left, right)
        objects, every_object, _ = self._objects.overlap(left, right)
        code, code_differs = _same(self._codes, left, right)
        exception, exception_differs = _same(self._classes, left, right)
        return np.column_stack(
            (
                dense,
                np.minimum(np.asarray(self._letters[left].multiply(self._letters[right]).sum(axis=1)).ravel(), 1.0),
                both / np.maximum(either, 1e-9),
                rarest,
                acts,
                share_of(acts, every_act),
                np.maximum(every_act - acts, 0.0),
                objects,
                share_of(objects, every_object),
                np.maximum(every_object - objects, 0.0),
                self._contradict(left, right),
                code,
                code_differs,
                exception,
                exception_differs,
            )
        )

    def kinships(self, left: Places, right: Places) -> Features:
        """Compare the known kinds that texts are likely to be."""
        same = np.asarray(self._kinds[left].multiply(self._kinds[right]).sum(axis=1)).ravel()
        sums = np.asarray(self._kinds.sum(axis=1)).ravel()
        return np.column_stack((same, sums[left] * sums[right] - same))

    def _contradict(self, left: Places, right: Places) -> Features:
        lefts, rights = self._concepts[left], self._concepts[right]
        both = lefts.multiply(rights)
        mine, others = lefts - both, rights - both
        sides = [
            np.asarray(one.multiply((other @ self._apart) > 0).sum(axis=1)).ravel()
            for one, other in ((mine, others), (others, mine))
        ]
        return np.asarray(np.maximum(*sides), np.float64)


def _same(named: _Named, left: Places, right: Places) -> tuple[Features, Features]:
    """Tell where pairs have a name in common, and where both have names and none in common."""
    common, _, _ = named.overlap(left, right)
    sizes = np.diff(named.rows.indptr)
    return (common > 0).astype(np.float64), ((common == 0) & (sizes[left] > 0) & (sizes[right] > 0)).astype(np.float64)


def share_of(part: Features, whole: Features) -> Features:
    """Give what share parts have of their wholes; 0 of nothing."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 1e-12)


def _one(_: str) -> float:
    return 1.0


def _named(held: Sequence[Collection[str]], weight: Callable[[str], float]) -> _Named:
    rows, names = _rows(held)
    return _Named(rows, np.array([weight(name) for name in names] or [0.0], np.float64))


def _rows(
    held: Sequence[Collection[str]],
    values: Sequence[Collection[float]] | None = None,
    numbers: dict[str, int] | None = None,
) -> tuple[_Rows, dict[str, int]]:
    """Make a row of each collection of names: ones, or ``values``; give the number of each name, too."""
    names = {} if numbers is None else numbers
    columns = [names.setdefault(name, len(names)) for each in held for name in each]
    data = np.ones(len(columns)) if values is None else np.array([value for each in values for value in each])
    return _matrix(data, np.array(columns, np.int64), [len(each) for each in held], len(names)), names


def _letter_rows(profiles: Sequence[Profile]) -> _Rows:
    arrays = [each.grams.arrays() for each in profiles]
    weights = [each for _, each in arrays]
    keys = np.concatenate([each for each, _ in arrays]) if arrays else np.zeros(0, np.int64)
    known, columns = np.unique(keys, return_inverse=True)
    data = np.concatenate(weights).astype(np.float64) if weights else np.zeros(0)
    return _matrix(data, columns, [len(each) for each in weights], len(known))


def _matrix(data: Features, columns: Places, sizes: Sequence[int], width: int) -> _Rows:
    from scipy.sparse import csr_array

    ends = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    rows = csr_array((data, columns, ends), shape=(len(sizes), max(width, 1)))
    rows.sort_indices()
    return rows
