"""How often something was done within a time: one row for each thing that is counted, whatever process counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, case, delete, select
from sqlmodel import col

from knowledge_base.store.accounts.account_tables import TrialRow


def add(db: Connection, key: str, *, now: datetime, life: timedelta, amount: int = 1) -> int:
    """Count once more and tell how often that was since the time began; it begins anew once it is over."""
    statement: Any
    if db.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        statement = sqlite_insert(TrialRow)
    else:
        from sqlalchemy.dialects.postgresql import insert as postgres_insert

        statement = postgres_insert(TrialRow)
    over = col(TrialRow.expires_at) <= now
    counted = statement.values(key=_key(key), count=amount, expires_at=now + life).on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": case((over, amount), else_=col(TrialRow.count) + amount),
            "expires_at": case((over, now + life), else_=col(TrialRow.expires_at)),
        },
    )
    return int(db.execute(counted.returning(col(TrialRow.count))).scalar_one())


def read(db: Connection, key: str, now: datetime) -> tuple[int, datetime | None]:
    """Tell how often something was done and when it is forgotten; 0 and None where that is so already."""
    query = select(col(TrialRow.count), col(TrialRow.expires_at)).where(
        col(TrialRow.key) == _key(key), col(TrialRow.expires_at) > now
    )
    row = db.execute(query).first()
    return (0, None) if row is None else (int(row[0]), row[1])


def clear(db: Connection, key: str) -> None:
    """Forget what was counted."""
    db.execute(delete(TrialRow).where(col(TrialRow.key) == _key(key)))


def sweep(db: Connection, now: datetime) -> None:
    """Delete what counts no more."""
    db.execute(delete(TrialRow).where(col(TrialRow.expires_at) <= now))


def _key(key: str) -> str:
    """Keys hold names and addresses of people; only a hash is kept, of one length."""
    return sha256(key.encode("utf-8", errors="replace")).hexdigest()
