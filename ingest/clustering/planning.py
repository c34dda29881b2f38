"""What a window changes: which categories become one, and why. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ingest.clustering.grouping import groups_to_merge, target_of, units
from ingest.clustering.items import Comparison
from ingest.clustering.linkage import complete_linkage
from ingest.clustering.linking import Pair, neighbourhoods
from ingest.clustering.plan import Merge, Plan
from ingest.clustering.proposing import NOWHERE, Scene, Shared, find_labels, find_merges, in_common
from ingest.clustering.reasons import reason_for
from ingest.clustering.snapshot import Snapshot
from knowledge_base.store.grouping.proposal_values import Proposed

MOST_PROPOSED = 20
"""Merges that are proposed for a category at most."""

MOST_IN_WINDOW = 2_000
"""Pairs of categories that are looked at for proposals in a window, the most alike: in a storm all are like many."""


def plan_window(
    compared: Comparison,
    near: Collection[Pair],
    snapshot: Snapshot,
    *,
    group_threshold: float,
    propose_threshold: float,
) -> Plan:
    """Decide what a window changes; pure: the same items in the same order give the same plan.

    ``near`` are the pairs of places that may be the same error; others are compared only where they hang together.
    """
    items = compared.items
    present = [place for place, item in enumerate(items) if item.category in snapshot.standings]
    known = set(present)
    scores = compared.pairs(pair for pair in sorted(near) if known.issuperset(pair))
    homes = [item.category for item in items]
    merges: list[Merge] = []
    for part in neighbourhoods(scores, homes, threshold=group_threshold):
        merges += _merges(compared, [place for place in part if place in known], snapshot, group_threshold)
    home = {homes[place]: homes[place] for place in present}
    home |= {source: merge.target for merge in merges for source in merge.sources}
    after = [home.get(category, NOWHERE) for category in homes]
    # What was merged is kept apart from what its parts were.
    apart = frozenset(frozenset(home.get(each, each) for each in pair) for pair in snapshot.forbidden)
    found = _proposals(compared, scores, after, replace(snapshot, forbidden=apart), propose_threshold)
    new = tuple((item, compared.vectors[place]) for place, item in enumerate(items) if item.is_new)
    return Plan(tuple(merges), tuple(found), new, home)


def _merges(compared: Comparison, part: Sequence[int], snapshot: Snapshot, threshold: float) -> list[Merge]:
    """Cluster what hangs together, under what people said."""
    homes = [compared.items[place].category for place in part]
    members: dict[int, list[int]] = {}
    for row, category in enumerate(homes):
        members.setdefault(category, []).append(row)
    if len(members) < 2:
        return []
    alike = compared.block(part)
    labels = complete_linkage(alike, units(homes, snapshot.standings), threshold=threshold)
    groups = groups_to_merge(members, labels, alike, snapshot.standings, snapshot.forbidden, threshold=threshold)
    return [
        _merge(compared, {each: [part[row] for row in members[each]] for each in group}, snapshot, threshold)
        for group in groups
    ]


def _merge(compared: Comparison, members: Mapping[int, Sequence[int]], snapshot: Snapshot, threshold: float) -> Merge:
    target = target_of(list(members), snapshot.standings)
    sources = tuple(category for category in members if category != target)
    together = [place for places in members.values() for place in places]
    reasons = {
        compared.items[place].template or 0: reason_for(place, together, compared, threshold)
        for category in sources
        for place in members[category]
    }
    return Merge(target, sources, reasons)


def _proposals(
    compared: Comparison,
    scores: Mapping[Pair, float],
    homes: Sequence[int],
    snapshot: Snapshot,
    threshold: float,
) -> list[Proposed]:
    """Propose what is near and not near enough: categories of which a pair of items reaches the threshold."""
    places: dict[int, list[int]] = {}
    for place, home in enumerate(homes):
        if home != NOWHERE:
            places.setdefault(home, []).append(place)
    likeness: dict[Pair, float] = {}
    for (left, right), score in scores.items():
        if score >= threshold and homes[left] != homes[right]:
            pair = (min(homes[left], homes[right]), max(homes[left], homes[right]))
            likeness[pair] = max(score, likeness.get(pair, 0.0))
    near = sorted(likeness, key=lambda pair: (-likeness[pair], pair))[:MOST_IN_WINDOW]
    compared.pairs(
        (min(one, other), max(one, other)) for left, right in near for one in places[left] for other in places[right]
    )
    judge = compared.judge

    def shared(left: int, right: int) -> Shared:
        one, other = compared.nearest(places[left], places[right])
        return in_common(judge, compared.profile(one), compared.profile(other))

    scene = Scene(
        between={pair: compared.average(places[pair[0]], places[pair[1]]) for pair in sorted(near)},
        fresh={homes[place] for place, item in enumerate(compared.items) if item.is_new and homes[place] != NOWHERE},
        standings=snapshot.standings,
        forbidden=snapshot.forbidden,
        shared=shared,
        version=judge.version,
    )
    merges = find_merges(scene, threshold=threshold, most=MOST_PROPOSED)
    return [*merges, *find_labels(scene, named=snapshot.named, threshold=threshold)]
