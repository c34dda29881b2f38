"""Scrubbed samples of a template, and the ring of a project's recent lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat

from sqlalchemy import Connection, func, select, update
from sqlmodel import col

from knowledge_base.store.bulk import replace_all
from knowledge_base.store.tables import ProjectRow, RecentRow, SampleRow


@dataclass(frozen=True, slots=True)
class Line:
    """A scrubbed event of a template."""

    template: int
    at: datetime
    service: str
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Scrubbed events, column by column; service and text are such as the database can keep."""

    templates: Sequence[int]
    times: Sequence[datetime]
    services: Sequence[str]
    texts: Sequence[str]

    def pick(self, project: str, places: Sequence[int]) -> dict[str, Iterable[object]]:
        """Give the columns of some of them, as tables call them."""
        return {
            "project": repeat(project, len(places)),
            "template": [self.templates[place] for place in places],
            "at": [self.times[place] for place in places],
            "service": [self.services[place] for place in places],
            "text": [self.texts[place] for place in places],
        }


def add_samples(db: Connection, project: str, lines: Lines, counts_before: Mapping[int, int], limit: int) -> None:
    """Keep the newest samples of each template, ``limit`` at most, the first one for ever.

    ``counts_before`` tells how many lines a template had before this batch.
    """
    by_slot: dict[tuple[int, int], int] = {}
    seen = dict(counts_before)
    for place, template in enumerate(lines.templates):
        number = seen.get(template, 0)
        seen[template] = number + 1
        if number < limit:
            by_slot[template, number] = place
        elif limit > 1:
            by_slot[template, 1 + number % (limit - 1)] = place
    kept = sorted(by_slot.items())
    columns = lines.pick(project, [place for _, place in kept])
    replace_all(db, SampleRow, ("project", "template", "slot"), columns | {"slot": [slot for (_, slot), _ in kept]})


def add_recent(db: Connection, project: str, lines: Lines, size: int) -> None:
    """Write lines into the ring, over the oldest ones."""
    count = len(lines.templates)
    if not count or not size:
        return
    end = db.execute(
        update(ProjectRow)
        .where(col(ProjectRow.id) == project)
        .values(ring=ProjectRow.ring + count)
        .returning(col(ProjectRow.ring))
    ).scalar_one()
    places = range(count)[-size:]
    slots = [(end - count + place) % size for place in places]
    replace_all(db, RecentRow, ("project", "slot"), lines.pick(project, places) | {"slot": slots})


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
