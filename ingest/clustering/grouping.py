"""Which categories of a group may become one: what people said comes before any score."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ingest.clustering.items import Similarities
from ingest.clustering.linkage import Labels
from knowledge_base.curation.grouping.together import Together


@dataclass(frozen=True, slots=True)
class Standing:
    """What people said of a category; a labelled one has a name or a solution, or a rule that keeps it.

    In a ``mixed`` one people put together what may be unlike: whatever is like one part of it may join.
    """

    labelled: bool
    solution: int | None
    mixed: bool = False


def units(homes: Sequence[int], standings: Mapping[int, Standing]) -> list[int]:
    """Number the items that linkage must keep together: those of one category, each of a mixed one by itself.

    >>> units([7, 7, 8, 8], {7: Standing(False, None), 8: Standing(True, None, mixed=True)})
    [7, 7, -3, -4]
    """
    return [
        -place if home in standings and standings[home].mixed else home for place, home in enumerate(homes, start=1)
    ]


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
    in others the most alike pair is joined first, as long as all of it is alike by the threshold.
    """
    joined = Together()
    first: dict[int, int] = {}
    for category, places in members.items():
        for place in places:
            joined.join(category, first.setdefault(int(labels[place]), category))
    merged: list[list[int]] = []
    for group in joined.groups():
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
            score = min(
                _alike(similarities, members, standings, one, other) for one in parts[left] for other in parts[right]
            )
            if score >= threshold and (best is None or score > best[0]):
                best = (score, left, right)
        if best is None:
            return [sorted(part) for part in parts if len(part) > 1]
        parts[best[1]] += parts.pop(best[2])


def _alike(
    similarities: Similarities,
    members: Mapping[int, Sequence[int]],
    standings: Mapping[int, Standing],
    left: int,
    right: int,
) -> float:
    """Tell how alike two categories are at least; of a mixed one the part counts that is most alike."""
    block = similarities[np.ix_(list(members[left]), list(members[right]))]
    rows = block.max(axis=1) if standings[right].mixed else block.min(axis=1)
    return float(rows.max() if standings[left].mixed else rows.min())


def target_of(group: Sequence[int], standings: Mapping[int, Standing]) -> int:
    """Choose the category that stays: the labelled one, else the oldest."""
    return min(group, key=lambda category: (not standings[category].labelled, category))
