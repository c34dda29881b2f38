"""Which categories of a group may become one: what people said comes before any score."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ingest.clustering.items import Similarities
from ingest.clustering.linkage import Labels


@dataclass(frozen=True, slots=True)
class Standing:
    """What people said of a category; a labelled one has a name or a solution."""

    labelled: bool
    solution: int | None


def category_score(similarities: Similarities, left: Sequence[int], right: Sequence[int]) -> float:
    """Average the similarities between the items of two categories."""
    return float(np.mean(similarities[np.ix_(left, right)]))


def category_averages(similarities: Similarities, homes: Sequence[int], categories: Sequence[int]) -> Similarities:
    """Average the similarities between all categories at once; shape (categories, categories).

    ``homes`` names the category of each item; items of categories that are not listed do not count.
    """
    member = (np.asarray(categories)[:, None] == np.asarray(homes)[None, :]).astype(np.float32)
    if not member.size:
        return np.zeros((0, 0), np.float32)
    sizes = member.sum(axis=1)
    totals = member @ similarities @ member.T
    return np.asarray(totals / np.maximum(np.outer(sizes, sizes), 1.0), np.float32)


def groups_to_merge(
    members: Mapping[int, Sequence[int]],
    labels: Labels,
    similarities: Similarities,
    standings: Mapping[int, Standing],
    forbidden: Collection[frozenset[int]],
    *,
    threshold: float,
) -> list[list[int]]:
    """Turn the labels of linkage into groups of categories to merge, each in the order of its ids.

    ``members`` maps a category to the places of its items. Two labelled categories never come
    together, nor does a pair in ``forbidden``. A group in which nothing contradicts is taken whole;
    in others the most alike pair is joined first, as long as the average stays over the threshold.
    """
    grouped: dict[int, list[int]] = {}
    for category, places in members.items():
        grouped.setdefault(int(labels[places[0]]), []).append(category)
    merged: list[list[int]] = []
    for group in grouped.values():
        ordered = sorted(group)
        if len(ordered) < 2:
            continue
        if fits(ordered, standings, forbidden):
            merged.append(ordered)
        else:
            merged += _join_stepwise(ordered, members, similarities, standings, forbidden, threshold)
    return sorted(merged)


def fits(group: Sequence[int], standings: Mapping[int, Standing], forbidden: Collection[frozenset[int]]) -> bool:
    """Tell whether what people said lets categories become one."""
    if sum(standings[category].labelled for category in group) > 1:
        return False
    inside = set(group)
    return not any(pair <= inside for pair in forbidden)


def _join_stepwise(
    group: Sequence[int],
    members: Mapping[int, Sequence[int]],
    similarities: Similarities,
    standings: Mapping[int, Standing],
    forbidden: Collection[frozenset[int]],
    threshold: float,
) -> list[list[int]]:
    parts = [[category] for category in group]
    while True:
        best: tuple[float, int, int] | None = None
        for left, right in combinations(range(len(parts)), 2):
            if not fits(parts[left] + parts[right], standings, forbidden):
                continue
            score = category_score(similarities, _places(members, parts[left]), _places(members, parts[right]))
            if score >= threshold and (best is None or score > best[0]):
                best = (score, left, right)
        if best is None:
            return [sorted(part) for part in parts if len(part) > 1]
        parts[best[1]] += parts.pop(best[2])


def _places(members: Mapping[int, Sequence[int]], categories: Sequence[int]) -> list[int]:
    return [place for category in categories for place in members[category]]


def target_of(group: Sequence[int], standings: Mapping[int, Standing]) -> int:
    """Choose the category that stays: the labelled one, else the oldest."""
    return min(group, key=lambda category: (not standings[category].labelled, category))
