"""Signing stored templates anew under the rules that hold, in short steps that survive a kill.

The samples of a template, and its own text where there are none or where Kea's own rules are others, get the
fingerprints of the present version. These join the same template, so that nothing that people attached comes off. A
fingerprint that stands for another template already stays there; the two categories come together where they may.

After an upgrade of Kea the earlier rules cannot be run any more. Therefore templates are signed anew before new ones
are made (:func:`upgrade`); after a change of users' rules this goes on beside all other work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from knowledge_base.curation.masking.rule_joins import join
from knowledge_base.ids import Prefix, public_id
from knowledge_base.signature.custom.project_signer import ProjectSigner
from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signature.limits import SIGNATURE_VERSION
from knowledge_base.signing import read_signing
from knowledge_base.store import audit, projects
from knowledge_base.store.grouping import template_reading, templates
from knowledge_base.store.intake import sample_walk
from knowledge_base.store.intake.sample_walk import SampledTemplate
from knowledge_base.store.rules import rule_sets
from knowledge_base.store.rules.rule_sets import StoredRules
from knowledge_base.store.store import Store

AT_ONCE = 50
"""Templates of a step, which are read and signed together."""

WRITTEN_AT_ONCE = 10
"""Templates of a transaction; where all of them come together with others it takes about a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Resigned:
    """What a run led to; ``joined`` counts categories that came together, ``conflicts`` those that may not."""

    templates: int
    joined: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class _Signed:
    """A template and the fingerprints that its lines have now."""

    template: int
    fingerprints: tuple[str, ...]


