"""What a window proposes: merges that are not near enough, labels of the nearest, categories that are two.

Pure functions of what was compared. Each gives few proposals a category, best first; the same input gives the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ingest.clustering.grouping import Standing
from knowledge_base.features.ngrams import common_words
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile
from knowledge_base.store.grouping.proposal_values import Grounds, ProposalKind, Proposed

MOST_MERGES = 5
NOWHERE = -1
"""The home of an item that takes no part."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What two texts have in common, and what of them contradicts."""

    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


def in_common(judge: Judge, left: Profile, right: Profile) -> Shared:
    """Tell what two texts share, and what of them contradicts."""
    return Shared(
        words=common_words(left.clean, right.clean),
        codes=tuple(sorted(left.codes & right.codes)),
        concepts=tuple(sorted((left.acts & right.acts) | (left.objects & right.objects))),
        against=judge.against(left, right),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Categories as they are after a window's merges.

    ``between`` has the score of each pair that was compared (the smaller number first, 0..1), ``fresh`` names those
    that something new came to, ``forbidden`` the pairs that people keep apart. ``shared`` tells what two categories
    have in common, and is asked once for each proposal; ``version`` names what the scores were made with.
    """

    between: Mapping[tuple[int, int], float]
    fresh: Collection[int]
    standings: Mapping[int, Standing]
    forbidden: Collection[frozenset[int]]
    shared: Callable[[int, int], Shared]
    version: str = ""


def find_merges(scene: Scene, *, threshold: float, most: int = MOST_MERGES) -> list[Proposed]:
    """Propose to merge categories that are alike by ``threshold`` at least, one of them new in this window.

    Nothing that people keep apart, nothing that has the same solution already; ``most`` a category.
    """
    near = _near(scene.between)
    found = []
    given: Counter[int] = Counter()
    for score, left, right in sorted((-score, *pair) for pair, score in scene.between.items() if score >= threshold):
        if max(given[left], given[right]) >= most or not _may_merge(scene, left, right):
            continue
        given.update((left, right))
        after = max(_next(near, left, {left, right}), _next(near, right, {left, right}), key=lambda each: each[1])
        grounds = _grounds(scene, left, right, threshold, after)
        found.append(Proposed(left, right, min(1.0, -score), ProposalKind.MERGE, grounds))
    return found


def find_labels(scene: Scene, *, named: Collection[int], threshold: float) -> list[Proposed]:
    """Offer a category that people said nothing of the label of the nearest one that has any.

    ``named`` are the categories with a label or a solution that are not put aside. One of the two is new in this
    window; ``threshold`` may be lower than that of merges, since categories of one label need not be one.
    """
    found = []
    for left, others in sorted(_near(scene.between).items()):
        if scene.standings[left].labelled or left in named:
            continue
        allowed = [
            (right, score)
            for right, score in others
            if right in named and frozenset((left, right)) not in scene.forbidden
        ]
        if not allowed or allowed[0][1] < threshold or not {left, allowed[0][0]} & set(scene.fresh):
            continue
        right, score = allowed[0]
        after = allowed[1] if len(allowed) > 1 else (None, 0.0)
        grounds = _grounds(scene, left, right, threshold, after)
        found.append(Proposed(left, right, min(1.0, score), ProposalKind.LABEL, grounds))
    return sorted(found, key=lambda each: (-each.score, each.left))


def _may_merge(scene: Scene, left: int, right: int) -> bool:
    same = scene.standings[left].solution
    solved = same is not None and same == scene.standings[right].solution
    fresh = left in scene.fresh or right in scene.fresh
    return fresh and not solved and frozenset((left, right)) not in scene.forbidden


Near = Mapping[int, Sequence[tuple[int, float]]]
"""For each category the others that it was compared with, the nearest first."""


def _near(between: Mapping[tuple[int, int], float]) -> Near:
    found: dict[int, list[tuple[int, float]]] = {}
    for (left, right), score in between.items():
        found.setdefault(left, []).append((right, score))
        found.setdefault(right, []).append((left, score))
    return {each: sorted(others, key=lambda other: (-other[1], other[0])) for each, others in found.items()}


def _next(near: Near, category: int, taken: Collection[int]) -> tuple[int | None, float]:
    return next(((other, score) for other, score in near[category] if other not in taken), (None, 0.0))


def _grounds(scene: Scene, left: int, right: int, threshold: float, after: tuple[int | None, float]) -> Grounds:
    shared = scene.shared(left, right)
    return Grounds(
        threshold=threshold,
        runner_up=after[0],
        runner_up_score=after[1],
        words=shared.words,
        codes=shared.codes,
        concepts=shared.concepts,
        against=shared.against,
        version=scene.version,
    )
