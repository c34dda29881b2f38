"""The way of a batch: scrub and sign, identify, then keep; nothing slow happens inside a transaction.

A template is stored before its first line is counted, so that whoever publishes lines elsewhere knows their
ids before the transaction that counts them. One without any counted line is still new.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from ingest.event_noting import note_event_times
from ingest.event_time import event_rule
from ingest.known import KnownTemplates
from ingest.scrubbing import Scrubber
from knowledge_base.absorbing import give_templates, resembling
from knowledge_base.curation.masking.resigning import upgrade
from knowledge_base.errors import Evicted
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.scrub import scrub
from knowledge_base.signature import error_codes, exception_classes
from knowledge_base.signature.limits import MAX_TEXT
from knowledge_base.signing import ProjectSigning
from knowledge_base.store import projects
from knowledge_base.store.grouping.descriptions import Description
from knowledge_base.store.grouping.templates import NewTemplate, TemplateRef
from knowledge_base.store.intake import ingestion, source_log
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.store.intake.source_log import Brought
from knowledge_base.types import Assignment, LogRecord, Signature


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch before it is identified.

    ``places`` tells where each fingerprint comes first, ``first`` holds what the unseen ones would become.
    """

    records: Sequence[LogRecord]
    signatures: Sequence[Signature]
    lines: Sequence[StoredLine]
    places: Mapping[str, int]
    first: dict[str, NewTemplate]


class Enriched(NamedTuple):
    """A record and what it was found to be."""

    record: LogRecord
    assignment: Assignment
    template: str
    keywords: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Identified:
    """What the records of a batch are, in their order; ``new`` counts the templates that they begin."""

    prepared: Prepared
    enriched: Sequence[Enriched]
    found: dict[str, Description]
    new: int


