"""Fits what orders candidates and how sure it is: ``python -m benchmarks.match_fitting [--write]``.

Questions of all problem sets are matched in knowledge bases of their own; the ranker is a listwise softmax over the
candidates of a question, the certainty a logistic regression of whether the first one is right. Weights have the sign
that each feature must have, and strong regularisation. What is printed is cross-validated over problems: no question
is judged by a model that saw a question about its problem, or, where it belongs to none, that question.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize

from assistant.reading import asked_in
from benchmarks.match_metrics import Said, report
from benchmarks.problem_sets import PROJECT, Asked, Filled, ProblemSet, all_sets, filled
from benchmarks.reliability_plot import write_reliability_plot
from knowledge_base.matching.grounds import AGAINST, FREE, NAMES
from knowledge_base.matching.ranking import OWN, WEIGHTS, own_of
from knowledge_base.pairs.model import sigmoid

FOLDS, SEEDS = 5, 3
RANKING_PENALTY, CERTAINTY_PENALTY = 0.03, 0.03
SOLVED = (1.0, 0.5)
"""Shares of the problems that have a solution: each set is matched with both."""

TAKEN_AWAY = 0.3
"""What a question whose true candidate was taken away counts beside a true one."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """A question with its candidates: their problems, and their grounds, shape (candidates, features)."""

    asked: Asked
    words: int
    problems: tuple[str, ...]
    grounds: Matrix
    certain: str | None

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which candidates are right: more than one where a problem without a solution has several categories."""
        return np.array([problem == self.asked.problem for problem in self.problems], np.bool_)


def rows_of(problems: ProblemSet, *, solved: float = 1.0) -> list[Row]:
    """Match the questions of a set."""
    with filled(problems, solved=solved) as ready:
        return [_row(ready, each) for each in problems.questions]


def _row(ready: Filled, asked: Asked) -> Row:
    part = asked_in(asked.text)
    judged = ready.knowledge.matcher.compare(PROJECT, part.text, around=part.around)
    return Row(
        asked,
        judged.words,
        tuple(ready.problem_of[category] for category in judged.categories),
        np.array(judged.grounds, np.float64).reshape(-1, len(NAMES)),
        None if judged.certain is None else ready.problem_of[judged.certain],
    )


