"""Where to begin a source: anew, behind what was committed, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from ingest.sources.port import Identity, Source
from knowledge_base.errors import AlreadyDone
from knowledge_base.store.intake import positions
from knowledge_base.store.intake.positions import Position


@dataclass(frozen=True, slots=True)
class Start:
    """The position that was taken over; ``replaced`` tells that another file was there before."""

    position: Position
    replaced: bool = False


def take_over(db: Connection, project: str, source: Source, identity: Identity, *, again: bool, now: datetime) -> Start:
    """Take a source over within a write transaction.

    A source that begins otherwise than before, or is shorter, is another one and starts anew. Raises
    AlreadyDone where it was read to its end, unless ``again``.
    """
    before = positions.take(db, project, source.name, now)
    position = before
    other = bool(before.head) and (identity.size < before.size or not source.is_same(before.head))
    if again or other:
        position = positions.restart(db, project, before, now)
    elif before.finished and identity.size == before.size:
        raise AlreadyDone(
            f"{source.title} was read to its end before ({before.size:,} bytes); "
            "use --again to read and count it once more"
        )
    known = replace(position, finished=False, size=identity.size, head=identity.head)
    positions.advance(db, project, position, known, now)
    return Start(known, replaced=other and not again)
