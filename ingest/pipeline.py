"""The way of a batch: scrub and sign, identify, then keep; nothing slow happens inside a transaction.

A template is stored before its first line is counted, so that whoever publishes lines elsewhere knows their
ids before the transaction that counts them. One without any counted line is still new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ingest.known import KnownTemplates
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.scrub import scrub, scrub_all
from knowledge_base.signature import Signer, error_codes, exception_classes
from knowledge_base.signature.limits import MAX_TEXT
from knowledge_base.store import ingestion, projects
from knowledge_base.store.descriptions import Description
from knowledge_base.store.ingestion import StoredLine
from knowledge_base.store.templates import NewTemplate
from knowledge_base.types import Assignment, LogRecord, Signature


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch before it is identified; ``first`` holds what its unseen fingerprints would become."""

    records: Sequence[LogRecord]
    signatures: Sequence[Signature]
    lines: Sequence[StoredLine]
    first: dict[str, NewTemplate]


@dataclass(frozen=True, slots=True)
class Enriched:
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
        self._signer = Signer()
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
                self.store(db, identified)
        except BaseException:
            self.rolled_back()
            raise
        self.committed(identified)
        return [each.assignment for each in identified.enriched]

    def prepare(self, records: Sequence[LogRecord]) -> Prepared:
        """Scrub and sign a batch; no I/O."""
        scrubbed = scrub_all([record.text for record in records])
        signatures = self._signer.sign_all(scrubbed)
        lines = [
            StoredLine(signature.fingerprint, record.at, record.service, text[:MAX_TEXT])
            for record, signature, text in zip(records, signatures, scrubbed, strict=True)
        ]
        first: dict[str, NewTemplate] = {}
        for record, signature, line in zip(records, signatures, lines, strict=True):
            if signature.fingerprint not in self._known and signature.fingerprint not in first:
                first[signature.fingerprint] = _new_template(record, signature, line)
        return Prepared(records, signatures, lines, first)

    def identify(self, prepared: Prepared) -> Identified:
        """Tell what the records of a batch are; what was never seen gets its template, in a transaction of its own."""
        place: dict[str, int] = {}
        for at, signature in enumerate(prepared.signatures):
            place.setdefault(signature.fingerprint, at)
        if not place:
            return Identified(prepared, (), {}, 0)
        with self.knowledge.store.read() as db:
            self._known.follow(db)
            found = self._known.look_up(db, place)
        missing = [each for each in place if each not in found]
        if missing:
            found |= self._make(prepared, {each: place[each] for each in missing})
        enriched = [
            _enriched(
                record,
                known := found[signature.fingerprint],
                signature,
                is_new=not known.counted and place[signature.fingerprint] == at,
            )
            for at, (record, signature) in enumerate(zip(prepared.records, prepared.signatures, strict=True))
        ]
        return Identified(prepared, enriched, found, sum(not each.counted for each in found.values()))

    def _make(self, prepared: Prepared, place: dict[str, int]) -> dict[str, Description]:
        unseen = [
            prepared.first.get(fingerprint)
            or _new_template(prepared.records[at], prepared.signatures[at], prepared.lines[at])
            for fingerprint, at in place.items()
        ]
        with self.knowledge.store.write() as db:
            refs = ingestion.ensure_templates(db, self.project, unseen, self.knowledge.clock())
            return self._known.describe(db, refs)

    def store(self, db: Connection, identified: Identified) -> None:
        """Keep a batch within the caller's write transaction; end with ``committed`` or ``rolled_back``."""
        if identified.prepared.lines:
            settings = self.knowledge.settings
            ingestion.keep_batch(
                db,
                self.project,
                identified.prepared.lines,
                {fingerprint: description.ref for fingerprint, description in identified.found.items()},
                ring_size=settings.ring_size,
                samples_per_template=settings.samples_per_template,
            )

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
