"""The chance that two texts are the same error: a logistic model whose every weight can be read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from knowledge_base.pairs.batch import AT_ONCE, Features, Places, Table
from knowledge_base.pairs.features import NAMES, Contradictions, Kinship, Wording, compare, kinship, values
from knowledge_base.pairs.profile import Profile
from knowledge_base.pairs.rarity import Rarity

WEIGHTS = Path(__file__).parent / "weights.yaml"


@dataclass(frozen=True, slots=True)
class Layer:
    """One logistic regression: log odds = ``bias`` + the sum of ``weights`` times features."""

    bias: float
    weights: tuple[float, ...]

    def log_odds(self, features: Sequence[float]) -> float:
        """Weigh the features, given in the order of their names."""
        return self.bias + sum(weight * each for weight, each in zip(self.weights, features, strict=True))

    def all_log_odds(self, features: Features) -> Features:
        """Weigh the features of many pairs, shape (pairs, features); shape (pairs,)."""
        return np.asarray(self.bias + features @ np.asarray(self.weights))


@dataclass(frozen=True, slots=True)
class PairModel:
    """``wording`` compares what texts say; ``judgement`` adds which known kinds of error they are likely to be."""

    wording: Layer
    judgement: Layer
    version: str

    def says_the_same(
        self, left: Profile, right: Profile, dense: float, rarity: Rarity, contradictions: Contradictions
    ) -> float:
        """Give the log odds that two texts are one error, by what they say alone."""
        return self.wording.log_odds(values(compare(left, right, dense, rarity, contradictions)))

    def probability(
        self, left: Profile, right: Profile, dense: float, rarity: Rarity, contradictions: Contradictions
    ) -> float:
        """Give the chance that two texts are the same error, 0..1; ``dense`` is the cosine of their vectors."""
        said = compare(left, right, dense, rarity, contradictions)
        return sigmoid(self.judgement.log_odds((*values(said), *values(kinship(left, right)))))

    def all_say_the_same(self, table: Table, left: Places, right: Places, dense: npt.NDArray[np.float32]) -> Features:
        """Give the log odds of :meth:`says_the_same` for pairs of places in a table, shape (pairs,)."""
        found = np.zeros(len(left))
        for part in _parts(len(left)):
            found[part] = self.wording.all_log_odds(table.wordings(left[part], right[part], dense[part]))
        return found

    def probabilities(self, table: Table, left: Places, right: Places, dense: npt.NDArray[np.float32]) -> Features:
        """Give the chances of :meth:`probability` for pairs of places in a table, shape (pairs,)."""
        found = np.zeros(len(left))
        for part in _parts(len(left)):
            said = table.wordings(left[part], right[part], dense[part])
            kin = table.kinships(left[part], right[part])
            found[part] = self.judgement.all_log_odds(np.hstack((said, kin)))
        return 1.0 / (1.0 + np.exp(-np.maximum(found, -700.0)))

    def explained(self, wording: Wording, kin: Kinship) -> dict[str, float]:
        """Tell what each feature adds to the log odds, biggest first."""
        names = NAMES[Wording] + NAMES[Kinship]
        parts = zip(names, self.judgement.weights, (*values(wording), *values(kin)), strict=True)
        added = {name: weight * each for name, weight, each in parts if weight * each}
        return dict(sorted(added.items(), key=lambda item: -abs(item[1])))


def sigmoid(log_odds: float) -> float:
    """Turn log odds into a chance.

    >>> sigmoid(0.0), round(sigmoid(3.0), 2), sigmoid(-1000.0)
    (0.5, 0.95, 0.0)
    """
    return 0.0 if log_odds < -700 else 1.0 / (1.0 + math.exp(-log_odds))


def _parts(count: int) -> list[slice]:
    return [slice(start, start + AT_ONCE) for start in range(0, count, AT_ONCE)]


@cache
def pair_model() -> PairModel:
    """Read the model that comes with Kea; `docs/clustering.md` tells how it was fitted."""
    table = yaml.safe_load(WEIGHTS.read_text(encoding="utf-8"))
    return PairModel(
        wording=_layer(table["wording"], NAMES[Wording]),
        judgement=_layer(table["judgement"], NAMES[Wording] + NAMES[Kinship]),
        version=str(table["version"]),
    )


def _layer(table: Mapping[str, float], names: Sequence[str]) -> Layer:
    return Layer(float(table["bias"]), tuple(float(table[name]) for name in names))
