"""The rules of a project's users, change by change, and how far the stored templates follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update
from sqlmodel import col

from knowledge_base.signature.custom.user_rules import RuleSet
from knowledge_base.signature.limits import SIGNATURE_VERSION
from knowledge_base.store.rules.rule_documents import document_of, read_document
from knowledge_base.store.rules.rule_tables import RuleSetRow
from knowledge_base.store.tables import FingerprintRow
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_or_skip

MOST_CONFLICTS = 200
"""Conflicts that a change keeps for people to read."""


@dataclass(frozen=True, slots=True)
class StoredRules:
    """The rules as one change left them.

    ``version`` is the one that they were stored with; another Kea may sign under another one. ``is_finished`` tells
    whether all templates have fingerprints of it.
    """

    number: int
    version: str
    rules: RuleSet
    action: str
    subject: str
    actor: str
    at: datetime
    cursor: int
    joined: int
    conflicts: tuple[Mapping[str, Any], ...]
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be signed anew."""
        return self.finished_at is not None

    @property
    def is_outdated(self) -> bool:
        """Whether another version of Kea's own rules was in force."""
        return is_outdated(self.version)


def is_outdated(version: str) -> bool:
    """Tell whether signatures of a version were made by another version of Kea's own rules."""
    return version.partition("+")[0] != SIGNATURE_VERSION


def marks(db: Connection, project: str, limit: int) -> tuple[tuple[int, str, bool], ...]:
    """Tell number, version and whether it is finished of the newest changes, newest first; quick."""
    query = (
        select(col(RuleSetRow.number), col(RuleSetRow.version), col(RuleSetRow.finished_at).is_not(None))
        .where(col(RuleSetRow.project) == project)
        .order_by(col(RuleSetRow.number).desc())
        .limit(limit)
    )
    return tuple((row[0], row[1], bool(row[2])) for row in db.execute(query))


def newest(db: Connection, project: str, limit: int = 1) -> list[StoredRules]:
    """Read the newest changes, newest first; none where nobody ever changed anything."""
    return [_stored(row) for row in db.execute(_newest(), {"project": storable(project), "most": limit})]


@cache
def _newest() -> Select[Any]:
    table = RuleSetRow.__table__  # type: ignore[attr-defined]
    query = select(table).where(col(RuleSetRow.project) == bindparam("project"))
    return query.order_by(col(RuleSetRow.number).desc()).limit(bindparam("most"))


def present(db: Connection, project: str) -> RuleSet:
    """Read the rules that hold."""
    found = newest(db, project)
    return found[0].rules if found else RuleSet()


def numbered(db: Connection, project: str, number: int) -> StoredRules | None:
    """Read one change."""
    row = db.execute(_rows(project).where(col(RuleSetRow.number) == number)).first()
    return None if row is None else _stored(row)


def add(
    db: Connection,
    project: str,
    rules: RuleSet,
    *,
    version: str,
    action: str,
    subject: str = "",
    actor: str,
    now: datetime,
    cursor: int = 0,
    finished_at: datetime | None = None,
) -> int:
    """Keep rules as the ones that hold from now on; tell the number of the change. The caller holds the project."""
    last = marks(db, project, 1)
    number = last[0][0] + 1 if last else 0
    db.execute(
        insert(RuleSetRow),
        [
            {
                "project": project,
                "number": number,
                "version": version,
                "rules": [document_of(rule) for rule in rules.rules],
                "action": action,
                "subject": clip(subject, 200),
                "actor": clip(actor, 200),
                "at": now,
                "cursor": cursor,
                "joined": 0,
                "conflicts": [],
                "finished_at": finished_at,
            }
        ],
    )
    return number


def advance(
    db: Connection, project: str, before: StoredRules, *, cursor: int, finished_at: datetime | None = None
) -> bool:
    """Note how far the templates follow; False where somebody else went on from ``before``."""
    changed = db.execute(
        update(RuleSetRow)
        .where(
            col(RuleSetRow.project) == project,
            col(RuleSetRow.number) == before.number,
            col(RuleSetRow.cursor) == before.cursor,
            col(RuleSetRow.finished_at).is_(None),
        )
        .values(cursor=cursor, finished_at=finished_at)
    )
    return changed.rowcount == 1


def note(
    db: Connection, project: str, before: StoredRules, *, joined: int, conflicts: Sequence[Mapping[str, object]]
) -> None:
    """Note what came together in a step, and what may not."""
    kept = [*before.conflicts, *conflicts][:MOST_CONFLICTS]
    db.execute(
        update(RuleSetRow)
        .where(col(RuleSetRow.project) == project, col(RuleSetRow.number) == before.number)
        .values(joined=before.joined + joined, conflicts=kept)
    )


def add_fingerprints(db: Connection, project: str, version: str, pairs: Sequence[tuple[int, str]]) -> None:
    """Let fingerprints stand for templates, in this order; one that stands for a template already stays with it."""
    rows = [
        {"project": project, "version": version, "fingerprint": fingerprint, "template": template}
        for template, fingerprint in pairs
    ]
    insert_or_skip(db, FingerprintRow, rows)


def begin_again(db: Connection, project: str) -> None:
    """Let all templates be signed anew under the rules that hold, where a change was ever kept."""
    last = marks(db, project, 1)
    if last:
        db.execute(
            update(RuleSetRow)
            .where(col(RuleSetRow.project) == project, col(RuleSetRow.number) == last[0][0])
            .values(cursor=0, finished_at=None)
        )


def other_version(db: Connection, project: str, version: str) -> str | None:
    """Name a version other than this one that the project's fingerprints have; None where there is none."""
    found: str | None = db.execute(_other_version(), {"project": project, "version": version}).scalar()
    return found


@cache
def _other_version() -> Select[Any]:
    """Look on both sides of the version: each is one step in an index."""
    version = col(FingerprintRow.version)
    here = col(FingerprintRow.project) == bindparam("project")
    sides = (
        select(version).where(here, differs).order_by(version.desc()).limit(1).scalar_subquery()
        for differs in (version > bindparam("version"), version < bindparam("version"))
    )
    return select(func.coalesce(*sides))


def _rows(project: str) -> Select[Any]:
    table = RuleSetRow.__table__  # type: ignore[attr-defined]
    return select(table).where(col(RuleSetRow.project) == storable(project))


def _stored(row: Row[Any]) -> StoredRules:
    return StoredRules(
        number=row.number,
        version=row.version,
        rules=RuleSet(tuple(read_document(each) for each in row.rules)),
        action=row.action,
        subject=row.subject,
        actor=row.actor,
        at=row.at,
        cursor=row.cursor,
        joined=row.joined,
        conflicts=tuple(row.conflicts),
        finished_at=row.finished_at,
    )
