"""The incremental clusterer: one window at a time, under a lease, in short transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from ingest.cardinality import MOST_VARIABLES
from ingest.clustering.folding import fold
from ingest.clustering.grouping import category_averages, groups_to_merge, target_of
from ingest.clustering.items import Item, Similarities, similarities
from ingest.clustering.keywords import Vocabulary, vocabulary
from ingest.clustering.lease import Lease, try_lease
from ingest.clustering.linkage import average_linkage
from ingest.clustering.plan import Merge, Plan, Proposed
from ingest.clustering.reasons import reason_for
from ingest.clustering.snapshot import PendingTemplate, Snapshot, read_pending, read_snapshot
from ingest.clustering.writing import write_part
from knowledge_base.embedding.port import Vectors
from knowledge_base.features.cleaning import cleaned
from knowledge_base.index.replica import Replica
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects, proposals

NEAR = 10
TRIES = 5
PART = 50


@dataclass(frozen=True, slots=True)
class WindowResult:
    """What a window led to."""

    templates: int
    merged: int
    proposals: int


@dataclass(frozen=True, slots=True)
class _Window:
    """The items of a window in a fixed order with their vectors, shape (items, dimension)."""

    items: tuple[Item, ...]
    vectors: Vectors


class Clusterer:
    """Clusters what is pending in a project. It keeps nothing between windows: all state is in the database."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge

    def run_window(self, project: str) -> WindowResult | None:
        """Cluster the oldest pending templates, ``window_size`` at most.

        None where nothing is pending or another process holds the lease.
        """
        with try_lease(self.knowledge, project) as lease:
            if lease is None:
                return None
            folded = self._fold(lease)
            for _ in range(TRIES):
                with self.knowledge.store.read() as db:
                    change = projects.last_change(db, project)
                    pending = read_pending(db, project, self.knowledge.settings.window_size)
                if not pending:
                    return None
                result = self._cluster(lease, pending, change)
                if result is not None:
                    return replace(result, merged=result.merged + folded)
        return None

    def _fold(self, lease: Lease) -> int:
        """Fold what differs in a variable word, before texts are compared; tell how many categories were merged."""
        merged = 0
        for _ in range(MOST_VARIABLES):
            # What was folded is a template that may be folded again.
            with self.knowledge.store.read() as db:
                pending = read_pending(db, lease.project, self.knowledge.settings.window_size)
            more = fold(self.knowledge, lease, pending)
            merged += more
            if not more:
                break
        return merged

    def _cluster(self, lease: Lease, pending: Sequence[PendingTemplate], change: int) -> WindowResult | None:
        """Cluster a window that was read at a change of the feed.

        None where people changed something meanwhile, so that it must be done again.
        """
        project, settings = lease.project, self.knowledge.settings
        clean = [cleaned(each.text) for each in pending]
        vectors = self.knowledge.embedder.embed(clean)
        with self.knowledge.store.read() as db:
            replica = self.knowledge.replica(db, project)
            window = _gather(pending, clean, vectors, replica)
            snapshot = read_snapshot(db, project, {item.category for item in window.items})
        plan = plan_window(
            window.items,
            window.vectors,
            snapshot,
            group_threshold=settings.group_threshold,
            propose_threshold=settings.propose_threshold,
        )
        return self._write(lease, plan, _vocabulary(plan, window, replica), change)

    def _write(self, lease: Lease, plan: Plan, words: Vocabulary, change: int) -> WindowResult | None:
        """Write a plan part by part, so that nobody waits long for the database.

        Where people change something meanwhile, the rest stays pending and is clustered anew.
        """
        project, backend = lease.project, self.knowledge.embedder.backend
        templates = merged = 0
        for part in plan.parts(PART):
            with self.knowledge.store.write() as db:
                projects.lock(db, project)
                lease.check(db)
                if not _still_true(db, project, change):
                    return WindowResult(templates, merged, 0) if templates else None
                write_part(db, project, part, plan.home, words, backend=backend, now=self.knowledge.clock())
                change = projects.last_change(db, project)
            templates += len(part.new)
            merged += sum(len(merge.sources) for merge in part.merges)
        found = [(each.left, each.right, each.score) for each in plan.proposals]
        with self.knowledge.store.write() as db:
            projects.lock(db, project)
            lease.check(db)
            if _still_true(db, project, change):
                proposals.put(db, project, found, self.knowledge.clock())
        return WindowResult(templates, merged, len(found))


