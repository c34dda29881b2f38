"""The way of a batch: sign, look up, scrub, keep; one transaction, and nothing slow inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """A batch before its transaction; ``first`` holds what its unseen fingerprints would become."""

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
class KeptBatch:
    """What a batch became within its transaction, in the order of its records."""

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
        prepared = self.prepare(records)
        try:
            with self.knowledge.store.write() as db:
                kept = self.store(db, prepared)
        except BaseException:
            self.rolled_back()
            raise
        self.committed(kept)
        return [each.assignment for each in kept.enriched]

    def prepare(self, records: Sequence[LogRecord]) -> Prepared:
        """Sign and scrub a batch; no I/O."""
        texts = [record.text for record in records]
        signatures = self._signer.sign_all(texts)
        lines = [
            StoredLine(signature.fingerprint, record.at, record.service, text[:MAX_TEXT])
            for record, signature, text in zip(records, signatures, scrub_all(texts), strict=True)
        ]
        first: dict[str, NewTemplate] = {}
        for record, signature, line in zip(records, signatures, lines, strict=True):
            if signature.fingerprint not in self._known and signature.fingerprint not in first:
                first[signature.fingerprint] = _new_template(record, signature, line)
        return Prepared(records, signatures, lines, first)

    def store(self, db: Connection, prepared: Prepared) -> KeptBatch:
        """Keep a batch within the caller's write transaction; end with ``committed`` or ``rolled_back``."""
        if not prepared.records:
            return KeptBatch((), {}, 0)
        settings, now = self.knowledge.settings, self.knowledge.clock()
        self._known.follow(db)
        place: dict[str, int] = {}
        for at, signature in enumerate(prepared.signatures):
            place.setdefault(signature.fingerprint, at)
        found = self._known.look_up(db, place)
        unseen = [
            prepared.first.get(fingerprint)
            or _new_template(prepared.records[at], prepared.signatures[at], prepared.lines[at])
            for fingerprint, at in place.items()
            if fingerprint not in found
        ]
        kept = ingestion.keep_batch(
            db,
            self.project,
            prepared.lines,
            unseen,
            {fingerprint: description.ref for fingerprint, description in found.items()},
            now=now,
            ring_size=settings.ring_size,
            samples_per_template=settings.samples_per_template,
        )
        found |= self._known.describe(db, {each: ref for each, ref in kept.refs.items() if each not in found})
        enriched = [
            _enriched(
                record,
                found[signature.fingerprint],
                signature,
                is_new=place[signature.fingerprint] == at and signature.fingerprint in kept.new,
            )
            for at, (record, signature) in enumerate(zip(prepared.records, prepared.signatures, strict=True))
        ]
        return KeptBatch(enriched, found, len(kept.new))

    def committed(self, kept: KeptBatch) -> None:
        """Learn that the transaction of a batch was committed."""
        self._known.remember(kept.found)

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
