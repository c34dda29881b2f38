"""Keeps one batch of lines: templates, counts, samples and the recent lines, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.store import counts, projects, samples, templates
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.templates import NewTemplate, Tally, TemplateRef
from knowledge_base.store.text import clip


@dataclass(frozen=True, slots=True)
class StoredLine:
    """An event as it is kept: its fingerprint and its scrubbed text."""

    fingerprint: str
    at: datetime
    service: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a batch became: the numbers of each fingerprint, and those that were never seen before."""

    refs: dict[str, TemplateRef]
    new: frozenset[str]


def keep_batch(
    db: Connection,
    project: str,
    lines: Sequence[StoredLine],
    unseen: Sequence[NewTemplate],
    known: dict[str, TemplateRef],
    *,
    now: datetime,
    ring_size: int,
    samples_per_template: int,
) -> Kept:
    """Store a batch within the caller's write transaction.

    ``known`` are fingerprints that were looked up before; ``unseen`` must cover all others.
    """
    projects.lock(db, project)
    first_by_us = {each.fingerprint: each for each in unseen}
    found = templates.find(db, project, unseen[0].version, first_by_us) if unseen else {}
    created = templates.create(db, project, [new for key, new in first_by_us.items() if key not in found], now)
    refs = known | found | created
    tallies = _tallies(lines, refs)
    before = _counts_before(db, project, [tally.template for tally in tallies])
    kept = [samples.Line(refs[line.fingerprint].template, line.at, line.service, line.text) for line in lines]
    samples.add_samples(db, project, kept, before, samples_per_template)
    samples.add_recent(db, project, kept, ring_size)
    templates.add_tallies(db, project, tallies)
    by_minute: Counter[counts.CountKey] = Counter(
        counts.CountKey(line.template, clip(line.service, 200), counts.minute_of(line.at)) for line in kept
    )
    counts.add(db, project, by_minute)
    return Kept(refs, frozenset(created))


def _tallies(lines: Sequence[StoredLine], refs: dict[str, TemplateRef]) -> list[Tally]:
    spans: dict[int, tuple[int, datetime, datetime]] = {}
    for line in lines:
        template = refs[line.fingerprint].template
        count, first, last = spans.get(template, (0, line.at, line.at))
        spans[template] = (count + 1, min(first, line.at), max(last, line.at))
    return [Tally(template, *span) for template, span in spans.items()]


def _counts_before(db: Connection, project: str, wanted: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(wanted), templates.LOOKUP_CHUNK):
        query = select(col(TemplateRow.id), col(TemplateRow.count)).where(
            col(TemplateRow.project) == project,
            col(TemplateRow.id).in_(wanted[start : start + templates.LOOKUP_CHUNK]),
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    return found
