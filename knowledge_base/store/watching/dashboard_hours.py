"""What each hour of a project and of its services held: the rows that dashboards add up, and how they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from knowledge_base.store.intake.counts import EPOCH
from knowledge_base.store.store import Store
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.store.watching.watch_tables import WatchHourRow, WatchStateRow

Item = TypeVar("Item")
KEPT = timedelta(days=57)
"""Twice the longest period of a dashboard, and a day for the reader's time zone."""
KEY = ("project", "scope", "slot")
WHOLE_PROJECT = ""
PORTION = 2000
"""So many rows are written in one transaction."""


@dataclass(slots=True)
class Hour:
    """The numbers of one hour; docs/dashboard.md defines each."""

    lines: int = 0
    solved: int = 0
    asked: int = 0
    covered: int = 0
    confirmed: int = 0
    not_helpful: int = 0
    no_word: int = 0
    escalated: int = 0
    known_unsolved: int = 0
    unknown: int = 0

    def add(self, other: Hour) -> None:
        """Add another one's numbers to these."""
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


NAMES = tuple(each.name for each in fields(Hour))
Hours = dict[tuple[str, int], Hour]
"""By scope and slot."""


def hour_of(at: datetime) -> int:
    """Number the hour of a time.

    >>> hour_of(EPOCH + timedelta(hours=3, minutes=59))
    3
    """
    return int(at.timestamp() // 3600)


def time_of(slot: int) -> datetime:
    """Tell when an hour began."""
    return EPOCH + timedelta(hours=slot)


def scope_of(service: str) -> str:
    """Name the scope of a service; of all of them where none is named."""
    return f"={service}"[:201] if service else WHOLE_PROJECT


def read_hours(db: Connection, project: str, *, service: str, since: datetime) -> dict[int, Hour]:
    """Read the hours of a project, or of one service, from the one that ``since`` is in."""
    columns = [col(getattr(WatchHourRow, name)) for name in NAMES]
    query = select(col(WatchHourRow.slot), *columns).where(
        col(WatchHourRow.project) == project,
        col(WatchHourRow.scope) == scope_of(service),
        col(WatchHourRow.slot) >= hour_of(since),
    )
    return {row[0]: Hour(*row[1:]) for row in db.execute(query)}


def read_services(db: Connection, project: str) -> list[str]:
    """Name the services that have hours."""
    query = select(col(WatchStateRow.services)).where(col(WatchStateRow.project) == project)
    return list(db.execute(query).scalar() or ())


def computed_at(db: Connection, project: str) -> datetime | None:
    """Tell when the hours were computed; None where they never were."""
    query = select(col(WatchStateRow.begun_at)).where(col(WatchStateRow.project) == project)
    return db.execute(query).scalar()


def replace_hours(store: Store, project: str, hours: Mapping[tuple[str, int], Hour], begun_at: datetime) -> int:
    """Put what was computed in place of what is there, writing only what differs; tell how many rows changed.

    It is read outside of the transactions that write, each of a portion: nobody else writes these rows, and others
    wait to write. What a failure leaves half written the next round puts right.
    """
    with store.read() as db:
        kept = _all(db, project)
    changed = [
        {"project": project, "scope": scope, "slot": slot, **asdict(hour)}
        for (scope, slot), hour in hours.items()
        if kept.get((scope, slot)) != hour
    ]
    for rows in _parts(changed, PORTION):
        with store.write() as db:
            insert_or_replace(db, WatchHourRow, KEY, rows)
    gone = sorted(key for key in kept if key not in hours)
    for keys in _parts(gone, PORTION):
        with store.write() as db:
            _delete(db, project, keys)
    services = sorted({scope[1:] for scope, _ in hours if scope != WHOLE_PROJECT})
    state = {"project": project, "begun_at": begun_at, "services": services}
    with store.write() as db:
        insert_or_replace(db, WatchStateRow, ("project",), [state])
    return len(changed) + len(gone)


def _all(db: Connection, project: str) -> Hours:
    columns = [col(getattr(WatchHourRow, name)) for name in NAMES]
    query = select(col(WatchHourRow.scope), col(WatchHourRow.slot), *columns).where(
        col(WatchHourRow.project) == project
    )
    return {(row[0], row[1]): Hour(*row[2:]) for row in db.execute(query)}


def _delete(db: Connection, project: str, keys: Sequence[tuple[str, int]]) -> None:
    by_scope: dict[str, list[int]] = {}
    for scope, slot in keys:
        by_scope.setdefault(scope, []).append(slot)
    for scope, slots in by_scope.items():
        for part in _parts(slots, 500):
            db.execute(
                delete(WatchHourRow).where(
                    col(WatchHourRow.project) == project,
                    col(WatchHourRow.scope) == scope,
                    col(WatchHourRow.slot).in_(part),
                )
            )


def _parts(rows: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
