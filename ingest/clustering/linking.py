"""Which items of a window may come together: they are compared with their neighbours, never all with all.

Two groups whose average score reaches a threshold have a pair that reaches it. So what hangs together by pairs over
the threshold may be clustered by itself, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

MOST_TOGETHER = 150
"""Items that are clustered at once: each is compared with each. Larger parts are cut where they hang together least."""

Pair = tuple[int, int]
"""Two places, the smaller one first."""


def neighbourhoods(
    scores: Mapping[Pair, float], together: Sequence[int], *, threshold: float, most: int = MOST_TOGETHER
) -> list[list[int]]:
    """Give the places that hang together, in order, for each part of at least two.

    ``scores`` holds the pairs that were compared, ``together`` a number for each place: equal ones (the representatives
    of one category) always hang together.

    >>> neighbourhoods({(0, 1): 0.9, (1, 2): 0.4, (3, 4): 0.8}, [10, 11, 12, 13, 14], threshold=0.5)
    [[0, 1], [3, 4]]
    """
    fixed = _fixed(together)
    edges = sorted(((score, pair) for pair, score in scores.items() if score >= threshold), reverse=True)
    parts = _parts(len(together), [*fixed, *(pair for _, pair in edges)])
    found: list[list[int]] = []
    for part in parts:
        found += [part] if len(part) <= most else _cut(part, edges, fixed, most)
    return sorted(part for part in found if len(part) > 1)


def _fixed(together: Sequence[int]) -> list[Pair]:
    first: dict[int, int] = {}
    return [(first[number], place) for place, number in enumerate(together) if first.setdefault(number, place) != place]


def _parts(count: int, pairs: Iterable[Pair]) -> list[list[int]]:
    roots = list(range(count))
    for left, right in pairs:
        _union(roots, left, right)
    parts: dict[int, list[int]] = {}
    for place in range(count):
        parts.setdefault(_root(roots, place), []).append(place)
    return list(parts.values())


def _cut(part: Sequence[int], edges: Sequence[tuple[float, Pair]], fixed: Sequence[Pair], most: int) -> list[list[int]]:
    """Join the surest pairs first, and none that would make a part too large."""
    inside = {place: number for number, place in enumerate(part)}
    roots = list(range(len(part)))
    sizes = [1] * len(part)
    # What always hangs together is never cut, however large it is.
    kept = len(fixed)
    for number, (left, right) in enumerate([*fixed, *(pair for _, pair in edges)]):
        if left not in inside or right not in inside:
            continue
        one, other = _root(roots, inside[left]), _root(roots, inside[right])
        if one != other and (number < kept or sizes[one] + sizes[other] <= most):
            _union(roots, one, other)
            sizes[min(one, other)] = sizes[one] + sizes[other]
    cut: dict[int, list[int]] = {}
    for number, place in enumerate(part):
        cut.setdefault(_root(roots, number), []).append(place)
    return list(cut.values())


def _root(roots: list[int], place: int) -> int:
    while roots[place] != place:
        roots[place] = roots[roots[place]]
        place = roots[place]
    return place


def _union(roots: list[int], left: int, right: int) -> None:
    one, other = _root(roots, left), _root(roots, right)
    roots[max(one, other)] = min(one, other)
