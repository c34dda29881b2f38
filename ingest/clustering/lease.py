"""One clusterer at a time: a lock that ends with its process, and an epoch that each write checks."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from filelock import FileLock, Timeout
from sqlalchemy import Connection, select, text, update
from sqlmodel import col

from knowledge_base.errors import LostOwnership
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.store.engine import explained
from knowledge_base.store.tables import LeaseRow
from knowledge_base.store.upserts import insert_or_skip

ROLE = "clusterer"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to cluster a project, or to another role, until the block that took it ends."""

    project: str
    epoch: int
    role: str = ROLE

    def check(self, db: Connection) -> None:
        """Raise LostOwnership where another process took over."""
        mine = (col(LeaseRow.project) == self.project, col(LeaseRow.role) == self.role)
        if db.execute(select(col(LeaseRow.epoch)).where(*mine)).scalar() != self.epoch:
            does = "clusters" if self.role == ROLE else "embeds"
            raise LostOwnership(f"another process {does} project {self.project!r} now")


@contextmanager
def try_lease(knowledge: KnowledgeBase, project: str, *, role: str = ROLE) -> Iterator[Lease | None]:
    """Take the lease for the length of a block; None where another process or thread holds it."""
    with _lock(knowledge, project, role) as held:
        yield _take(knowledge, project, role) if held else None


@contextmanager
def _lock(knowledge: KnowledgeBase, project: str, role: str) -> Iterator[bool]:
    if knowledge.store.is_sqlite:
        folder = knowledge.settings.home_path
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{role}-{project}.lock", thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
        return
    number = int.from_bytes(hashlib.sha256(f"kea:{role}:{project}".encode()).digest()[:8], "big", signed=True)
    # The lock belongs to this connection, so it is let go even when the process is killed.
    engine = knowledge.store.engine
    with explained(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": number}).scalar())
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": number})


def _take(knowledge: KnowledgeBase, project: str, role: str) -> Lease:
    now = knowledge.clock()
    with knowledge.store.write() as db:
        insert_or_skip(db, LeaseRow, [{"project": project, "role": role, "epoch": 0, "holder": "", "at": now}])
        epoch = db.execute(
            update(LeaseRow)
            .where(col(LeaseRow.project) == project, col(LeaseRow.role) == role)
            .values(epoch=LeaseRow.epoch + 1, holder=f"{socket.gethostname()}:{os.getpid()}", at=now)
            .returning(col(LeaseRow.epoch))
        ).scalar_one()
    return Lease(project, epoch, role)
