"""Fits the pair model to labelled errors: ``python -m benchmarks.fitting [--data FOLDER] [--write]``.

The lines are those of all problem sets. The weights are fitted with the sign that each feature must have and strong
regularisation, so that no problem is learnt by heart. What is printed is cross-validated over problems: no pair is
judged by a model that saw a problem of either line; and by a model of the other sets alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import minimize
from scipy.spatial.distance import squareform

from benchmarks.clustering import Score, pairs
from benchmarks.problem_sets import OWN, ProblemSet, all_sets
from knowledge_base.features.cleaning import cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.features import AGAINST, NAMES, Kinship, Wording, compare, kinship, values
from knowledge_base.pairs.judge import Judge, read_profile
from knowledge_base.pairs.model import WEIGHTS, Layer, PairModel
from knowledge_base.pairs.profile import Profile
from knowledge_base.settings import read_settings
from knowledge_base.signature import error_codes, sign

FOLDS = 5
SEEDS = 3
PENALTY = {"wording": 0.003, "judgement": 0.003}
"""What the log likelihood weighs beside the squared weights, of features scaled to deviation 1."""

OTHERS = 6
"""How often pairs of labelled lines that do not come with Kea count: they are fewer, and nobody wrote them for this."""

Matrix = npt.NDArray[np.float64]
FIRST, SECOND = NAMES[Wording], NAMES[Wording] + NAMES[Kinship]


@dataclass(frozen=True)
class Labelled:
    """Distinct templates of the labelled lines: what they say, their vectors, their problems, and where lines went."""

    profiles: Sequence[Profile]
    vectors: Matrix
    named: Sequence[frozenset[str]]
    problems: npt.NDArray[np.str_]
    template_of: Sequence[int]
    judge: Judge

    @property
    def places(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """All pairs of templates."""
        rows, columns = np.triu_indices(len(self.profiles), 1)
        return rows, columns


def read(labelled: ProblemSet) -> Labelled:
    """Sign, read and embed the labelled lines."""
    knowledge = KnowledgeBase(read_settings())
    judge = knowledge.judge
    place: dict[str, int] = {}
    template_of: list[int] = []
    templates: list[tuple[str, tuple[str, ...]]] = []
    problems: list[str] = []
    for line, problem in labelled.logs:
        signature = sign(line)
        if signature.fingerprint not in place:
            place[signature.fingerprint] = len(templates)
            templates.append((signature.template, error_codes(line)))
            problems.append(problem)
        template_of.append(place[signature.fingerprint])
    vectors = knowledge.embedder.embed([cleaned(text) for text, _ in templates])
    profiles = [read_profile(text, codes, judge.reader, judge.meanings) for text, codes in templates]
    seen = {word: sum(word in each.words for each in profiles) for word in {w for p in profiles for w in p.words}}
    return Labelled(
        profiles,
        np.asarray(vectors, np.float64),
        [judge.meanings.read(text, codes).kinds for text, codes in templates],
        np.array(problems),
        template_of,
        judge.following(lambda word: seen.get(word, 0), len(profiles)),
    )


def fit(features: Matrix, same: npt.NDArray[np.bool_], names: Sequence[str], strength: float) -> Layer:
    """Fit a logistic regression whose weights have the signs that they must have."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
    scaled, sides = (features - mean) / deviation, same * 2.0 - 1.0

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        margins = sides * (scaled @ parameters[:-1] + parameters[-1])
        slopes = -sides / (1.0 + np.exp(np.clip(margins, -30, 30)))
        penalty = 0.5 * float(np.square(parameters[:-1]).sum())
        return strength * float(np.logaddexp(0, -margins).sum()) + penalty, np.append(
            strength * (scaled.T @ slopes) + parameters[:-1], strength * slopes.sum()
        )

    bounds = [(None, 0.0) if name in AGAINST else (0.0, None) for name in names]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    weights = found[:-1] / deviation
    return Layer(float(found[-1] - weights @ mean), tuple(float(weight) for weight in weights))


def said(labelled: Labelled) -> Matrix:
    """Compare all pairs by what they say; shape (pairs, features)."""
    judge, profiles = labelled.judge, labelled.profiles
    dense = labelled.vectors @ labelled.vectors.T
    return np.array(
        [
            values(
                compare(profiles[row], profiles[column], float(dense[row, column]), judge.rarity, judge.contradictions)
            )
            for row, column in zip(*labelled.places, strict=True)
        ]
    )


def kin(labelled: Labelled, wording: Layer) -> Matrix:
    """Compare all pairs by the kinds that they are likely to be, as a model of what texts say finds them."""
    judge = labelled.judge
    model = PairModel(wording, wording, "")
    shares = [
        judge.known.shares(profile, vector.astype(np.float32), named, model, judge.beforehand, judge.contradictions)
        for profile, vector, named in zip(labelled.profiles, labelled.vectors, labelled.named, strict=True)
    ]
    with_kinds = [replace(profile, kinds=found) for profile, found in zip(labelled.profiles, shares, strict=True)]
    return np.array(
        [values(kinship(with_kinds[row], with_kinds[column])) for row, column in zip(*labelled.places, strict=True)]
    )


