"""Which units become one: components of pairs over the threshold, and complete linkage inside of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.clustering.grouping import Standing, groups_to_merge
from ingest.clustering.items import Item
from ingest.clustering.linkage import complete_linkage
from ingest.clustering.linking import neighbourhoods
from ingest.clustering.reclustering.scoring import Scorer
from ingest.clustering.reclustering.vectors import Stored, rows_of
from ingest.clustering.representing import chosen
from knowledge_base.curation.grouping.together import Together

MOST_AT_ONCE = 150
"""Items that are compared all with all; larger components are taken in pieces, and then the pieces' groups."""

MOST_OF_UNIT = 20
LOOKED_AT = 500

Edge = tuple[int, int, float]
"""Two places, and their score."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Members that stay together: their places, those of them that are compared, and what people said of them."""

    places: tuple[int, ...]
    shown: tuple[int, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Ground:
    """What the groups of a component are made from: items and vectors by places, the pairs over the threshold.

    Units are given by their numbers, and with each those that it is kept from.
    """

    items: Sequence[Item]
    stored: Stored
    scorer: Scorer
    edges: Sequence[Edge]
    units: Mapping[int, Unit]
    apart: Mapping[int, frozenset[int]]

    def parts(self, number: int) -> dict[int, Unit]:
        """Take a unit apart into what is compared of it, by the numbers of templates; a labelled one stays whole."""
        unit = self.units[number]
        if unit.standing.labelled or len(unit.places) == 1:
            return {number: unit}
        return {self.items[place].template or 0: Unit((place,), (place,), unit.standing) for place in unit.shown}


def few(stored: Stored, places: Sequence[int], most: int = MOST_OF_UNIT) -> tuple[int, ...]:
    """Choose the members of a unit that are compared with others: what most of it is like, and what is unlike that."""
    if len(places) <= most:
        return tuple(places)
    looked_at = places[:LOOKED_AT]
    rows = chosen(rows_of(stored, looked_at), [1.0] * len(looked_at), most=most)
    return tuple(looked_at[row] for row in rows)


def group_component(ground: Ground, component: Sequence[int], threshold: float) -> list[list[int]]:
    """Group the units of one component; each group is in the order of its numbers, groups of one are left out.

    Texts are grouped first as if nobody had put any together, and then groups that share a unit become one: what people
    put together may be unlike, and must not drive off what is like one part of it. Where something that people said
    would not hold then, units are grouped as they are.
    """
    if len(component) == 2 and all(len(ground.units[number].shown) == 1 for number in component):
        # Most components are a pair: its score is its average, and that is over the threshold.
        return [sorted(component)] if _holds(ground, component) else []
    parts = {number: ground.parts(number) for number in component}
    owner = {part: number for number, found in parts.items() for part in found}
    loose = Ground(
        ground.items,
        ground.stored,
        ground.scorer,
        ground.edges,
        {part: unit for found in parts.values() for part, unit in found.items()},
        {
            part: frozenset(each for other in ground.apart.get(number, ()) for each in parts.get(other, ()))
            for part, number in owner.items()
        },
    )
    joined = Together()
    for group in _grouped(loose, list(owner), threshold):
        for each in group:
            joined.join(owner[group[0]], owner[each])
    found: list[list[int]] = []
    for together in joined.groups():
        if _holds(ground, together):
            found.append(together)
        else:
            found += _grouped(ground, together, threshold)
    return [each for each in found if len(each) > 1]


def _holds(ground: Ground, units: Sequence[int]) -> bool:
    inside = set(units)
    labelled = sum(ground.units[number].standing.labelled for number in units)
    return labelled <= 1 and not any(ground.apart.get(number, frozenset()) & inside for number in units)


def _grouped(ground: Ground, units: Sequence[int], threshold: float) -> list[list[int]]:
    """Group units by complete linkage at the threshold, under what people said.

    Where there are too many items, pieces are grouped first, then the groups, as long as that leaves fewer.
    """
    groups = [[number] for number in sorted(units)]
    while True:
        together = {group[0]: _as_one(ground, group) for group in groups}
        owner = {number: group[0] for group in groups for number in group}
        apart = {
            frozenset((owner[number], owner[other]))
            for number in owner
            for other in ground.apart.get(number, ())
            if other in owner and owner[number] != owner[other]
        }
        merged = Together()
        pieces = _pieces(ground, together, threshold)
        for piece in pieces:
            for found in _linked(ground, {each: together[each] for each in piece}, apart, threshold):
                for other in found[1:]:
                    merged.join(found[0], other)
        behind: dict[int, list[int]] = {}
        for group in groups:
            behind.setdefault(merged.of(group[0]), []).extend(group)
        fewer = len(behind) < len(groups)
        groups = [sorted(each) for _, each in sorted(behind.items())]
        if len(pieces) < 2 or not fewer:
            return [each for each in groups if len(each) > 1]


def _as_one(ground: Ground, group: Sequence[int]) -> Unit:
    """Look at a group of units as one."""
    members = [ground.units[number] for number in group]
    if len(members) == 1:
        return members[0]
    places = tuple(place for each in members for place in each.places)
    labelled = [each.standing for each in members if each.standing.labelled]
    shown = few(ground.stored, [place for each in members for place in each.shown])
    return Unit(places, shown, labelled[0] if labelled else members[0].standing)


def _pieces(ground: Ground, together: Mapping[int, Unit], threshold: float) -> list[list[int]]:
    """Take units apart where they hang together least, so that few enough are compared all with all."""
    places = [place for unit in together.values() for place in unit.shown]
    homes = [number for number, unit in together.items() for _ in unit.shown]
    if len(places) <= MOST_AT_ONCE:
        return [list(together)]
    rows = {place: row for row, place in enumerate(places)}
    scores = {
        (min(rows[left], rows[right]), max(rows[left], rows[right])): score
        for left, right, score in ground.edges
        if left in rows and right in rows
    }
    parts = neighbourhoods(scores, homes, threshold=threshold, most=MOST_AT_ONCE)
    return [list(dict.fromkeys(homes[row] for row in part)) for part in parts]


def _linked(
    ground: Ground, together: Mapping[int, Unit], apart: set[frozenset[int]], threshold: float
) -> list[list[int]]:
    places = [place for unit in together.values() for place in unit.shown]
    homes = [number for number, unit in together.items() for _ in unit.shown]
    alike = ground.scorer.all_with_all(places)
    labels = complete_linkage(alike, homes, threshold=threshold)
    members: dict[int, list[int]] = {}
    for row, number in enumerate(homes):
        members.setdefault(number, []).append(row)
    standings = {number: unit.standing for number, unit in together.items()}
    inside = {pair for pair in apart if pair <= standings.keys()}
    return groups_to_merge(members, labels, alike, standings, inside, threshold=threshold)
