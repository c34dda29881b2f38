"""How far each source was read, guarded by the expected offset and an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlmodel import col

from knowledge_base.errors import LostOwnership
from knowledge_base.store.tables import PositionRow
from knowledge_base.store.upserts import insert_or_skip


@dataclass(frozen=True, slots=True)
class Position:
    """What was committed of a source: everything before ``offset``, and the state of its reader.

    ``size`` and ``head`` (a hash of the first bytes) tell whether a file is still the same one.
    """

    source: str
    offset: int
    epoch: int
    state: Mapping[str, object]
    finished: bool
    size: int
    head: str


def take(db: Connection, project: str, source: str, now: datetime) -> Position:
    """Take a source over: its epoch goes up, so that whoever read it before can commit no more."""
    empty: dict[str, object] = {
        "project": project,
        "source": source,
        "offset": 0,
        "epoch": 0,
        "state": {},
        "finished": False,
        "size": 0,
        "head": "",
        "at": now,
    }
    insert_or_skip(db, PositionRow, [empty])
    row = db.execute(
        update(PositionRow)
        .where(col(PositionRow.project) == project, col(PositionRow.source) == source)
        .values(epoch=PositionRow.epoch + 1)
        .returning(
            col(PositionRow.source),
            col(PositionRow.offset),
            col(PositionRow.epoch),
            col(PositionRow.state),
            col(PositionRow.finished),
            col(PositionRow.size),
            col(PositionRow.head),
        )
    ).one()
    return Position(*row)


def peek(db: Connection, project: str, source: str) -> Position | None:
    """Read a position without taking the source over."""
    row = db.execute(
        select(
            col(PositionRow.source),
            col(PositionRow.offset),
            col(PositionRow.epoch),
            col(PositionRow.state),
            col(PositionRow.finished),
            col(PositionRow.size),
            col(PositionRow.head),
        ).where(col(PositionRow.project) == project, col(PositionRow.source) == source)
    ).first()
    return None if row is None else Position(*row)


def advance(db: Connection, project: str, before: Position, after: Position, now: datetime) -> None:
    """Move a position from ``before`` to ``after`` within the transaction that keeps what was read.

    Where ``after`` has the same offset and epoch, the same move could be made twice.

    Raises LostOwnership where another worker has taken the source over: roll back and stop.
    """
    changed = db.execute(
        update(PositionRow)
        .where(
            col(PositionRow.project) == project,
            col(PositionRow.source) == before.source,
            col(PositionRow.offset) == before.offset,
            col(PositionRow.epoch) == before.epoch,
        )
        .values(
            offset=after.offset,
            epoch=after.epoch,
            state=dict(after.state),
            finished=after.finished,
            size=after.size,
            head=after.head,
            at=now,
        )
    ).rowcount
    if changed != 1:
        raise LostOwnership(f"another process is reading {before.source}; this one discards its batch and stops")


def restart(db: Connection, project: str, before: Position, now: datetime) -> Position:
    """Begin a source anew from its first byte, keeping the epoch."""
    after = Position(before.source, 0, before.epoch, {}, False, 0, "")
    advance(db, project, before, after, now)
    return after
