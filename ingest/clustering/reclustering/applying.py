"""Making a reclustering true, step by step, beside people who go on working."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from ingest.clustering.lease import Lease, try_lease
from ingest.clustering.reclustering.planning import Reclustering
from ingest.clustering.reclustering.representing import Representing
from ingest.clustering.reclustering.steps import Step, cut_into_steps
from ingest.clustering.reclustering.why import Reasons
from knowledge_base.curation.grouping.rearranging import Rearrangement, objection, open_categories, rearrange
from knowledge_base.errors import Conflict, InputError
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import reclusterings

PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.2
MOST_AT_ONCE = 20
"""Templates that are moved in one transaction where steps are small: a few tens of milliseconds."""

Numbered = tuple[int, Step]


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed; ``audit_id`` takes it back, None where nothing was. ``skipped`` tells why, for each step."""

    audit_id: int | None
    templates: int
    merged: int
    created: int
    skipped: tuple[str, ...]
    skipped_templates: int


def apply_plan(
    knowledge: KnowledgeBase, plan: Reclustering, *, actor: str, tick: Callable[[int], None] = lambda _more: None
) -> Applied:
    """Make a reclustering true, as one act; a step that does not fit what people did meanwhile is skipped, and said.

    ``tick`` is told how many templates each step was about. Raises InputError without an actor, Conflict where another
    process clusters all the time, LostOwnership where one took over; what was written by then holds and can be undone.
    """
    if not actor.strip():
        raise InputError("an act needs a name to stand under")
    if next(plan.moves(), None) is None:
        return Applied(None, 0, 0, 0, (), 0)
    return _Writing(knowledge, plan, actor.strip()).run(tick)


@contextmanager
def _lease(knowledge: KnowledgeBase, project: str) -> Iterator[Lease]:
    """Take the clusterer's lease; a window of another process ends within seconds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        with try_lease(knowledge, project) as lease:
            if lease is not None:
                yield lease
                return
        if time.monotonic() > end:
            raise Conflict(f"another process clusters project {project!r} all the time; try again later")
        time.sleep(PAUSE_SECONDS)


class _Writing:
    """Writes the steps of one plan; ``named`` has the categories that groups got so far."""

    def __init__(self, knowledge: KnowledgeBase, plan: Reclustering, actor: str) -> None:
        self.knowledge = knowledge
        self.plan = plan
        self.actor = actor
        self.act: int | None = None
        self.named: dict[int, int] = {group: name for group, name in enumerate(plan.names) if name is not None}
        self.created = 0
        self.representing = Representing(plan, plan.backend)

    def run(self, tick: Callable[[int], None]) -> Applied:
        reasons = Reasons(self.plan, self.knowledge.settings.group_threshold)
        templates = merged = skipped_templates = 0
        skipped: list[str] = []
        for batch in _batches(cut_into_steps(self.plan)):
            why = reasons.of([move for _, step in batch for move in step.moves.items()])
            # The lease is let go after each batch, so that windows go on meanwhile.
            with _lease(self.knowledge, self.plan.project) as lease:
                if self.knowledge.embedder_of(self.plan.project).backend != self.plan.backend:
                    raise Conflict(f"project {self.plan.project!r} answers with another model since; recluster again")
                found, refused = self._write(lease, batch, why)
            merged += found
            for step, reason in refused:
                skipped.append(reason)
                skipped_templates += len(step.moves)
            total = sum(len(step.moves) for _, step in batch)
            templates += total - sum(len(step.moves) for step, _ in refused)
            tick(total)
        done = Applied(self.act, templates, merged, self.created, tuple(skipped), skipped_templates)
        if self.act is not None:
            with self.knowledge.store.write() as db:
                reclusterings.describe(db, self.plan.project, self.act, _detail(done))
        return done

    def _write(
        self, lease: Lease, batch: Sequence[Numbered], why: Mapping[int, Mapping[str, object]]
    ) -> tuple[int, list[tuple[Step, str]]]:
        """Write steps in one transaction; tell how many categories became aliases, and what is skipped and why."""
        project, now = self.plan.project, self.knowledge.clock()
        base = self.plan.base
        with self.knowledge.store.write() as db:
            projects.lock(db, project)
            lease.check(db)
            fitting, refused = self._fitting(db, batch)
            if not fitting:
                return 0, refused
            moves = {place: group for _, step in fitting for place, group in step.moves.items()}
            fresh = {group: base.members[place].id for place, group in moves.items() if group not in self.named}
            named = self.named | dict(zip(fresh, open_categories(db, project, list(fresh.values()), now), strict=True))
            act = self.act or self._begin(db, named[next(iter(moves.values()))])
            steps = {base.members[place].category: number for number, step in fitting for place in step.moves}
            moved, aliased = rearrange(db, project, act, steps, self._wanted(moves, named), why, now=now)
            touched = {number for each in moved for number in (each.source, each.target)}
            self.representing.renew(db, touched - {each.category for each in aliased})
        self.created += len(fresh)
        self.named, self.act = named, act
        return sum(each.former is None for each in aliased), refused

    def _fitting(self, db: Connection, batch: Sequence[Numbered]) -> tuple[list[Numbered], list[tuple[Step, str]]]:
        """Tell which steps fit what is there now, and why others do not; mostly all of them do."""
        everything = {place: group for _, step in batch for place, group in step.moves.items()}
        if objection(db, self.plan.project, self._wanted(everything, self.named)) is None:
            return list(batch), []
        fitting, refused = [], []
        for number, step in batch:
            reason = objection(db, self.plan.project, self._wanted(step.moves, self.named))
            if reason is None:
                fitting.append((number, step))
            else:
                refused.append((step, reason))
        return fitting, refused

    def _wanted(self, moves: Mapping[int, int], named: Mapping[int, int]) -> Rearrangement:
        """Put moves, given by place and group, in numbers of the store; categories yet to be made are below zero."""
        base = self.plan.base
        found = {
            base.members[place].id: (base.members[place].category, named.get(group, -1 - group))
            for place, group in moves.items()
        }
        sources = {source for source, _ in found.values()}
        concerned = sources | {target for _, target in found.values()}
        return Rearrangement(
            moves=found,
            heirs={
                source: named[self.plan.heirs[source]] for source in sources if self.plan.heirs.get(source) in named
            },
            labelled=frozenset(each for each in concerned if each in base.standings and base.standings[each].labelled),
        )

    def _begin(self, db: Connection, category: int) -> int:
        """Write the audit entry, and tell the feed."""
        return audit.write(
            db,
            self.plan.project,
            actor=self.actor,
            action=reclusterings.ACTION,
            category=category,
            detail={},
            undo={"steps": True},
            now=self.knowledge.clock(),
        )


def _batches(steps: Iterable[Step]) -> Iterator[list[Numbered]]:
    """Put small steps into one transaction; those of one category stay in transactions of their own."""
    batch: list[Numbered] = []
    load = 0
    for number, step in enumerate(steps, 1):
        if batch and load + len(step.moves) > MOST_AT_ONCE:
            yield batch
            batch, load = [], 0
        batch.append((number, step))
        load += len(step.moves)
    if batch:
        yield batch


def _detail(done: Applied) -> dict[str, object]:
    return {
        "templates": done.templates,
        "merged": done.merged,
        "created": done.created,
        "skipped": done.skipped_templates,
    }
