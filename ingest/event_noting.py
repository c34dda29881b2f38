"""Lets event time go on with a batch, in the transaction that keeps the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from ingest.event_time import EventRule, observe
from knowledge_base.store import projects
from knowledge_base.store.grouping.descriptions import Description
from knowledge_base.store.intake import event_times
from knowledge_base.store.intake.ingestion import StoredLine
from knowledge_base.types import LogRecord


def note_event_times(
    db: Connection,
    project: str,
    rule: EventRule,
    records: Sequence[LogRecord],
    lines: Sequence[StoredLine],
    found: Mapping[str, Description],
    now: datetime,
) -> None:
    """Note the newest time of each source, and which templates came after their window was closed.

    To be called before the lines are counted: a template is judged once, with the batch that counts its first line,
    whoever stored it and however often the batch was begun.
    """
    projects.lock(db, project)
    first: dict[int, datetime] = {}
    for line in lines:
        known = found[line.fingerprint]
        if not known.counted:
            first[known.ref.template] = min(line.at, first.get(known.ref.template, line.at))
    seen: dict[str, datetime] = {}
    for record in records:
        seen[record.source] = max(record.at, seen.get(record.source, record.at))
    by_key = {event_times.source_key(source): newest for source, newest in seen.items()}
    fresh = event_times.uncounted(db, project, first)
    before = event_times.read(db, project)
    after = observe(rule, before, by_key, [first[template] for template in sorted(fresh)], now)
    event_times.write(db, project, before, after)
