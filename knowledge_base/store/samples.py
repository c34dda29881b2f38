"""Scrubbed samples of a template, and the ring of a project's recent lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlmodel import col

from knowledge_base.store.tables import ProjectRow, RecentRow, SampleRow
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_or_replace


@dataclass(frozen=True, slots=True)
class Line:
    """A scrubbed event of a template."""

    template: int
    at: datetime
    service: str
    text: str


def add_samples(
    db: Connection, project: str, lines: Sequence[Line], counts_before: Mapping[int, int], limit: int
) -> None:
    """Keep the newest samples of each template, ``limit`` at most, the first one for ever.

    ``counts_before`` tells how many lines a template had before this batch.
    """
    by_slot: dict[tuple[int, int], Line] = {}
    seen = dict(counts_before)
    for line in lines:
        number = seen.get(line.template, 0)
        seen[line.template] = number + 1
        if number < limit:
            by_slot[(line.template, number)] = line
        elif limit > 1:
            by_slot[(line.template, 1 + number % (limit - 1))] = line
    rows = [
        {
            "project": project,
            "template": template,
            "slot": slot,
            "at": line.at,
            "service": clip(line.service, 200),
            "text": storable(line.text),
        }
        for (template, slot), line in sorted(by_slot.items(), key=lambda item: item[0])
    ]
    insert_or_replace(db, SampleRow, ("project", "template", "slot"), rows)


def add_recent(db: Connection, project: str, lines: Sequence[Line], size: int) -> None:
    """Write lines into the ring, over the oldest ones."""
    if not lines or not size:
        return
    end = db.execute(
        update(ProjectRow)
        .where(col(ProjectRow.id) == project)
        .values(ring=ProjectRow.ring + len(lines))
        .returning(col(ProjectRow.ring))
    ).scalar_one()
    kept = lines[-size:]
    first = end - len(kept)
    rows = [
        {
            "project": project,
            "slot": (first + place) % size,
            "at": line.at,
            "template": line.template,
            "service": clip(line.service, 200),
            "text": storable(line.text),
        }
        for place, line in enumerate(kept)
    ]
    insert_or_replace(db, RecentRow, ("project", "slot"), rows)


def samples_of(db: Connection, project: str, templates: Sequence[int], limit: int = 20) -> list[Line]:
    """Read the newest samples of some templates."""
    query = (
        select(col(SampleRow.template), col(SampleRow.at), col(SampleRow.service), col(SampleRow.text))
        .where(col(SampleRow.project) == project, col(SampleRow.template).in_(list(templates)))
        .order_by(col(SampleRow.at).desc(), col(SampleRow.template), col(SampleRow.slot))
        .limit(limit)
    )
    return [Line(*row) for row in db.execute(query)]


def recent_size(db: Connection, project: str) -> int:
    """Count the lines that the ring holds."""
    return int(db.execute(select(func.count()).where(col(RecentRow.project) == project)).scalar_one())
