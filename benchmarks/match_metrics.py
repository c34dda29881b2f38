"""Figures of answered questions, as the issue of this benchmark names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.problem_sets import Asked

PRECISION = 0.97
STRANGERS = 2 / 94


@dataclass(frozen=True, slots=True)
class Said:
    """What was said to a question: problems, best first, and how sure that was."""

    asked: Asked
    problems: tuple[str, ...]
    confidence: float

    @property
    def is_right(self) -> bool:
        """Whether the first one is right."""
        return self.asked.problem is not None and self.problems[:1] == (self.asked.problem,)


def figures(said: Sequence[Said]) -> dict[str, float]:
    """Give the figures of one run."""
    inside = [each for each in said if each.asked.problem is not None]
    outside = [each for each in said if each.asked.problem is None]

    def right(wanted: Callable[[Asked], bool]) -> float:
        found = [each.is_right for each in inside if wanted(each.asked)]
        return float(np.mean(found)) if found else float("nan")

    confidences = np.array([each.confidence for each in said])
    truths = np.array([each.is_right for each in said])
    return {
        "first": right(lambda _: True),
        "in three": float(np.mean([each.asked.problem in each.problems[:3] for each in inside])),
        "words en": right(lambda asked: asked.kind == "question" and asked.language == "en"),
        "words zh": right(lambda asked: asked.kind == "question" and asked.language == "zh"),
        "chinese": right(lambda asked: asked.language == "zh"),
        "reworded": right(lambda asked: asked.kind == "reworded"),
        "truncated": right(lambda asked: asked.kind == "truncated"),
        "auroc": auroc([each.confidence for each in inside], [each.confidence for each in outside]),
        "answered": answered(said),
        "brier": float(np.mean((confidences - truths) ** 2)),
        "constant": float(truths.mean() * (1 - truths.mean())),
    }


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Tell how often a question that has an answer is surer than one that has none."""
    if not inside or not outside:
        return float("nan")
    one, other = np.array(inside)[:, None], np.array(outside)
    return float(((one > other) + 0.5 * (one == other)).mean())


def answered(said: Sequence[Said]) -> float:
    """Give the share answered right at the best threshold with few wrong answers and few strangers answered."""
    inside = sum(each.asked.problem is not None for each in said)
    allowed = STRANGERS * (len(said) - inside)
    best = right = strangers = 0
    for count, each in enumerate(sorted(said, key=lambda one: -one.confidence), 1):
        right += each.is_right
        strangers += each.asked.problem is None
        if strangers <= allowed and right >= PRECISION * count:
            best = right
    return best / max(inside, 1)


def report(runs: Sequence[Sequence[Said]]) -> None:
    """Print the mean of some runs, and the spread where there are several."""
    every = [figures(run) for run in runs]
    for name in every[0]:
        values = [each[name] for each in every]
        spread = f"  ± {np.std(values):.3f}" if len(values) > 1 else ""
        print(f"    {name:10} {np.mean(values):.3f}{spread}")
