"""What each step of a reclustering changed, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from knowledge_base.store.grouping.recluster_tables import ReclusterAliasRow, ReclusterMoveRow
from knowledge_base.store.tables import AuditRow

ACTION = "recluster"
"""What such an act is called in the audit."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A template that was moved, and why it had been where it was."""

    template: int
    source: int
    target: int
    reason: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aliased:
    """A category that became an alias; ``former`` is what it was an alias of before, None where it was active."""

    category: int
    former: int | None
    target: int


@dataclass(frozen=True, slots=True)
class Step:
    """What was changed in one transaction."""

    number: int
    moved: tuple[Moved, ...]
    aliased: tuple[Aliased, ...]


def keep(
    db: Connection,
    project: str,
    act: int,
    moved: Sequence[tuple[int, Moved]],
    aliased: Sequence[tuple[int, Aliased]],
) -> None:
    """Keep what was changed, each with the step that it is taken back with."""
    key = {"project": project, "act": act}
    moves = [
        {
            **key,
            "step": step,
            "template": each.template,
            "source": each.source,
            "target": each.target,
            "reason": dict(each.reason),
        }
        for step, each in moved
    ]
    aliases = [
        {**key, "step": step, "category": each.category, "former": each.former, "target": each.target}
        for step, each in aliased
    ]
    if moves:
        db.execute(insert(ReclusterMoveRow), moves)
    if aliases:
        db.execute(insert(ReclusterAliasRow), aliases)


def steps(db: Connection, project: str, act: int) -> list[int]:
    """Number the steps of an act that stand, the last one first."""
    query = (
        select(col(ReclusterMoveRow.step))
        .where(col(ReclusterMoveRow.project) == project, col(ReclusterMoveRow.act) == act)
        .distinct()
        .order_by(col(ReclusterMoveRow.step).desc())
    )
    return list(db.execute(query).scalars())


def read_step(db: Connection, project: str, act: int, number: int) -> Step:
    """Read what a step changed."""
    moves = (
        select(
            col(ReclusterMoveRow.template),
            col(ReclusterMoveRow.source),
            col(ReclusterMoveRow.target),
            col(ReclusterMoveRow.reason),
        )
        .where(
            col(ReclusterMoveRow.project) == project,
            col(ReclusterMoveRow.act) == act,
            col(ReclusterMoveRow.step) == number,
        )
        .order_by(col(ReclusterMoveRow.template))
    )
    aliases = (
        select(col(ReclusterAliasRow.category), col(ReclusterAliasRow.former), col(ReclusterAliasRow.target))
        .where(
            col(ReclusterAliasRow.project) == project,
            col(ReclusterAliasRow.act) == act,
            col(ReclusterAliasRow.step) == number,
        )
        .order_by(col(ReclusterAliasRow.category))
    )
    return Step(
        number,
        tuple(Moved(*row) for row in db.execute(moves)),
        tuple(Aliased(*row) for row in db.execute(aliases)),
    )


def aliased(db: Connection, project: str, act: int) -> dict[int, int]:
    """Tell which active categories became aliases by an act, and of which ones."""
    query = select(col(ReclusterAliasRow.category), col(ReclusterAliasRow.target)).where(
        col(ReclusterAliasRow.project) == project,
        col(ReclusterAliasRow.act) == act,
        col(ReclusterAliasRow.former).is_(None),
    )
    return {row[0]: row[1] for row in db.execute(query)}


def forget_steps(db: Connection, project: str, act: int, numbers: Sequence[int]) -> None:
    """Drop what was kept of steps that were taken back."""
    for table in (ReclusterMoveRow, ReclusterAliasRow):
        db.execute(
            delete(table).where(
                col(table.project) == project, col(table.act) == act, col(table.step).in_(list(numbers))
            )
        )


def describe(db: Connection, project: str, act: int, detail: Mapping[str, object]) -> None:
    """Say in the audit entry what the act came to in the end."""
    db.execute(
        update(AuditRow).where(col(AuditRow.project) == project, col(AuditRow.id) == act).values(detail=dict(detail))
    )
