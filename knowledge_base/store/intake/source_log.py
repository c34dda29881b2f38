"""What each source brought lately, minute by minute, and the newest rows that could not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from knowledge_base.store.intake.counts import minute_of
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_or_skip
from knowledge_base.store.watching.watch_tables import RefusedRow, SourceMinuteRow

KEPT = timedelta(hours=3)
REFUSALS_KEPT = timedelta(hours=24)
SILENT_KEPT = timedelta(days=30)
REFUSED_KEPT = 500
"""So many refused rows of a project are listed; the dead letters themselves are where the sink put them."""
REFUSED_AT_ONCE = 50
SOURCE_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Brought:
    """What a batch brought from one source: lines, and the newest event time among them."""

    lines: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be used; ``excerpt`` is scrubbed, ``offset`` its place in the source."""

    id: int
    source: str
    offset: int
    reason: str
    excerpt: str
    at: datetime


def note_lines(db: Connection, project: str, brought: Mapping[str, Brought], now: datetime) -> None:
    """Note a batch within the transaction that keeps it."""
    for source, found in brought.items():
        _add(db, project, source, now, lines=found.lines, refused=0, newest=found.newest)


def note_refused(
    db: Connection, project: str, source: str, listed: Sequence[tuple[int, str, str]], now: datetime, *, count: int
) -> None:
    """Note so many rows that were refused, and of the last ones place, reason and scrubbed beginning."""
    if not count:
        return
    _add(db, project, source, now, lines=0, refused=count, newest=None)
    numbers = take_numbers(db, "refused", len(listed))
    db.execute(
        insert(RefusedRow),
        [
            {
                "project": project,
                "id": number,
                "source": clip(source, SOURCE_LENGTH),
                "offset": offset,
                "reason": clip(reason, 1000),
                "excerpt": storable(excerpt),
                "at": now,
            }
            for number, (offset, reason, excerpt) in zip(numbers, listed, strict=True)
        ],
    )


def list_refused(
    db: Connection, project: str, *, source: str = "", limit: int = 50, before: int | None = None
) -> list[Refused]:
    """Read refused rows, newest first, older than the number ``before``."""
    r = RefusedRow
    query = select(col(r.id), col(r.source), col(r.offset), col(r.reason), col(r.excerpt), col(r.at)).where(
        col(r.project) == project
    )
    if source:
        query = query.where(col(r.source) == clip(source, SOURCE_LENGTH))
    if before is not None:
        query = query.where(col(r.id) < before)
    return [Refused(*row) for row in db.execute(query.order_by(col(r.id).desc()).limit(limit))]


def count_refused(db: Connection, project: str, now: datetime) -> int:
    """Count the rows that were refused within the last day, listed or not."""
    m = SourceMinuteRow
    is_recent = (col(m.project) == project, col(m.slot) >= minute_of(now - REFUSALS_KEPT))
    return int(db.execute(select(func.sum(col(m.refused))).where(*is_recent)).scalar() or 0)


def tidy(db: Connection, project: str, now: datetime) -> None:
    """Delete minutes that are too old, and refused rows beyond the newest."""
    m, r = SourceMinuteRow, RefusedRow
    later = aliased(m)
    is_followed = exists().where(
        col(later.project) == col(m.project), col(later.source) == col(m.source), col(later.slot) > col(m.slot)
    )
    old, day, forgotten = (minute_of(now - each) for each in (KEPT, REFUSALS_KEPT, SILENT_KEPT))
    is_told = or_(col(m.refused) == 0, col(m.slot) < day)
    is_old = or_(col(m.slot) < forgotten, and_(col(m.slot) < old, is_told, is_followed))
    db.execute(delete(m).where(col(m.project) == project, is_old))
    newest = select(col(r.id)).where(col(r.project) == project).order_by(col(r.id).desc()).offset(REFUSED_KEPT).limit(1)
    last = db.execute(newest).scalar()
    if last is not None:
        db.execute(delete(r).where(col(r.project) == project, col(r.id) <= last))


def _add(
    db: Connection, project: str, source: str, now: datetime, *, lines: int, refused: int, newest: datetime | None
) -> None:
    m = SourceMinuteRow
    key = {"project": project, "source": clip(source, SOURCE_LENGTH), "slot": minute_of(now)}
    insert_or_skip(db, m, [{**key, "lines": 0, "refused": 0, "newest": None, "at": now}])
    # How old lines are is told by when they came; rows that were refused after them leave that alone.
    at = now if lines else case((col(m.lines) > 0, col(m.at)), else_=now)
    changed: dict[str, object] = {"lines": m.lines + lines, "refused": m.refused + refused, "at": at}
    if newest is not None:
        changed["newest"] = newest
    db.execute(
        update(m)
        .where(col(m.project) == project, col(m.source) == key["source"], col(m.slot) == key["slot"])
        .values(changed)
    )
