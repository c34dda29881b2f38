"""The incremental clusterer: one window at a time, under a lease, in short transactions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection

from ingest.cardinality import MOST_VARIABLES
from ingest.clustering.ahead import Ahead
from ingest.clustering.folding import fold
from ingest.clustering.gathering import gather
from ingest.clustering.keeping import join_kept
from ingest.clustering.lease import Lease, try_lease
from ingest.clustering.plan import Plan
from ingest.clustering.planning import plan_window
from ingest.clustering.snapshot import PendingTemplate, read_pending, read_snapshot
from ingest.clustering.split_search import propose_splits
from ingest.clustering.writing import write_part
from knowledge_base.features.cleaning import cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.pairs.judge import Profiles
from knowledge_base.store import projects
from knowledge_base.store.grouping import proposals
from knowledge_base.store.intake.waiting import ALWAYS, Span

log = structlog.get_logger(__name__)

TRIES = 5
PART = 50
PROPOSED_PART = 200


@dataclass(frozen=True, slots=True)
class WindowResult:
    """What a window led to."""

    templates: int
    merged: int
    proposals: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Templates that wait, as they are at a change of the feed; ``joined`` counts those that went to a category."""

    pending: list[PendingTemplate]
    change: int
    joined: int


class Clusterer:
    """Clusters what is pending in a project. All state is in the database; ``profiles`` remembers what was read."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.profiles = Profiles()
        self._ahead = Ahead()

    def run_window(self, project: str, within: Span = ALWAYS, *, size: int | None = None) -> WindowResult | None:
        """Cluster the oldest pending templates of a span of event time, ``size`` at most (``window_size``).

        None where nothing is pending or another process holds the lease.
        """
        limit = size or self.knowledge.settings.window_size
        with try_lease(self.knowledge, project) as lease:
            if lease is None:
                return None
            merged = self._waiting(lease, within, limit).joined
            merged += self._fold(lease, within, limit)
            for _ in range(TRIES):
                found = self._waiting(lease, within, 2 * limit)
                merged += found.joined
                if not found.pending:
                    return None
                result = self._cluster(lease, found.pending[:limit], found.pending[limit:], found.change)
                if result is not None:
                    return replace(result, merged=result.merged + merged)
        return None

    def _waiting(self, lease: Lease, within: Span, limit: int) -> _Waiting:
        """Read what waits, once all of it that a rule keeps somewhere is there."""
        with self.knowledge.store.read() as db:
            change = projects.last_change(db, lease.project)
            pending = read_pending(db, lease.project, limit, within)
        joined = join_kept(self.knowledge, lease, [each.id for each in pending])
        if joined:
            seen = {each.id for each in pending}
            with self.knowledge.store.read() as db:
                change = projects.last_change(db, lease.project)
                again = read_pending(db, lease.project, limit, within)
            # What came in between was not looked at yet.
            pending = [each for each in again if each.id in seen]
        return _Waiting(pending, change, joined)

    def _fold(self, lease: Lease, within: Span, limit: int) -> int:
        """Fold what differs in a variable word, before texts are compared; tell how many categories were merged."""
        merged = 0
        for _ in range(MOST_VARIABLES):
            # What was folded is a template that may be folded again.
            with self.knowledge.store.read() as db:
                pending = read_pending(db, lease.project, limit, within)
            more = fold(self.knowledge, lease, pending)
            merged += more
            if not more:
                break
        return merged

    def _cluster(
        self, lease: Lease, pending: Sequence[PendingTemplate], coming: Sequence[PendingTemplate], change: int
    ) -> WindowResult | None:
        """Cluster a window that was read at a change of the feed; what comes next is embedded meanwhile.

        None where people changed something meanwhile, so that it must be done again.
        """
        project, settings = lease.project, self.knowledge.settings
        embedder = self.knowledge.embedder_of(project)
        judge = self.knowledge.judge_with(embedder)
        vectors = self._ahead.vectors(project, [cleaned(each.text) for each in pending], embedder)
        if coming:
            self._ahead.begin(project, [cleaned(each.text) for each in coming], embedder)
        with self.knowledge.store.read() as db:
            replica = self.knowledge.replica(db, project)
            gathered = gather(db, project, pending, vectors, replica, judge, self.profiles)
            snapshot = read_snapshot(db, project, {item.category for item in gathered.compared.items})
        plan = plan_window(
            gathered.compared,
            gathered.near,
            snapshot,
            group_threshold=settings.group_threshold,
            propose_threshold=settings.propose_threshold,
        )
        return self._write(lease, plan, change, busy=bool(coming))

    def _write(self, lease: Lease, plan: Plan, change: int, *, busy: bool) -> WindowResult | None:
        """Write a plan part by part, so that nobody waits long for the database.

        Where people change something meanwhile, the rest stays pending and is clustered anew.
        """
        project, backend = lease.project, self.knowledge.embedder_of(lease.project).backend
        templates = merged = 0
        for part in plan.parts(PART):
            with self.knowledge.store.write() as db:
                projects.lock(db, project)
                lease.check(db)
                if not _still_true(db, project, change):
                    return WindowResult(templates, merged, 0) if templates else None
                write_part(db, project, part, plan.home, backend=backend, now=self.knowledge.clock())
                change = projects.last_change(db, project)
            templates += len(part.new)
            merged += sum(len(merge.sources) for merge in part.merges)
        for start in range(0, len(plan.proposals), PROPOSED_PART):
            with self.knowledge.store.write() as db:
                projects.lock(db, project)
                lease.check(db)
                if _still_true(db, project, change):
                    found = plan.proposals[start : start + PROPOSED_PART]
                    proposals.put(db, project, found, self.knowledge.clock())
        # In a storm what waits comes first; a category is looked at again when it has grown further.
        split = 0 if busy else self._propose_splits(lease, plan)
        return WindowResult(templates, merged, len(plan.proposals) + split)

    def _propose_splits(self, lease: Lease, plan: Plan) -> int:
        grown = Counter(plan.home[item.category] for item, _ in plan.new if item.category in plan.home)
        known = {item.template: vector for item, vector in plan.new if item.template is not None}
        return propose_splits(self.knowledge, lease, grown, profiles=self.profiles, known=known)


def _still_true(db: Connection, project: str, change: int) -> bool:
    """Tell whether people left alone what the plan rests on; templates that came meanwhile do no harm."""
    last = projects.last_change(db, project)
    changes = projects.changes_since(db, project, change, limit=last - change) if last > change else []
    return all(each.kind == "category_created" for each in changes)
