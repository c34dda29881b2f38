"""How far event time has come in a project: kept in the transaction of the batch that moved it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from knowledge_base.store.intake.window_tables import EventSourceRow, EventTimeRow
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.text import clip
from knowledge_base.store.upserts import insert_or_replace

SOURCE_LENGTH = 1000
CHUNK = 500


@dataclass(frozen=True, slots=True)
class SourceTime:
    """The newest event time that a source brought, and when it was heard of, by the clock."""

    newest: datetime
    heard: datetime


@dataclass(frozen=True, slots=True)
class EventTimes:
    """The watermark of a project, its sources, and how many templates came after their window was closed.

    ``delayed`` counts those within the allowed lateness, ``late`` those beyond it.
    """

    watermark: datetime | None = None
    sources: Mapping[str, SourceTime] = field(default_factory=dict)
    delayed: int = 0
    late: int = 0


def source_key(source: str) -> str:
    """Cut the name of a source to what fits."""
    return clip(source, SOURCE_LENGTH)


def read(db: Connection, project: str) -> EventTimes:
    """Read how far event time was when the last batch was kept."""
    row = db.execute(
        select(col(EventTimeRow.watermark), col(EventTimeRow.delayed), col(EventTimeRow.late)).where(
            col(EventTimeRow.project) == project
        )
    ).first()
    if row is None:
        return EventTimes()
    query = select(col(EventSourceRow.source), col(EventSourceRow.newest), col(EventSourceRow.heard)).where(
        col(EventSourceRow.project) == project
    )
    sources = {source: SourceTime(newest, heard) for source, newest, heard in db.execute(query)}
    return EventTimes(row[0], sources, row[1], row[2])


def write(db: Connection, project: str, before: EventTimes, after: EventTimes) -> None:
    """Keep how far event time is now; ``before`` was read in the same transaction, under the project's lock."""
    changed = {name: source for name, source in after.sources.items() if before.sources.get(name) != source}
    insert_or_replace(
        db,
        EventSourceRow,
        ("project", "source"),
        [
            {"project": project, "source": name, "newest": source.newest, "heard": source.heard}
            for name, source in sorted(changed.items())
        ],
    )
    _forget(db, project, before.sources.keys() - after.sources.keys())
    insert_or_replace(
        db,
        EventTimeRow,
        ("project",),
        [{"project": project, "watermark": after.watermark, "delayed": after.delayed, "late": after.late}],
    )


def leave(db: Connection, project: str, source: str) -> None:
    """Let a source that was read to its end hold nothing back."""
    _forget(db, project, [source_key(source)])


def uncounted(db: Connection, project: str, templates: Collection[int]) -> set[int]:
    """Tell which of some templates no line was counted for; ask under the project's lock."""
    wanted = sorted(templates)
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        query = select(col(TemplateRow.id)).where(
            col(TemplateRow.project) == project,
            col(TemplateRow.id).in_(wanted[start : start + CHUNK]),
            col(TemplateRow.count) == 0,
        )
        found.update(db.execute(query).scalars())
    return found


def _forget(db: Connection, project: str, sources: Collection[str]) -> None:
    for name in sorted(sources):
        db.execute(
            delete(EventSourceRow).where(col(EventSourceRow.project) == project, col(EventSourceRow.source) == name)
        )
