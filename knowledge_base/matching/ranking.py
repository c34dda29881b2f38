"""From grounds to an order of candidates, and to the chance that the first one is right; every weight can be read.

The order is a listwise linear model (softmax over the candidates of a question), the chance a logistic one that was
also shown questions whose true candidate had been taken away, so that it knows what none of them looks like.
`docs/answers.md` tells how both were fitted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from knowledge_base.matching.grounds import NAMES, Grounds
from knowledge_base.pairs.beside import weighed
from knowledge_base.pairs.model import sigmoid
from knowledge_base.pairs.profile import Profile

WEIGHTS = Path(__file__).parent / "weights.yaml"

OWN = ("score", "margin", "share", "length")
"""What the chance depends on beside the grounds of the first candidate: its score, how far it is ahead of the second,
the log odds of its share among all, and the logarithm of the number of words."""

MOST_SHARE = 8.0


@dataclass(frozen=True, slots=True)
class Ranker:
    """Scores candidates; only differences between those of one question mean something."""

    weights: tuple[float, ...]

    def score(self, grounds: Grounds) -> float:
        """Weigh the grounds of a candidate."""
        return self.scores([grounds])[0]

    def scores(self, candidates: Sequence[Grounds]) -> list[float]:
        """Weigh the grounds of candidates, each by itself."""
        return [float(each) for each in weighed(self.weights, np.array(candidates, np.float64))]

    def explained(self, grounds: Grounds) -> dict[str, float]:
        """Tell what each feature adds to the score, biggest first."""
        parts = zip(NAMES, self.weights, grounds, strict=True)
        added = {name: weight * each for name, weight, each in parts if weight * each}
        return dict(sorted(added.items(), key=lambda item: -abs(item[1])))


@dataclass(frozen=True, slots=True)
class Certainty:
    """The chance that the first candidate is right; ``weights`` in the order of ``OWN`` and then of the grounds."""

    bias: float
    weights: tuple[float, ...]

    def chance(self, scores: Sequence[float], first: Grounds, asked: Profile) -> float:
        """Give the chance that the first of the candidates is right, 0..1; ``scores`` are of all, best first."""
        features = (*own_of(scores, len(asked.words)), *first)
        return sigmoid(self.bias + sum(weight * each for weight, each in zip(self.weights, features, strict=True)))


def own_of(scores: Sequence[float], words: int) -> tuple[float, ...]:
    """Tell what only a whole order shows, in the order of ``OWN``."""
    first = scores[0]
    margin = first - scores[1] if len(scores) > 1 else MOST_SHARE
    others = sum(math.exp(each - first) for each in scores[1:])
    share = MOST_SHARE if others <= 0 else min(MOST_SHARE, -math.log(others))
    return first, min(margin, MOST_SHARE), share, math.log1p(words)


def shares(scores: Sequence[float]) -> list[float]:
    """Turn scores into shares that sum up to one.

    >>> [round(each, 2) for each in shares([1.0, 1.0])]
    [0.5, 0.5]
    """
    most = max(scores)
    raised = [math.exp(each - most) for each in scores]
    total = sum(raised)
    return [each / total for each in raised]


@dataclass(frozen=True, slots=True)
class MatchModel:
    """Both models, and the name of what they were fitted to."""

    ranker: Ranker
    certainty: Certainty
    version: str


@cache
def match_model() -> MatchModel:
    """Read the model that comes with Kea."""
    return read_model(yaml.safe_load(WEIGHTS.read_text(encoding="utf-8")))


def read_model(table: Mapping[str, Mapping[str, float]]) -> MatchModel:
    """Read a model; a weight that is not named is zero."""
    ranking, certainty = table["ranking"], table["certainty"]
    return MatchModel(
        Ranker(tuple(float(ranking.get(name, 0.0)) for name in NAMES)),
        Certainty(
            float(certainty["bias"]),
            tuple(float(certainty.get(name, 0.0)) for name in (*OWN, *NAMES)),
        ),
        str(table["version"]),
    )
