"""The numbers that are given out: unique over all projects, never twice; what a failed transaction took is a gap.

SQLite, which has one writer, counts in the table ``sequence``. PostgreSQL has a sequence for each name: a row would
stay locked from the taking until the transaction ends, and whoever writes in one project would wait for all others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    TableClause,
    case,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy import Sequence as Counter
from sqlalchemy.engine import Dialect
from sqlmodel import col

from knowledge_base.store.tables import SequenceRow
from knowledge_base.store.upserts import adding, insert_or_replace

NAMES = (
    *("audit", "category", "delivery", "fact", "keep_rule", "learnt", "person", "proposal", "question", "queue_view"),
    *("refused", "representative", "solution", "template"),
)
STEP = 100_000
"""How far PostgreSQL counts up one by one; nobody takes as many while a statement runs that skips the rest."""
_RAISING = 0x6B65616E


def take_numbers(db: Connection, name: str, count: int = 1, *, in_order_of: str | None = None) -> Sequence[int]:
    """Take the next numbers of one of NAMES, ascending; they are gone even where nothing comes of the transaction.

    Whoever follows a table by number sees no number before a smaller one, where the transactions of a project that add
    to it take turns: where each holds the project's lock, or names the project here as ``in_order_of``.
    Raises KeyError for a name that is none of them.
    """
    sequence = sequence_of(name)
    if not _has_sequences(db):
        last = db.execute(_taking(db.dialect), {"name": name, "value": count}).scalar_one()
        return range(last - count + 1, last + 1)
    if in_order_of is not None:
        digest = hashlib.sha256(f"{name}\0{in_order_of}".encode()).digest()
        db.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], signed=True))))
    each = func.generate_series(1, count).alias()
    return sorted(db.execute(select(Counter(sequence).next_value()).select_from(each)).scalars())


def last_numbers(db: Connection) -> dict[str, int]:
    """Tell the last number of each name that any was taken of."""
    if not _has_sequences(db):
        rows = db.execute(select(col(SequenceRow.name), col(SequenceRow.value)))
        return {row.name: row.value for row in rows}
    each = [_state_of(name) for name in NAMES]
    last = [
        select(literal(name), case((state.c.is_called, state.c.last_value), else_=state.c.last_value - 1))
        for name, state in zip(NAMES, each, strict=True)
    ]
    return {name: value for name, value in db.execute(union_all(*last)) if value}


def begin_raising(db: Connection) -> None:
    """Wait until nobody else raises numbers, and keep others waiting; before anything else of the transaction."""
    if _has_sequences(db):
        db.execute(select(func.pg_advisory_xact_lock(_RAISING)))


def raise_numbers(db: Connection, least: Mapping[str, int]) -> None:
    """Let numbers go on behind ``least`` by name, never backwards; ``begin_raising`` came before it."""
    if not _has_sequences(db):
        present = last_numbers(db)
        rows = [{"name": name, "value": max(value, present.get(name, 0))} for name, value in least.items()]
        insert_or_replace(db, SequenceRow, ("name",), rows)
        return
    for name, value in least.items():
        state, near = _state_of(name), value - STEP
        if near > 0:
            skip = func.setval(literal_column(f"'{sequence_of(name)}'"), near)
            db.execute(select(skip).select_from(state).where(state.c.last_value < near))
        each = func.generate_series(1, value - last_numbers(db).get(name, 0)).alias()
        db.execute(select(func.count(Counter(sequence_of(name)).next_value())).select_from(each))


def sequence_of(name: str) -> str:
    """Name the sequence on PostgreSQL. Raises KeyError for what is none of NAMES."""
    if name not in NAMES:
        raise KeyError(name)
    return f"number_of_{name}"


def _has_sequences(db: Connection) -> bool:
    return db.dialect.name == "postgresql"


def _state_of(name: str) -> TableClause:
    return table(sequence_of(name), column("last_value", BigInteger), column("is_called", Boolean))


@lru_cache(maxsize=8)
def _taking(dialect: Dialect) -> Any:
    return adding(dialect, SequenceRow, ("name",), "value").returning(col(SequenceRow.value))