class Resigner:
    """Signs the templates of a project anew, step by step. Several may do it at once: each step is done once."""

    def __init__(self, store: Store, project: str) -> None:
        self._store = store
        self._project = project
        self._signer = ProjectSigner(RuleSet())

    def is_due(self) -> bool:
        """Tell whether templates have to be signed anew."""
        with self._store.read() as db:
            last = rule_sets.marks(db, self._project, 1)
            if not last:
                return rule_sets.other_version(db, self._project, SIGNATURE_VERSION) is not None
            _, version, is_finished = last[0]
            return not is_finished or rule_sets.is_outdated(version)

    def step(self) -> Resigned | None:
        """Sign the next templates anew; None where nothing is left to do."""
        if not self.is_due():
            return None
        before = self._begin()
        with self._store.read() as db:
            waiting = sample_walk.templates_after(db, self._project, before.cursor, AT_ONCE)
            with_texts = before.number == 0 or read_signing(db, self._project).is_outdated
        if self._signer.rules != before.rules:
            self._signer = ProjectSigner(before.rules)
        return self._keep(before, self._sign(waiting, with_texts=with_texts))

    def run(self, tick: Callable[[int], None] = lambda _more: None) -> Resigned:
        """Sign all that is left; ``tick`` is told how many templates each step signed."""
        done = joined = conflicts = 0
        while (step := self.step()) is not None:
            done, joined, conflicts = done + step.templates, joined + step.joined, conflicts + step.conflicts
            tick(step.templates)
        return Resigned(done, joined, conflicts)

    def _begin(self) -> StoredRules:
        """Give the change to work at; an upgrade of Kea is one of its own."""
        with self._store.read() as db:
            last = rule_sets.newest(db, self._project)
        if last and not last[0].is_outdated:
            return last[0]
        with self._store.write() as db:
            projects.lock(db, self._project)
            ensure_current(db, self._project, self._store.clock())
            return rule_sets.newest(db, self._project)[0]

    def _sign(self, waiting: Sequence[SampledTemplate], *, with_texts: bool) -> list[_Signed]:
        texts = [(*each.samples, *((each.text,) if with_texts or not each.samples else ())) for each in waiting]
        found = iter(self._signer.sign_all([text for several in texts for text in several]))
        return [
            _Signed(each.number, tuple(dict.fromkeys(next(found).fingerprint for _ in several)))
            for each, several in zip(waiting, texts, strict=True)
        ]

    def _keep(self, before: StoredRules, signed: Sequence[_Signed]) -> Resigned:
        """Keep what was signed, bit by bit, so that nobody waits long for the database."""
        done = Resigned(0, 0, 0)
        for start in range(0, max(len(signed), 1), WRITTEN_AT_ONCE):
            part = signed[start : start + WRITTEN_AT_ONCE]
            is_end = len(signed) < AT_ONCE and start + WRITTEN_AT_ONCE >= len(signed)
            with self._store.write() as db:
                behind = self._write(db, before, part, is_end=is_end)
            if behind is None:
                break  # somebody else went on from there, or the rules were changed
            conflicts = done.conflicts + len(behind.conflicts) - len(before.conflicts)
            done = Resigned(done.templates + len(part), done.joined + behind.joined - before.joined, conflicts)
            before = behind
        return done

    def _write(
        self, db: Connection, before: StoredRules, signed: Sequence[_Signed], *, is_end: bool
    ) -> StoredRules | None:
        """Keep a part; give the change as it is then, None where the part was not to be kept any more."""
        now = self._store.clock()
        projects.lock(db, self._project)
        if rule_sets.marks(db, self._project, 1)[0][0] != before.number:
            return None
        cursor = signed[-1].template if signed else before.cursor
        if not rule_sets.advance(db, self._project, before, cursor=cursor, **({"finished_at": now} if is_end else {})):
            return None
        joined, conflicts = 0, []
        for owner, other in self._shared(db, before.rules.version, signed):
            homes = templates.homes(db, self._project, (owner, other))
            reason = join(db, self._project, owner, other, now=now)
            if reason is not None:
                conflicts.append(_conflict(owner, other, reason))
            elif homes[owner] != homes[other]:
                joined += 1
        if joined or conflicts:
            rule_sets.note(db, self._project, before, joined=joined, conflicts=conflicts)
        return replace(before, cursor=cursor, joined=before.joined + joined, conflicts=(*before.conflicts, *conflicts))

    def _shared(self, db: Connection, version: str, signed: Sequence[_Signed]) -> list[tuple[int, int]]:
        """Give the templates their fingerprints; tell for each that another one owns it already, both of them."""
        alive = _alive(db, self._project, [each.template for each in signed])
        pairs = [(each.template, print_) for each in signed if each.template in alive for print_ in each.fingerprints]
        rule_sets.add_fingerprints(db, self._project, version, pairs)
        owners = templates.find(db, self._project, version, [fingerprint for _, fingerprint in pairs])
        shared = ((owners[fingerprint].template, template) for template, fingerprint in pairs if fingerprint in owners)
        return [pair for pair in dict.fromkeys(shared) if pair[0] != pair[1]]


def upgrade(store: Store, project: str) -> Resigned:
    """Sign all templates of a project anew that were signed by another Kea, before lines are looked up."""
    return Resigner(store, project).run()


def ensure_current(db: Connection, project: str, now: datetime) -> None:
    """Note the version of Kea's own rules where it is not the one that the project was signed under.

    The caller holds the project.
    """
    last = rule_sets.newest(db, project)
    if last and not last[0].is_outdated:
        return
    rules = last[0].rules if last else RuleSet()
    if not last:
        version = rule_sets.other_version(db, project, SIGNATURE_VERSION) or SIGNATURE_VERSION
        rule_sets.add(
            db, project, rules, version=version, action="begin", actor=audit.MACHINE, now=now, finished_at=now
        )
        if version == SIGNATURE_VERSION:
            return
    rule_sets.add(db, project, rules, version=rules.version, action="upgrade", actor=audit.MACHINE, now=now)


def _alive(db: Connection, project: str, numbers: Sequence[int]) -> set[int]:
    found = template_reading.read_templates(db, project, numbers)
    gone = {each.id for each in found if each.evicted_at is not None}
    return {number for number in numbers if public_id(Prefix.TEMPLATE, number) not in gone}


def _conflict(owner: int, other: int, reason: str) -> dict[str, object]:
    return {
        "keeps": public_id(Prefix.TEMPLATE, owner),
        "template": public_id(Prefix.TEMPLATE, other),
        "reason": reason,
    }