def _vocabulary(plan: Plan, window: _Window, replica: Replica) -> Vocabulary:
    """Count the words of all categories as they will be."""
    texts: dict[int, list[str]] = {}
    for category, known in replica.texts().items():
        texts.setdefault(plan.home.get(category, category), []).extend(known)
    for item in window.items:
        if item.is_new:
            texts.setdefault(plan.home.get(item.category, item.category), []).append(item.clean)
    return vocabulary(texts)


def _gather(pending: Sequence[PendingTemplate], clean: Sequence[str], vectors: Vectors, replica: Replica) -> _Window:
    """Put the new templates and the representatives near them into one list."""
    new = {each.id for each in pending}
    items = [
        Item(each.id, each.category, each.text, text, each.codes, True)
        for each, text in zip(pending, clean, strict=True)
    ]
    near = {
        found.id: found
        for row in replica.search(vectors, NEAR)
        for found, _ in row
        if found.template is None or found.template not in new
    }
    ordered = [near[number] for number in sorted(near)]
    items += [Item(each.template, each.category, each.text, each.clean, (), False) for each in ordered]
    rows = [*vectors, *(replica.vector(each.id) for each in ordered)]
    return _Window(tuple(items), np.stack(rows))


def plan_window(
    items: Sequence[Item],
    vectors: Vectors,
    snapshot: Snapshot,
    *,
    group_threshold: float,
    propose_threshold: float,
) -> Plan:
    """Decide what a window changes; pure: the same items in the same order give the same plan."""
    alike = similarities(items, vectors)
    members: dict[int, list[int]] = {}
    for place, item in enumerate(items):
        if item.category in snapshot.standings:
            members.setdefault(item.category, []).append(place)
    labels = average_linkage(alike, [item.category for item in items], threshold=group_threshold)
    groups = groups_to_merge(members, labels, alike, snapshot.standings, snapshot.forbidden, threshold=group_threshold)
    home = {category: category for category in members}
    merges = []
    for group in groups:
        target = target_of(group, snapshot.standings)
        sources = tuple(category for category in group if category != target)
        together = [place for category in group for place in members[category]]
        reasons = {
            items[place].template or 0: reason_for(place, together, alike, items, group_threshold)
            for category in sources
            for place in members[category]
        }
        home |= dict.fromkeys(sources, target)
        merges.append(Merge(target, sources, reasons))
    proposals = _proposals(items, home, alike, snapshot, propose_threshold)
    new = tuple((item, vectors[place]) for place, item in enumerate(items) if item.is_new)
    return Plan(tuple(merges), proposals, new, home)


def _proposals(
    items: Sequence[Item],
    home: Mapping[int, int],
    alike: Similarities,
    snapshot: Snapshot,
    threshold: float,
) -> tuple[Proposed, ...]:
    """Propose to merge what is near and not near enough, the new categories with all others."""
    categories = sorted(set(home.values()))
    averages = category_averages(alike, [home.get(item.category, -1) for item in items], categories)
    fresh = {home[item.category] for item in items if item.is_new and item.category in home}
    found = []
    for row, column in np.argwhere(np.triu(averages >= threshold, k=1)):
        left, right = categories[row], categories[column]
        same = snapshot.standings[left].solution
        known = same is not None and same == snapshot.standings[right].solution
        if not known and {left, right} & fresh and frozenset((left, right)) not in snapshot.forbidden:
            found.append(Proposed(left, right, float(averages[row, column])))
    return tuple(found)


def _still_true(db: Connection, project: str, change: int) -> bool:
    """Tell whether people left alone what the plan rests on; templates that came meanwhile do no harm."""
    last = projects.last_change(db, project)
    changes = projects.changes_since(db, project, change, limit=last - change) if last > change else []
    return all(each.kind == "category_created" for each in changes)
