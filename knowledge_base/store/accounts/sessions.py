"""Browsers that have signed in: kept by the hash of what their cookie says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlmodel import col

from knowledge_base.store.accounts.account_tables import PersonRow, SessionRow


@dataclass(frozen=True, slots=True)
class Session:
    """Who a browser is signed in as; ``person`` is None for one that came by a link."""

    name: str
    person: int | None


def start(db: Connection, secret: str, *, person: int | None, name: str, now: datetime, life: timedelta) -> None:
    """Keep a session under the hash of its secret; those that are over go."""
    db.execute(delete(SessionRow).where(col(SessionRow.expires_at) <= now))
    row = {"key": _key(secret), "person": person, "name": name, "created_at": now, "expires_at": now + life}
    db.execute(insert(SessionRow), [row])


def read(db: Connection, secret: str, now: datetime) -> Session | None:
    """Tell who a secret stands for; None where it is over, was ended or never was."""
    row = db.execute(_reading(), {"key": _key(secret), "now": now}).first()
    return None if row is None else Session(row[2] or row[1], row[0])


@cache
def _reading() -> Any:
    return (
        select(col(SessionRow.person), col(SessionRow.name), col(PersonRow.name))
        .outerjoin(PersonRow, col(PersonRow.id) == col(SessionRow.person))
        .where(col(SessionRow.key) == bindparam("key"), col(SessionRow.expires_at) > bindparam("now"))
    )


def end(db: Connection, secret: str) -> None:
    """End one session."""
    db.execute(delete(SessionRow).where(col(SessionRow.key) == _key(secret)))


def end_all(db: Connection, person: int, *, but: str = "") -> int:
    """End all sessions of a person except the one of the secret ``but``; tell how many."""
    query = delete(SessionRow).where(col(SessionRow.person) == person, col(SessionRow.key) != _key(but))
    return db.execute(query).rowcount


def end_links(db: Connection) -> int:
    """End all sessions of browsers that came by a link; tell how many."""
    return db.execute(delete(SessionRow).where(col(SessionRow.person).is_(None))).rowcount


def count(db: Connection, person: int, now: datetime) -> int:
    """Count the living sessions of a person."""
    query = select(func.count()).where(col(SessionRow.person) == person, col(SessionRow.expires_at) > now)
    return int(db.execute(query).scalar_one())


def _key(secret: str) -> str:
    return sha256(secret.encode("utf-8", errors="replace")).hexdigest()
