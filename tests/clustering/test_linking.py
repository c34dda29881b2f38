"""Neighbourhoods: what is clustered apart gives what clustering all at once would give."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.clustering.linkage import complete_linkage
from ingest.clustering.linking import Pair, neighbourhoods

MANY = settings(max_examples=250, deadline=None, derandomize=True, database=None)


def chances(size: int, seed: int, dense: float) -> dict[Pair, float]:
    """Different chances for all pairs; ``dense`` of them are over 0.5."""
    pairs = list(itertools.combinations(range(size), 2))
    order = random.Random(seed)
    steps = order.sample(range(1, 10_000), len(pairs))
    return {
        pair: (0.5 if order.random() < dense else 0.0) + step / 20_001 for pair, step in zip(pairs, steps, strict=True)
    }


def matrix(scores: dict[Pair, float], places: Sequence[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    found = np.eye(len(places), dtype=np.float32)
    for (row, left), (column, right) in itertools.combinations(enumerate(places), 2):
        found[row, column] = found[column, row] = scores[min(left, right), max(left, right)]
    return found


def groups(scores: dict[Pair, float], places: Sequence[int], together: Sequence[int]) -> set[frozenset[int]]:
    """The groups of complete linkage at 0.5 over all pairs of some places."""
    labels = complete_linkage(matrix(scores, places), [together[place] for place in places], threshold=0.5)
    found: dict[int, set[int]] = {}
    for place, label in zip(places, labels, strict=True):
        found.setdefault(int(label), set()).add(place)
    return set(map(frozenset, found.values()))


WORLDS = {
    "size": st.integers(1, 12),
    "seed": st.integers(0, 2**20),
    "dense": st.sampled_from([0.05, 0.15, 0.3, 0.6, 0.9]),
    "homes": st.sampled_from([3, 8, 40]),
}


@MANY
@given(**WORLDS)
def test_parts_give_what_all_at_once_gives(size: int, seed: int, dense: float, homes: int) -> None:
    scores = chances(size, seed, dense)
    together = [random.Random(seed).randrange(homes) + place % 2 for place in range(size)]
    parts = neighbourhoods(scores, together, threshold=0.5)
    apart = [[place] for place in range(size) if not any(place in part for part in parts)]
    found = set(itertools.chain.from_iterable(groups(scores, part, together) for part in [*parts, *apart]))
    assert found == groups(scores, range(size), together)


@MANY
@given(**WORLDS, most=st.integers(4, 9))
def test_parts_are_apart_and_ordered_and_keep_categories_whole(
    size: int, seed: int, dense: float, homes: int, most: int
) -> None:
    scores = chances(size, seed, dense)
    order = random.Random(seed)
    together = [order.randrange(homes) * 3 + place % 3 for place in range(size)]
    for limit in (most, 150):
        parts = neighbourhoods(scores, together, threshold=0.5, most=limit)
        assert all(part == sorted(set(part)) and 1 < len(part) <= limit for part in parts)
        assert parts == sorted(parts)
        places = list(itertools.chain.from_iterable(parts))
        assert len(places) == len(set(places))
        part_of = {place: number for number, part in enumerate(parts) for place in part}
        for left, right in itertools.combinations(range(size), 2):
            if together[left] == together[right] or (limit > size and scores[left, right] >= 0.5):
                assert part_of[left] == part_of[right]
    shuffled = dict(order.sample(sorted(scores.items()), len(scores)))
    assert neighbourhoods(shuffled, together, threshold=0.5, most=most) == neighbourhoods(
        scores, together, threshold=0.5, most=most
    )


def test_a_part_that_is_too_large_is_cut_where_it_hangs_together_least() -> None:
    chain = {(place, place + 1): 0.9 for place in range(5)} | {(2, 3): 0.6}
    assert neighbourhoods(chain, range(6), threshold=0.5) == [[0, 1, 2, 3, 4, 5]]
    assert neighbourhoods(chain, range(6), threshold=0.5, most=4) == [[0, 1, 2], [3, 4, 5]]
    # What stands for one category goes before any chance.
    assert neighbourhoods(chain, [0, 1, 7, 7, 4, 5], threshold=0.5, most=4) == [[0, 1], [2, 3, 4, 5]]


def test_pairs_below_the_threshold_join_nothing() -> None:
    assert neighbourhoods({(0, 1): 0.5, (1, 2): 0.4999}, range(3), threshold=0.5) == [[0, 1]]
    assert neighbourhoods({}, [1, 2, 1], threshold=0.5) == [[0, 2]]
    assert neighbourhoods({}, [], threshold=0.5) == []


def test_a_flood_of_one_error_is_cut_into_parts_that_can_be_compared() -> None:
    size, most = 5_000, 150
    chain = {(place, place + 1): 0.9 for place in range(size - 1)}
    parts = neighbourhoods(chain, range(size), threshold=0.5, most=most)
    assert max(map(len, parts)) <= most
    assert len(parts) < 3 * size / most
    assert sum(map(len, parts)) > 0.98 * size
