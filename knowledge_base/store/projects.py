"""Projects, the numbers of their states, and the numbered change feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import col

from knowledge_base.errors import InputError, NotFound
from knowledge_base.store.bulk import replace_all
from knowledge_base.store.engine import beside
from knowledge_base.store.tables import ChangeRow, ProjectRow
from knowledge_base.store.text import storable
from knowledge_base.store.upserts import insert_or_skip

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_NOTHING_YET = {"generation": 0, "change": 0, "ring": 0, "templates": 0, "solutions": 0}


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the feed; ``detail`` holds public ids."""

    number: int
    kind: str
    detail: Mapping[str, object]
    at: datetime


def ensure_project(db: Connection, project: str, now: datetime) -> None:
    """Make sure that a project is there; raises InputError for a name that cannot be one."""
    if not NAME.fullmatch(project):
        raise InputError(f"{project[:80]!r} is no project name: use a-z, 0-9, - and _, 64 characters at most")
    insert_or_skip(db, ProjectRow, [{"id": project, "created_at": now, **_NOTHING_YET}])


def require_project(db: Connection, project: str) -> None:
    """Raise NotFound where there is no such project."""
    if db.execute(_of_project("id"), {"project": storable(project)}).first() is None:
        raise no_project(project)


@cache
def _of_project(column: str) -> Any:
    """Make the statement that reads a column of a project once: questions ask it several times each."""
    return select(ProjectRow.__table__.c[column]).where(col(ProjectRow.id) == bindparam("project"))  # type: ignore[attr-defined]


def no_project(project: str) -> NotFound:
    """Make the error that says that there is no such project, and how one comes to be."""
    return NotFound(f"there is no project {project[:80]!r}; check the name, or begin it with kea ingest or kea demo")


def lock(db: Connection, project: str) -> None:
    """Wait until nobody else changes the project, and keep others waiting until this transaction ends.

    Whoever reads before it writes, or writes to several tables, begins with this: then PostgreSQL
    gives them one after the other, as SQLite's ``BEGIN IMMEDIATE`` does, and two can never wait for
    each other. Readers do not wait.
    """
    db.execute(select(col(ProjectRow.id)).where(col(ProjectRow.id) == project).with_for_update())


def list_projects(db: Connection) -> list[str]:
    """Name all projects in order."""
    return list(db.execute(select(col(ProjectRow.id)).order_by(col(ProjectRow.id))).scalars())


def next_generation(db: Connection, project: str) -> int:
    """Number the next state of a project's representatives."""
    return int(
        db.execute(
            update(ProjectRow)
            .where(col(ProjectRow.id) == project)
            .values(generation=ProjectRow.generation + 1)
            .returning(col(ProjectRow.generation))
        ).scalar_one()
    )


def generation(db: Connection, project: str) -> int:
    """Tell the number of the present state; 0 for a project that is not there."""
    return int(db.execute(_of_project("generation"), {"project": project}).scalar() or 0)


def next_solutions(db: Connection, project: str) -> int:
    """Number the next state of a project's solutions."""
    return int(
        db.execute(
            update(ProjectRow)
            .where(col(ProjectRow.id) == project)
            .values(solutions=ProjectRow.solutions + 1)
            .returning(col(ProjectRow.solutions))
        ).scalar_one()
    )


def solutions_state(db: Connection, project: str) -> int:
    """Tell the number of the present state of its solutions; 0 for a project that is not there."""
    return int(db.execute(_of_project("solutions"), {"project": project}).scalar() or 0)


def is_set_back(db: Connection, project: str, state: Callable[[Connection, str], int], known: int) -> bool:
    """Tell whether a project is in an older state than was known, as of a backup that was put back.

    A connection that was opened before the known state was reached sees an older one as well: that is not meant.
    """
    with beside(db) as now:
        return state(now, project) < known


def publish(db: Connection, project: str, changes: Sequence[tuple[str, Mapping[str, object]]], now: datetime) -> None:
    """Append to the change feed, in order and without gaps."""
    if not changes:
        return
    last = db.execute(
        update(ProjectRow)
        .where(col(ProjectRow.id) == project)
        .values(change=ProjectRow.change + len(changes))
        .returning(col(ProjectRow.change))
    ).scalar_one()
    first = last - len(changes) + 1
    columns = {
        "project": repeat(project, len(changes)),
        "number": range(first, last + 1),
        "kind": [kind for kind, _ in changes],
        "detail": [dict(detail) for _, detail in changes],
        "at": repeat(now, len(changes)),
    }
    replace_all(db, ChangeRow, ("project", "number"), columns)


def changes_since(
    db: Connection, project: str, number: int, limit: int = 1000, *, without: Collection[str] = ()
) -> list[Change]:
    """Read the feed behind a number; ``without`` names kinds that are left out."""
    query = (
        select(col(ChangeRow.number), col(ChangeRow.kind), col(ChangeRow.detail), col(ChangeRow.at))
        .where(col(ChangeRow.project) == project, col(ChangeRow.number) > number)
        .order_by(col(ChangeRow.number))
        .limit(limit)
    )
    if without:
        query = query.where(col(ChangeRow.kind).not_in(sorted(without)))
    return [Change(*row) for row in db.execute(query)]


def last_change(db: Connection, project: str) -> int:
    """Tell the number of the newest entry of the feed."""
    return int(db.execute(select(col(ProjectRow.change)).where(col(ProjectRow.id) == project)).scalar() or 0)


def living_templates(db: Connection, project: str) -> int:
    """Tell how many templates the project holds that are not evicted."""
    return int(db.execute(select(col(ProjectRow.templates)).where(col(ProjectRow.id) == project)).scalar() or 0)


def add_living(db: Connection, project: str, more: int) -> None:
    """Count templates that were made, or with a negative number evicted."""
    db.execute(update(ProjectRow).where(col(ProjectRow.id) == project).values(templates=ProjectRow.templates + more))
