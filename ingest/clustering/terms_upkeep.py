"""Keeps counts of terms, keywords and representatives as they should be, bit by bit between windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from ingest.clustering.keywords import FEW, is_stale, write_keywords
from ingest.clustering.lease import Lease, try_lease
from ingest.clustering.representing_writing import write_representatives
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store import projects
from knowledge_base.store.grouping import keyword_walk
from knowledge_base.store.rarity import term_rows, terms
from knowledge_base.store.rarity.term_rows import Corpus
from knowledge_base.store.rarity.term_statistics import widespread

STEP_SECONDS = 1.0
REST = 2.0
"""A pause between two transactions, as a multiple of what the first one took: others want to write too."""

COUNTED_AT_ONCE = 100
CHOSEN_AT_ONCE = 50
READ_AT_ONCE = 2000
PORTIONS = 3
FORGOTTEN_AT_ONCE = 2000

GROWTH = 1.25
"""Keywords are chosen anew when there are so many times as many categories as then, or as few."""

LOOK_AGAIN = 0.005
"""By what share the number of categories may change before what is widespread is looked up again."""

TOO_WIDESPREAD = FEW + 0.005


Task = Callable[[Connection], object]
"""A piece of work for one short write transaction."""


@dataclass(slots=True)
class _Watch:
    """What a project was like when it was looked at last; ``sweep`` is the last category that was looked at since."""

    looked_at: tuple[int, int] = (-1, -1)
    widespread: frozenset[str] = frozenset()
    sweep: int | None = None
    surplus: int = 0
    has_former: bool = True
    is_refused: bool = False


class TermUpkeep:
    """Works on what a window leaves to do. Steps are short, so that windows are clustered between them.

    Templates of an earlier Kea are counted; terms beyond the limit are forgotten. Categories that people or merges
    touched get keywords and at most 5 representatives; the others get keywords when the project has grown by a quarter
    or when one of their keywords has become widespread. That is looked up whenever the number of categories has changed
    by half a percent; after ``settle`` it is exact.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._watches: dict[str, _Watch] = {}

    def settle(self, project: str) -> int:
        """Do all that is to be done; tell how many pieces of work that was."""
        done = 0
        while (step := self._step(project, exact=True)) or self._is_looking(project):
            done += step
        return done

    def step(self, project: str) -> int:
        """Work for a second at most; tell how many pieces of work were done, 0 where nothing is to do."""
        return self._step(project, exact=False)

    def _is_looking(self, project: str) -> bool:
        """Tell whether categories are left to be looked at, and nobody else holds the lease."""
        watch = self._watches.get(project)
        return watch is not None and watch.sweep is not None and not watch.is_refused

    def _step(self, project: str, *, exact: bool) -> int:
        watch = self._watches.setdefault(project, _Watch())
        try:
            with self.knowledge.store.read() as db:
                task = self._next(db, project, watch, exact=exact)
            if task is None:
                return 0
            with try_lease(self.knowledge, project) as lease:
                watch.is_refused = lease is None
                return 0 if lease is None else self._work(lease, watch, task, exact=exact)
        except BaseException:
            # What was looked at and not written is looked at again.
            del self._watches[project]
            raise

    def _work(self, lease: Lease, watch: _Watch, first: Task, *, exact: bool) -> int:
        done, end = 0, time.monotonic() + STEP_SECONDS
        task: Task | None = first
        while task is not None:
            begun = time.monotonic()
            with self.knowledge.store.write() as db:
                projects.lock(db, lease.project)
                lease.check(db)
                task(db)
            done += 1
            if time.monotonic() > end:
                break
            time.sleep(REST * (time.monotonic() - begun))
            with self.knowledge.store.read() as db:
                task = self._next(db, lease.project, watch, exact=exact)
        return done

    def _next(self, db: Connection, project: str, watch: _Watch, *, exact: bool) -> Task | None:
        """Give the next piece of work, which takes a short transaction; None where nothing is to do."""
        corpus = term_rows.corpus(db, project)
        if corpus is None or not corpus.finished:
            watch.has_former = True
            return lambda db: terms.count_next(db, project, COUNTED_AT_ONCE)
        touched = keyword_walk.asked(db, project, corpus.epoch, CHOSEN_AT_ONCE)
        if touched:
            # Asked for here: to open a model takes longer than a transaction may.
            backend = self.knowledge.embedder_of(project).backend
            return lambda db: _refresh(db, project, touched, backend)
        outgrown = keyword_walk.outgrown(db, project, corpus.epoch, corpus.categories, GROWTH, CHOSEN_AT_ONCE)
        if outgrown:
            return lambda db: write_keywords(db, project, outgrown)
        self._watch(db, project, corpus, watch, exact=exact)
        stale = self._stale(db, project, watch)
        if stale:
            return lambda db: write_keywords(db, project, stale)
        if watch.surplus > 0:
            return lambda db: self._forget(db, project, watch)
        if watch.has_former and corpus.epoch > 1:
            return lambda db: self._drop_former(db, project, watch)
        return None

    def _forget(self, db: Connection, project: str, watch: _Watch) -> None:
        gone = terms.forget_rarest(db, project, min(watch.surplus, FORGOTTEN_AT_ONCE))
        watch.surplus = watch.surplus - gone if gone else 0

    def _drop_former(self, db: Connection, project: str, watch: _Watch) -> None:
        watch.has_former = terms.drop_former(db, project, FORGOTTEN_AT_ONCE) > 0

    def _watch(self, db: Connection, project: str, corpus: Corpus, watch: _Watch, *, exact: bool) -> None:
        """Begin to look for keywords that do not tell any more, where words have become widespread."""
        present = (corpus.templates, corpus.categories)
        moved = max(abs(now - then) for now, then in zip(present, watch.looked_at, strict=True))
        if watch.sweep is not None or moved <= (0 if exact else LOOK_AGAIN * corpus.categories):
            return
        watch.looked_at = present
        watch.surplus = terms.surplus(db, project)
        found = frozenset(widespread(db, project, int(TOO_WIDESPREAD * max(corpus.categories - 1, 1)) + 2))
        if found - watch.widespread:
            watch.sweep = 0
        watch.widespread = found

    def _stale(self, db: Connection, project: str, watch: _Watch) -> list[int]:
        """Walk on until there are enough categories whose keywords are to be chosen anew, a few thousand at most."""
        stale: list[int] = []
        for _ in range(PORTIONS):
            if watch.sweep is None or len(stale) >= CHOSEN_AT_ONCE:
                break
            rows = keyword_walk.keywords_after(db, project, watch.sweep, READ_AT_ONCE)
            for category, shown in rows:
                watch.sweep = category
                if is_stale(shown, watch.widespread):
                    stale.append(category)
                if len(stale) >= CHOSEN_AT_ONCE:
                    break
            if not rows:
                watch.sweep = None
        return stale


def _refresh(db: Connection, project: str, categories: Sequence[int], backend: str) -> None:
    write_keywords(db, project, categories)
    write_representatives(db, project, (), {}, set(categories), backend)
