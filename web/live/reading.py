"""Reads for all connections of a process together what happened in the projects that somebody looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.store.intake.counts import minute_of
from knowledge_base.store.intake.source_sums import BEHIND, lag_of, read_sums
from knowledge_base.store.projects import Change, changes_since
from knowledge_base.store.store import Store
from knowledge_base.store.watching import live
from knowledge_base.store.watching.live import Counts

AT_ONCE = 500
"""Changes that are read at once; what lies before the last so many is told as "more than can be told"."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader is in a project: the last change, and what it counted last, None where that is to be done."""

    change: int
    counts: Counts | None
    ingest: str


@dataclass(frozen=True, slots=True)
class News:
    """What was read. ``changes`` are those behind ``behind``; ``is_set_back`` where a backup was put back."""

    behind: int
    changes: tuple[Change, ...]
    counts: Counts
    ingest: str
    kept: int
    is_set_back: bool = False


def read_news(store: Store, places: Mapping[str, Place | None]) -> dict[str, News]:
    """Read on from the places, one short transaction a project; None begins with the newest changes."""
    with store.read() as db:
        marks = live.marks(db, places)
    found = {}
    for project, mark in marks.items():
        place = places[project]
        with store.read() as db:
            found[project] = _read(store, db, project, mark, place)
    return found


def _read(store: Store, db: Connection, project: str, mark: live.Mark, place: Place | None) -> News:
    is_set_back = place is not None and mark.change < place.change
    begin = 0 if place is None or is_set_back else place.change
    begin = max(begin, mark.change - AT_ONCE)
    changes = changes_since(db, project, begin, limit=AT_ONCE) if mark.change > begin else []
    now = store.clock()
    if place is None or place.counts is None:
        counts, ingest = live.count(db, project, now), _ingest(store, db, project)
    else:
        counts, ingest = place.counts, place.ingest
    return News(begin, tuple(changes), counts, ingest, mark.kept, is_set_back)


def _ingest(store: Store, db: Connection, project: str) -> str:
    """Say how the sources fare: ``late`` where one is behind, ``quiet`` where none brings anything, ``good`` else."""
    now = store.clock()
    minute = minute_of(now)
    lags = [lag_of(each, now) for each in read_sums(db, project, recent=minute, day=minute)]
    heard = [lag for lag in lags if lag is not None]
    if any(lag > BEHIND for lag in heard):
        return "late"
    return "good" if heard else "quiet" if lags else ""