def fit_ranking(rows: Sequence[Row], scale: Matrix, penalty: float = RANKING_PENALTY) -> Matrix:
    """Fit the listwise softmax; gives raw weights."""
    use = [row for row in rows if row.right.any() and not row.right.all()]
    width = max(len(row.problems) for row in use)
    cube = np.zeros((len(use), width, len(scale)))
    there, truth = np.zeros((len(use), width), bool), np.zeros((len(use), width))
    for place, row in enumerate(use):
        cube[place, : len(row.problems)] = row.grounds / scale
        there[place, : len(row.problems)] = True
        truth[place, : len(row.problems)] = row.right

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        scores = np.where(there, cube @ weights, -1e9)
        scores -= scores.max(axis=1, keepdims=True)
        raised = np.exp(scores)
        shares = raised / raised.sum(axis=1, keepdims=True)
        hit = (shares * truth).sum(axis=1, keepdims=True) + 1e-12
        value = -np.log(hit).mean() + penalty * float(weights @ weights) / 2
        slope = ((shares - shares * truth / hit)[..., None] * cube).sum(axis=1).mean(axis=0) + penalty * weights
        return float(value), slope

    bounds = [_bounds(name) for name in NAMES]
    return np.asarray(minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B", bounds=bounds).x / scale)


def _bounds(name: str) -> tuple[float | None, float | None]:
    """Give the least and the greatest weight that a feature may have."""
    if name in FREE or name == "length":
        return None, None
    return (None, 0.0) if name in AGAINST else (0.0, None)


@dataclass(frozen=True)
class Sure:
    """A fitted certainty: features are taken away from their mean and scaled."""

    bias: float
    weights: Matrix

    def chance(self, features: Matrix) -> float:
        """Give the chance that the first candidate is right."""
        return float(1 / (1 + np.exp(-np.clip(self.bias + features @ self.weights, -30, 30))))


def features_of(row: Row, scores: Matrix) -> tuple[Matrix, int]:
    """Give the features of the certainty, and the place of the first candidate."""
    order = np.argsort(-scores, kind="stable")
    first = int(order[0])
    return np.array([*own_of([float(each) for each in scores[order]], row.words), *row.grounds[first]]), first


def fit_certainty(rows: Sequence[Row], weights: Matrix, penalty: float = CERTAINTY_PENALTY) -> Sure:
    """Fit the logistic regression, also to questions whose true candidate was taken away."""
    features, right, counts = [], [], []
    for row in rows:
        if not row.problems:
            continue
        scores = row.grounds @ weights
        found, first = features_of(row, scores)
        true = row.right
        features.append(found)
        right.append(bool(true[first]))
        counts.append(1.0)
        if true.any() and not true.all():
            less = Row(row.asked, row.words, tuple(np.array(row.problems)[~true]), row.grounds[~true], None)
            features.append(features_of(less, scores[~true])[0])
            right.append(False)
            counts.append(TAKEN_AWAY)
    table, truth, count = np.array(features), np.array(right, np.float64), np.array(counts)
    mean, deviation = table.mean(axis=0), table.std(axis=0) + 1e-3
    scaled = (table - mean) / deviation

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        odds = np.clip(scaled @ parameters[:-1] + parameters[-1], -30, 30)
        chance = 1 / (1 + np.exp(-odds))
        value = -(count * (truth * np.log(chance) + (1 - truth) * np.log1p(-chance))).sum() / count.sum()
        slope = count * (chance - truth) / count.sum()
        return (
            float(value) + penalty * float(np.square(parameters[:-1]).sum()) / 2,
            np.append(scaled.T @ slope + penalty * parameters[:-1], slope.sum()),
        )

    bounds = [*map(_bounds, (*OWN, *NAMES)), (None, None)]
    found = minimize(loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    raw = found[:-1] / deviation
    return Sure(float(found[-1] - raw @ mean), raw)


def scale_of(rows: Sequence[Row]) -> Matrix:
    """Give the deviation of each feature."""
    return np.asarray(np.vstack([row.grounds for row in rows]).std(axis=0) + 1e-3)


def say(row: Row, weights: Matrix, sure: Sure) -> Said:
    """Answer a question by fitted models."""
    if row.certain is not None:
        rest = [row.problems[each] for each in np.argsort(-(row.grounds @ weights))] if row.problems else []
        return Said(row.asked, (row.certain, *(name for name in rest if name != row.certain)), 1.0)
    if not row.problems:
        return Said(row.asked, (), 0.0)
    scores = row.grounds @ weights
    order = np.argsort(-scores, kind="stable")
    return Said(row.asked, tuple(row.problems[each] for each in order), sure.chance(features_of(row, scores)[0]))


def cross_validated(rows: Sequence[Row], seed: int) -> list[Said]:
    """Answer each question by models that saw no question about its problem, and not that question."""
    chance = np.random.default_rng(seed)
    names = sorted({row.asked.problem or row.asked.text for row in rows})
    fold_of = dict(zip(names, (chance.permutation(len(names)) % FOLDS).tolist(), strict=True))
    folds = [fold_of[row.asked.problem or row.asked.text] for row in rows]
    said: list[Said | None] = [None] * len(rows)
    for fold in range(FOLDS):
        train = [row for row, its in zip(rows, folds, strict=True) if its != fold]
        weights = fit_ranking(train, scale_of(train))
        sure = fit_certainty(train, weights)
        for place, (row, its) in enumerate(zip(rows, folds, strict=True)):
            if its == fold:
                said[place] = say(row, weights, sure)
    return [each for each in said if each is not None]


def shift_of(said: Sequence[Said]) -> float:
    """Tell by how much log odds have to be raised so that chances are right on average, certain answers aside.

    Questions whose true candidate was taken away make the certainty careful; in what it is asked there are fewer.
    """
    judged = [(each.confidence, each.is_right) for each in said if each.confidence < 1.0]
    chances = np.clip(np.array([chance for chance, _ in judged]), 1e-6, 1 - 1e-6)
    odds, share = np.log(chances / (1 - chances)), float(np.mean([right for _, right in judged]))
    return float(brentq(lambda shift: float((1 / (1 + np.exp(-(odds + shift)))).mean()) - share, -5.0, 5.0))


def shifted(said: Sequence[Said], shift: float) -> list[Said]:
    """Raise the log odds of chances."""
    return [
        each if each.confidence in (0.0, 1.0) else replace(each, confidence=sigmoid(_odds(each.confidence) + shift))
        for each in said
    ]


def _odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


def main() -> None:
    """Print what cross-validation finds; write the weights where that is asked for."""
    from benchmarks.__main__ import DEFAULT_DATA

    parser = argparse.ArgumentParser(prog="python -m benchmarks.match_fitting", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with errors/")
    parser.add_argument("--write", action="store_true", help=f"put the weights into {WEIGHTS.name}")
    parser.add_argument("--plot", type=Path, help="draw how true the chances are into this SVG")
    options = parser.parse_args()
    sets = {
        f"{each.name}, {share:.0%} solved": rows_of(each, solved=share)
        for each in all_sets(options.data)
        for share in SOLVED
    }
    every = [row for rows in sets.values() for row in rows]
    raw = [cross_validated(every, seed) for seed in range(SEEDS)]
    shift = float(np.mean([shift_of(run) for run in raw]))
    runs = [shifted(run, shift) for run in raw]
    if options.plot:
        judged = [(each.confidence, each.is_right) for each in runs[0] if each.confidence < 1.0]
        write_reliability_plot(judged, options.plot, title="Confidence and truth, cross-validated")
    start = 0
    for name, rows in sets.items():
        print(f"{name}: cross-validated over all problems, mean and spread of {SEEDS} divisions")
        report([run[start : start + len(rows)] for run in runs])
        start += len(rows)
    weights = fit_ranking(every, scale_of(every))
    sure = fit_certainty(every, weights)
    text = _text(weights, replace(sure, bias=sure.bias + shift))
    print(text)
    if options.write:
        WEIGHTS.write_text(text, encoding="utf-8")


def _text(weights: Matrix, sure: Sure) -> str:
    line: Callable[[str, float], str] = lambda name, weight: f"  {name}: {weight:.4f}\n"  # noqa: E731
    return "".join(
        (
            "# Weights of the match model, fitted by benchmarks/match_fitting.py (docs/answers.md).\n",
            f'version: "{datetime.now(UTC).date().isoformat()}"\n',
            "ranking:\n",
            *(line(name, weight) for name, weight in zip(NAMES, weights, strict=True)),
            f"certainty:\n  bias: {sure.bias:.4f}\n",
            *(line(name, weight) for name, weight in zip((*OWN, *NAMES), sure.weights, strict=True)),
        )
    )


if __name__ == "__main__":
    main()
