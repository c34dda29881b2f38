"""Gives what people taught its representatives, bit by bit between windows."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from ingest.clustering.lease import Lease, try_lease
from knowledge_base.curation.learning.learning_rules import signed
from knowledge_base.features.cleaning import cleaned
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.matching import form_of
from knowledge_base.signature.codes import error_codes
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signing import read_signing
from knowledge_base.store import projects
from knowledge_base.store.asking import learnt_upkeep
from knowledge_base.store.asking.learnt_upkeep import Reread, Unrepresented
from knowledge_base.store.representing import representatives
from knowledge_base.store.representing.representatives import NewRepresentative

EMBEDDED_AT_ONCE = 16
REREAD_AT_ONCE = 50
LOOK_AGAIN = 10.0
"""Seconds until it is looked again whether merges left a category with too many learnt questions."""


@dataclass(frozen=True, slots=True)
class _Look:
    """The change, the rules and the time at which a project was looked through; that reads all that was learnt."""

    change: int
    version: str
    at: float

    def is_wanted_after(self, last: _Look | None, *, exact: bool) -> bool:
        if last is None or self.version != last.version:
            return True
        return self.change != last.change and (exact or self.at - last.at >= LOOK_AGAIN)


class LearntUpkeep:
    """Works on what an act leaves to do about learnt questions. A step takes some tenths of a second.

    Each gets a representative in the category that its template is in; the newest of a category stay where there are
    too many; those that were learnt under other rules are signed anew.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._looks: dict[str, _Look] = {}

    def settle(self, project: str) -> int:
        """Do all that is to be done and may be done now; tell how much that was."""
        done = 0
        while step := self._step(project, exact=True):
            done += step
        return done

    def step(self, project: str) -> int:
        """Work a little; tell how much was done, 0 where nothing is to do or another process clusters the project.

        Raises ModelUnavailable where the model that the project answers with cannot be opened.
        """
        return self._step(project, exact=False)

    def _step(self, project: str, *, exact: bool) -> int:
        with self.knowledge.store.read() as db:
            rules = read_signing(db, project).rules
            is_due = bool(learnt_upkeep.unrepresented(db, project, limit=1))
            look = _Look(projects.last_change(db, project), rules.version, time.monotonic())
            if not is_due and look.is_wanted_after(self._looks.get(project), exact=exact):
                is_due = bool(learnt_upkeep.outdated(db, project, rules.version, limit=1))
                is_due = is_due or bool(learnt_upkeep.uneven(db, project))
                self._looks[project] = look
        if not is_due:
            return 0
        self._looks.pop(project, None)
        with try_lease(self.knowledge, project) as lease:
            if lease is None:
                return 0
            return self._reread(lease, rules) or self._level(lease) or self._represent(lease)

    def _reread(self, lease: Lease, rules: RuleSet) -> int:
        """Sign some anew that were learnt under other rules."""
        with self.knowledge.store.read() as db:
            found = learnt_upkeep.outdated(db, lease.project, rules.version, limit=REREAD_AT_ONCE)
        new = [Reread(each.id, form_of(each.text, rules), signed(each.text, rules)) for each in found]
        if new:
            with self.knowledge.store.write() as db:
                self._begin(db, lease)
                learnt_upkeep.reread(db, lease.project, new, rules.version)
        return len(new)

    def _level(self, lease: Lease) -> int:
        with self.knowledge.store.read() as db:
            if not learnt_upkeep.uneven(db, lease.project):
                return 0
        with self.knowledge.store.write() as db:
            self._begin(db, lease)
            return learnt_upkeep.level(db, lease.project)

    def _represent(self, lease: Lease) -> int:
        """Embed some outside of any transaction, then add those that still hold to the categories that they are in."""
        project = lease.project
        with self.knowledge.store.read() as db:
            found = learnt_upkeep.unrepresented(db, project, limit=EMBEDDED_AT_ONCE)
        if not found:
            return 0
        embedder = self.knowledge.embedder_of(project)
        rows = embedder.embed([cleaned(each.text) for each in found])
        vectors = {each.id: np.asarray(row, np.float32).tobytes() for each, row in zip(found, rows, strict=True)}
        texts = {each.id: each.text for each in found}
        with self.knowledge.store.write() as db:
            self._begin(db, lease)
            still = learnt_upkeep.unrepresented(db, project, numbers=list(vectors))
            still = [each for each in still if each.text == texts[each.id]]
            new = [_representative(each, vectors[each.id]) for each in still]
            made = representatives.add(db, project, new, embedder.backend)
            learnt_upkeep.represented(db, project, dict(zip((each.id for each in still), made, strict=True)))
            learnt_upkeep.level(db, project)
        return len(found)

    def _begin(self, db: Connection, lease: Lease) -> None:
        projects.lock(db, lease.project)
        lease.check(db)


def _representative(learnt: Unrepresented, vector: bytes) -> NewRepresentative:
    codes = tuple(sorted(set(error_codes(learnt.text))))
    return NewRepresentative(learnt.category, learnt.template, learnt.text, codes, vector, learnt.id)
