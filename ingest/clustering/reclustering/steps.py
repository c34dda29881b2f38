"""Cutting what a reclustering changes into steps that are each true by themselves and short to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.clustering.reclustering.planning import Reclustering
from knowledge_base.curation.grouping.together import Together

MOST_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Step:
    """Members that come to groups in one transaction: for each place the group."""

    moves: Mapping[int, int]


def cut_into_steps(plan: Reclustering) -> Iterator[Step]:
    """Give the moves, those that depend on each other in one step, the largest ones first.

    Categories that exchange templates stand together; where that makes a large step and nobody keeps these templates
    apart, it is cut: each category that keeps its id holds a template all the while.
    """
    for part in sorted(_parts(plan), key=lambda part: (-len(part), part[0])):
        yield from (Step(dict(piece)) for piece in _pieces(plan, part))


def _parts(plan: Reclustering) -> Iterator[list[tuple[int, int]]]:
    linked = Together()
    moves = list(plan.moves())
    for place, group in moves:
        linked.join(plan.base.members[place].category, _node(plan, group))
    found: dict[int, list[tuple[int, int]]] = {}
    for place, group in moves:
        found.setdefault(linked.of(plan.base.members[place].category), []).append((place, group))
    return iter(found.values())


def _node(plan: Reclustering, group: int) -> int:
    """Number a group among the categories; new ones have numbers of their own below zero."""
    name = plan.names[group]
    return -1 - group if name is None else name


def _pieces(plan: Reclustering, part: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    base = plan.base
    if len(part) <= MOST_AT_ONCE or any(base.units[place] in base.apart for place, _ in part):
        yield list(part)
        return
    piece: list[tuple[int, int]] = []
    ordered = sorted(part, key=lambda move: (move[1], base.units[move[0]], move[0]))
    for number, move in enumerate(ordered):
        before = ordered[number - 1] if number else move
        is_other_unit = base.units[before[0]] != base.units[move[0]]
        if len(piece) >= MOST_AT_ONCE and is_other_unit:
            yield piece
            piece = []
        piece.append(move)
    yield piece
