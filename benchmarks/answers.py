"""How well questions are answered: Kea beside its peers, on all labelled problems; and whether confidences are true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.drain import clusters_of
from benchmarks.match_fitting import SEEDS, cross_validated, rows_of
from benchmarks.match_metrics import Said, figures
from benchmarks.problem_sets import ProblemSet, all_sets
from benchmarks.tools import run_scorer
from knowledge_base.embedding import open_embedder
from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.ngrams import cosine, grams
from knowledge_base.settings import read_settings
from knowledge_base.signature import sign

COLUMNS = ("first", "in three", "words en", "words zh", "chinese", "auroc", "answered", "brier")

Matrix = npt.NDArray[np.float64]


def measure(data: Path) -> None:
    """Score the command line, then Kea and its peers on each set of problems."""
    run_scorer(data, "score_answers.py", [str(data / "errors" / "dev")])
    for problems in all_sets(data):
        count = len({problem for _, problem in problems.logs})
        print(f"\n{problems.name}: {len(problems.questions)} questions about {count} problems")
        print(f"{'':44}" + "".join(f"{name:>10}" for name in COLUMNS))
        rows = rows_of(problems)
        _show("kea, cross-validated over problems", [cross_validated(rows, seed) for seed in range(SEEDS)])
        for name, peer in PEERS.items():
            _show(name, [_calibrated(problems, peer(problems))])
        constant = figures(cross_validated(rows, 0))["constant"]
        print(f"{'saying the share of right ones always':44}{'':70}{constant:10.3f}")


def _show(name: str, runs: Sequence[Sequence[Said]]) -> None:
    every = [figures(run) for run in runs]
    print(
        f"{name:44}" + "".join(f"{np.mean([each[column] for each in every]):10.3f}" for column in COLUMNS), flush=True
    )


def _calibrated(problems: ProblemSet, scores: Matrix) -> list[Said]:
    """Rank problems by their best line; likeness becomes a chance by a logistic curve, cross-fitted in two halves."""
    names = sorted({problem for _, problem in problems.logs})
    place = {name: number for number, name in enumerate(names)}
    home = np.array([place[problem] for _, problem in problems.logs])
    best = np.full((len(problems.questions), len(names)), -1.0)
    for number in range(len(names)):
        best[:, number] = scores[:, home == number].max(axis=1)
    order = np.argsort(-best, axis=1, kind="stable")
    top = best.max(axis=1)
    right = np.array([names[row[0]] == each.problem for row, each in zip(order, problems.questions, strict=True)])
    half = np.arange(len(right)) % 2 == 0
    chance = np.zeros(len(right))
    for part in (half, ~half):
        model = LogisticRegression().fit(top[part, None], right[part])
        chance[~part] = model.predict_proba(top[~part, None])[:, 1]
    # Where likeness decides, its order is kept: only the Brier score reads the chances.
    return [
        Said(each, tuple(names[number] for number in row[:3]), float(value))
        for each, row, value in zip(problems.questions, order, chance, strict=True)
    ]


def _texts(problems: ProblemSet) -> tuple[list[str], list[str]]:
    return [text for text, _ in problems.logs], [each.text for each in problems.questions]


def _clean(texts: Sequence[str]) -> list[str]:
    return [cleaned(sign(text).template) for text in texts]


def _hybrid(problems: ProblemSet) -> Matrix:
    """Half MiniLM, half character n-grams, over cleaned texts: the best plain hybrid."""
    logs, asked = (_clean(texts) for texts in _texts(problems))
    embedder = open_embedder(read_settings())
    dense = embedder.embed(asked) @ embedder.embed(logs).T
    letters = [grams(text) for text in logs]
    lexical = np.array([[cosine(grams(text), other) for other in letters] for text in asked])
    return np.asarray(0.5 * dense + 0.5 * lexical, np.float64)


def _raw(problems: ProblemSet) -> Matrix:
    """Embed the texts as they are: what a vector store does unless told otherwise."""
    logs, asked = _texts(problems)
    embedder = open_embedder(read_settings())
    return np.asarray(embedder.embed(asked) @ embedder.embed(logs).T, np.float64)


def _words(problems: ProblemSet) -> Matrix:
    """TF-IDF over words, as a search engine compares texts that are more like this."""
    logs, asked = _texts(problems)
    model = TfidfVectorizer(sublinear_tf=True).fit(logs)
    return np.asarray((model.transform(asked) @ model.transform(logs).T).toarray(), np.float64)


def _same(problems: ProblemSet) -> Matrix:
    """Equal groups of Drain3 alone, as trackers that group by fingerprint."""
    logs, asked = ([" ".join(text.split()) for text in texts] for texts in _texts(problems))
    groups = np.array(clusters_of([*logs, *asked]))
    return (groups[len(logs) :, None] == groups[: len(logs)]).astype(np.float64)


PEERS: dict[str, Callable[[ProblemSet], Matrix]] = {
    "plain hybrid (MiniLM and n-grams, cleaned)": _hybrid,
    "MiniLM on raw texts": _raw,
    "TF-IDF over words": _words,
    "equal groups of Drain3": _same,
}
