"""Keeps batches of lines: first the templates that are new, then counts, samples and the recent lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlmodel import col

from knowledge_base.errors import Evicted
from knowledge_base.store import projects
from knowledge_base.store.grouping import templates
from knowledge_base.store.grouping.templates import NewTemplate, Tally, TemplateRef
from knowledge_base.store.intake import counts, samples
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.text import clip, storable


class StoredLine(NamedTuple):
    """An event as it is kept: its fingerprint and its scrubbed text."""

    fingerprint: str
    at: datetime
    service: str
    text: str


def ensure_templates(
    db: Connection, project: str, unseen: Sequence[NewTemplate], now: datetime
) -> dict[str, TemplateRef]:
    """Give fingerprints that were not found their templates; one that somebody else was faster with has one by now."""
    if not unseen:
        return {}
    projects.lock(db, project)
    by_fingerprint = {each.fingerprint: each for each in unseen}
    found = templates.find(db, project, unseen[0].version, by_fingerprint)
    missing = [new for fingerprint, new in by_fingerprint.items() if fingerprint not in found]
    return found | templates.create(db, project, missing, now)


def keep_batch(
    db: Connection,
    project: str,
    lines: Sequence[StoredLine],
    refs: Mapping[str, TemplateRef],
    *,
    ring_size: int,
    samples_per_template: int,
) -> None:
    """Store a batch within the caller's write transaction; ``refs`` has the templates of its fingerprints.

    Raises Evicted, before anything is written, where a template was evicted since it was looked up.
    """
    projects.lock(db, project)
    tallies = _tallies(lines, refs)
    before = _counts_before(db, project, [tally.template for tally in tallies])
    names = {service: clip(service, 200) for service in {line.service for line in lines}}
    kept = samples.Lines(
        templates=[refs[line.fingerprint].template for line in lines],
        times=[line.at for line in lines],
        services=[names[line.service] for line in lines],
        texts=[storable(line.text) for line in lines],
    )
    samples.add_samples(db, project, kept, before, samples_per_template)
    samples.add_recent(db, project, kept, ring_size)
    templates.add_tallies(db, project, tallies)
    minutes = map(counts.minute_of, kept.times)
    by_minute = Counter(map(counts.CountKey, kept.templates, kept.services, minutes))
    counts.add(db, project, by_minute)


def _tallies(lines: Sequence[StoredLine], refs: Mapping[str, TemplateRef]) -> list[Tally]:
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
            col(TemplateRow.evicted_at).is_(None),
        )
        found.update({row[0]: row[1] for row in db.execute(query)})
    if len(found) < len(wanted):
        gone = frozenset(wanted) - found.keys()
        raise Evicted(f"{len(gone)} templates were evicted meanwhile; send the lines again", gone)
    return found