class Pipeline:
    """Keeps log records of one project. Not safe to be shared by threads: each has its own."""

    def __init__(self, knowledge: KnowledgeBase, project: str) -> None:
        self.knowledge = knowledge
        self.project = project
        self._signing = ProjectSigning(project)
        self._scrubber = Scrubber()
        self._known = KnownTemplates(project)

    def ensure_project(self) -> None:
        """Make the project where it is not there; raises InputError for a name that cannot be one."""
        with self.knowledge.store.write() as db:
            projects.ensure_project(db, self.project, self.knowledge.clock())

    def keep(self, records: Sequence[LogRecord]) -> list[Assignment]:
        """Keep records in a transaction of their own; one assignment each, in their order.

        The project has to be there. Raises StorageUnavailable; then nothing was kept.
        """
        identified = self.identify(self.prepare(records))
        try:
            with self.knowledge.store.write() as db:
                identified = self.store(db, identified)
        except BaseException:
            self.rolled_back()
            raise
        self.committed(identified)
        return [each.assignment for each in identified.enriched]

    def prepare(self, records: Sequence[LogRecord]) -> Prepared:
        """Scrub and sign a batch; no I/O."""
        scrubbed = self._scrubber.scrub_all([record.text for record in records])
        signatures = self._signing.signer.sign_all(scrubbed)
        lines = [
            StoredLine(signature.fingerprint, record.at, record.service, text[:MAX_TEXT])
            for record, signature, text in zip(records, signatures, scrubbed, strict=True)
        ]
        places: dict[str, int] = {}
        for at, signature in enumerate(signatures):
            if signature.fingerprint not in places:
                places[signature.fingerprint] = at
        first = {
            fingerprint: _new_template(records[at], signatures[at], lines[at])
            for fingerprint, at in places.items()
            if fingerprint not in self._known
        }
        return Prepared(records, signatures, lines, places, first)

    def identify(self, prepared: Prepared) -> Identified:
        """Tell what the records of a batch are; what was never seen gets its template, in a transaction of its own."""
        if not prepared.records:
            return Identified(prepared, (), {}, 0)
        while True:
            prepared, found = self._look_up(prepared)
            missing = {each: at for each, at in prepared.places.items() if each not in found}
            made = self._make(prepared, missing) if missing else {}
            if made is not None:
                return self._enrich(prepared, found | made)

    def _look_up(self, prepared: Prepared) -> tuple[Prepared, dict[str, Description]]:
        """Look a batch up under the rules that hold now; one that was signed under others is signed anew."""
        while True:
            with self.knowledge.store.read() as db:
                self._signing.follow(db)
                version = self._signing.signer.version
                if prepared.signatures[0].version == version and not self._signing.is_outdated:
                    self._known.follow(db)
                    return prepared, self._known.look_up(db, prepared.places, version)
            if self._signing.is_outdated:
                upgrade(self.knowledge.store, self.project)
            prepared = self.prepare(prepared.records)

    def _enrich(self, prepared: Prepared, found: dict[str, Description]) -> Identified:
        told: dict[str, Enriched] = {}
        enriched: list[Enriched] = []
        for record, signature in zip(prepared.records, prepared.signatures, strict=True):
            like = told.get(signature.fingerprint)
            if like is not None:
                enriched.append(Enriched(record, *like[1:]))
                continue
            known = found[signature.fingerprint]
            first = _enriched(record, known, signature, is_new=not known.counted)
            # Lines of one template share what is told of it.
            told[signature.fingerprint] = first if known.counted else _enriched(record, known, signature, is_new=False)
            enriched.append(first)
        return Identified(prepared, enriched, found, sum(not each.counted for each in found.values()))

    def _make(self, prepared: Prepared, place: dict[str, int]) -> dict[str, Description] | None:
        """Give what is unseen its templates: those that it has under earlier rules, or else new ones.

        None where the rules were changed meanwhile, so that the batch has to be looked up anew.
        """
        before = self._signing.sign_before({each: prepared.lines[at].text for each, at in place.items()})
        unseen = self._unseen(prepared, place)
        with self.knowledge.store.read() as db:
            alike = self._alike(db, unseen)
        with self.knowledge.store.write() as db:
            projects.lock(db, self.project)
            if not self._signing.holds(db):
                return None
            refs = self._signing.adopt(db, before)
            rest = [each for each in unseen if each.fingerprint not in refs]
            refs |= give_templates(db, self.project, rest, alike, self.knowledge.clock())
            return self._known.describe(db, refs)

    def _alike(self, db: Connection, unseen: Sequence[NewTemplate]) -> dict[str, TemplateRef]:
        return resembling(db, self.project, {each.fingerprint: each.text for each in unseen})

    def _unseen(self, prepared: Prepared, place: dict[str, int]) -> list[NewTemplate]:
        return [
            prepared.first.get(fingerprint)
            or _new_template(prepared.records[at], prepared.signatures[at], prepared.lines[at])
            for fingerprint, at in place.items()
        ]

    def store(self, db: Connection, identified: Identified) -> Identified:
        """Keep a batch within the caller's write transaction; end with ``committed`` or ``rolled_back``.

        Gives back what was kept: a template that was evicted since the batch was identified has a new one
        in its place.
        """
        if identified.prepared.lines:
            self._note_event_times(db, identified)
            try:
                self._keep(db, identified)
            except Evicted as error:
                identified = self._made_anew(db, identified, error.templates)
                self._keep(db, identified)
            now = self.knowledge.clock()
            source_log.note_lines(db, self.project, _brought(identified.prepared.records), now)
        return identified

    def _keep(self, db: Connection, identified: Identified) -> None:
        settings = self.knowledge.settings
        ingestion.keep_batch(
            db,
            self.project,
            identified.prepared.lines,
            {fingerprint: description.ref for fingerprint, description in identified.found.items()},
            ring_size=settings.ring_size,
            samples_per_template=settings.samples_per_template,
        )

    def _note_event_times(self, db: Connection, identified: Identified) -> None:
        rule = event_rule(self.knowledge.settings)
        if rule is not None:
            prepared, now = identified.prepared, self.knowledge.clock()
            note_event_times(db, self.project, rule, prepared.records, prepared.lines, identified.found, now)

    def _made_anew(self, db: Connection, identified: Identified, evicted: Collection[int]) -> Identified:
        prepared = identified.prepared
        lost = {each for each, known in identified.found.items() if known.ref.template in evicted}
        place: dict[str, int] = {}
        for at, signature in enumerate(prepared.signatures):
            if signature.fingerprint in lost:
                place.setdefault(signature.fingerprint, at)
        unseen = self._unseen(prepared, place)
        refs = give_templates(db, self.project, unseen, self._alike(db, unseen), self.knowledge.clock())
        return self._enrich(prepared, {**identified.found, **self._known.describe(db, refs)})

    def committed(self, identified: Identified) -> None:
        """Learn that the transaction of a batch was committed."""
        self._known.remember(
            {
                fingerprint: known if known.counted else replace(known, counted=True)
                for fingerprint, known in identified.found.items()
            }
        )

    def rolled_back(self) -> None:
        """Learn that it was not."""
        self._known.forget()


def _brought(records: Sequence[LogRecord]) -> dict[str, Brought]:
    by_source: dict[str, list[datetime]] = {}
    for record in records:
        by_source.setdefault(record.source, []).append(record.at)
    return {source: Brought(len(times), max(times)) for source, times in by_source.items()}


def _new_template(record: LogRecord, signature: Signature, line: StoredLine) -> NewTemplate:
    codes = dict.fromkeys((*error_codes(line.text), *exception_classes(line.text)))
    at: datetime = record.at
    return NewTemplate(
        fingerprint=signature.fingerprint,
        version=signature.version,
        text=scrub(signature.template),
        codes=tuple(codes),
        service=record.service,
        level=record.level,
        at=at,
    )


def _enriched(record: LogRecord, known: Description, signature: Signature, *, is_new: bool) -> Enriched:
    assignment = Assignment(signature.fingerprint, known.template_id, known.category_id, 1.0, is_new)
    return Enriched(record, assignment, known.template, known.keywords, known.why)