def cross_validated(labelled: Labelled, wording: Matrix, seed: int) -> Matrix:
    """Judge each pair by a model that saw no pair of either problem; shape (templates, templates)."""
    names = sorted(set(labelled.problems))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {names[place]: number % FOLDS for number, place in enumerate(order)}
    folds = np.array([fold_of[problem] for problem in labelled.problems])
    rows, columns = labelled.places
    same = labelled.problems[rows] == labelled.problems[columns]
    chances = np.zeros(len(rows))
    for one in range(FOLDS):
        for other in range(one, FOLDS):
            held = {one, other}
            test = ((folds[rows] == one) & (folds[columns] == other)) | (
                (folds[rows] == other) & (folds[columns] == one)
            )
            train = ~np.isin(folds[rows], list(held)) & ~np.isin(folds[columns], list(held))
            first = fit(wording[train], same[train], FIRST, PENALTY["wording"])
            both = np.column_stack([wording, kin(labelled, first)])
            second = fit(both[train], same[train], SECOND, PENALTY["judgement"])
            chances[test] = 1 / (1 + np.exp(-(both[test] @ np.array(second.weights) + second.bias)))
    matrix = np.eye(len(labelled.profiles))
    matrix[rows, columns] = matrix[columns, rows] = chances
    return matrix


def curve(labelled: Labelled, matrix: Matrix, method: str) -> list[tuple[float, Score]]:
    """Cluster at many thresholds; score the lines."""
    tree = linkage(squareform(1 - matrix, checks=False), method)
    problems = [str(labelled.problems[place]) for place in labelled.template_of]
    found = []
    for threshold in np.arange(0.04, 0.99, 0.02):
        labels = fcluster(tree, 1 - threshold, "distance")
        found.append((float(threshold), pairs(problems, [int(labels[place]) for place in labelled.template_of])))
    return found


def fit_both(sets: Mapping[str, tuple[Labelled, Matrix]]) -> tuple[Layer, Layer]:
    """Fit both layers to the pairs within each of some sets."""
    counted = [name for name in sets for _ in range(1 if (OWN / f"{name}.yaml").exists() else OTHERS)]
    same = {name: _same(labelled) for name, (labelled, _) in sets.items()}
    truth = np.concatenate([same[name] for name in counted])
    first = fit(np.vstack([sets[name][1] for name in counted]), truth, FIRST, PENALTY["wording"])
    both = {name: np.column_stack([wording, kin(labelled, first)]) for name, (labelled, wording) in sets.items()}
    return first, fit(np.vstack([both[name] for name in counted]), truth, SECOND, PENALTY["judgement"])


def judged(labelled: Labelled, wording: Matrix, first: Layer, second: Layer) -> Matrix:
    """Judge all pairs of a set by fitted layers; shape (templates, templates)."""
    both = np.column_stack([wording, kin(labelled, first)])
    matrix = np.eye(len(labelled.profiles))
    rows, columns = labelled.places
    matrix[rows, columns] = matrix[columns, rows] = 1 / (1 + np.exp(-(both @ np.array(second.weights) + second.bias)))
    return matrix


def _same(labelled: Labelled) -> npt.NDArray[np.bool_]:
    rows, columns = labelled.places
    return np.asarray(labelled.problems[rows] == labelled.problems[columns])


def main() -> None:
    """Print what cross-validation finds; write the weights where that is asked for."""
    from benchmarks.__main__ import DEFAULT_DATA

    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitting", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with errors/")
    parser.add_argument("--write", action="store_true", help=f"put the weights into {WEIGHTS.name}")
    parser.add_argument("--curve", action="store_true", help="print each threshold")
    options = parser.parse_args()
    read_sets = {each.name: read(each) for each in all_sets(options.data)}
    sets = {name: (labelled, said(labelled)) for name, labelled in read_sets.items()}
    for name, (labelled, wording) in sets.items():
        if not (OWN / f"{name}.yaml").exists():
            for seed in range(SEEDS):
                _tell(f"{name}, seed {seed}", labelled, cross_validated(labelled, wording, seed), every=options.curve)
        others = {each: held for each, held in sets.items() if each != name}
        if others:
            matrix = judged(labelled, wording, *fit_both(others))
            _tell(f"{name}, by the other sets", labelled, matrix, every=options.curve)
    text = _text(*fit_both(sets))
    print(text)
    if options.write:
        WEIGHTS.write_text(text, encoding="utf-8")


def _tell(title: str, labelled: Labelled, matrix: Matrix, *, every: bool) -> None:
    for method in ("average", "complete"):
        found = curve(labelled, matrix, method)
        for least in (0.97, 0.95, 0.90):
            good = [each for each in found if each[1].precision >= least]
            threshold, score = max(good, key=lambda each: each[1].recall, default=(1.0, Score(0, 0)))
            print(f"{title}, {method:8} precision from {least:.2f}: threshold {threshold:.2f}  {score}")
        if every:
            print("\n".join(f"    {threshold:.2f} {score}" for threshold, score in found))


def _text(first: Layer, second: Layer) -> str:
    parts = [
        "# Weights of the pair model, fitted by benchmarks/fitting.py; docs/clustering.md tells what they weigh.\n",
        f'version: "{datetime.now(UTC).date().isoformat()}"\n',
    ]
    for title, layer, names in (("wording", first, FIRST), ("judgement", second, SECOND)):
        parts.append(f"{title}:\n  bias: {layer.bias:.4f}\n")
        parts += [f"  {name}: {weight:.4f}\n" for name, weight in zip(names, layer.weights, strict=True)]
    return "".join(parts)


if __name__ == "__main__":
    main()
