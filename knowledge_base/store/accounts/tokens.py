"""Tokens of programs: their hash, what they may do, when they were used and until when they work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.roles import Role
from knowledge_base.store.tables import AccountRow

USE_NOTED = timedelta(minutes=5)
"""How exactly the last use is kept: each request would be a write otherwise."""


@dataclass(frozen=True, slots=True)
class Token:
    """A program's token; what it says itself is not kept."""

    project: str
    name: str
    role: Role
    made_by: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether it does not work any more."""
        return self.expires_at is not None and self.expires_at <= now


_COLUMNS = (
    col(AccountRow.project),
    col(AccountRow.name),
    col(AccountRow.role),
    col(AccountRow.made_by),
    col(AccountRow.created_at),
    col(AccountRow.used_at),
    col(AccountRow.expires_at),
)


def put(
    db: Connection,
    project: str,
    *,
    name: str,
    secret: str,
    role: Role,
    made_by: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Keep a token's hash, in place of the one of the same name."""
    revoke_quietly(db, project, name)
    row = {"project": project, "name": name, "role": role.value, "token_hash": _hash(secret), "made_by": made_by}
    db.execute(insert(AccountRow), [{**row, "created_at": now, "expires_at": expires_at}])


def find(db: Connection, secret: str) -> Token | None:
    """Tell whose token it is, also of one that is over; None for what is none."""
    row = db.execute(_finding(), {"hash": _hash(secret)}).first()
    return None if row is None else _token(row)


@cache
def _finding() -> Any:
    return select(*_COLUMNS).where(col(AccountRow.token_hash) == bindparam("hash"))


def list_tokens(db: Connection, project: str) -> list[Token]:
    """List a project's tokens by name."""
    query = select(*_COLUMNS).where(col(AccountRow.project) == project).order_by(col(AccountRow.name))
    return [_token(row) for row in db.execute(query)]


def note_use(db: Connection, token: Token, now: datetime) -> None:
    """Note that a token was used."""
    db.execute(
        update(AccountRow)
        .where(col(AccountRow.project) == token.project, col(AccountRow.name) == token.name)
        .values(used_at=now)
    )


def revoke(db: Connection, project: str, name: str) -> None:
    """Let a token stop working; raises NotFound."""
    if not revoke_quietly(db, project, name):
        raise NotFound(f"there is no token {name[:80]!r} in project {project!r}")


def revoke_quietly(db: Connection, project: str, name: str) -> bool:
    """Let a token stop working; tell whether there was one."""
    query = delete(AccountRow).where(col(AccountRow.project) == project, col(AccountRow.name) == name)
    return db.execute(query).rowcount > 0


def _token(row: Any) -> Token:
    project, name, role, *rest = row
    return Token(project, name, Role(role), *rest)


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", errors="replace")).hexdigest()
