"""Merges that the machine would make if a person agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update
from sqlmodel import col

from knowledge_base.store.tables import ProposalRow
from knowledge_base.store.upserts import insert_or_replace

MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two categories that may be one, by their numbers."""

    kind: str
    left: int
    right: int
    score: float
    at: datetime


def put(db: Connection, project: str, found: Sequence[tuple[int, int, float]], now: datetime) -> None:
    """Keep merge proposals; a newer score takes the place of the old one, a dismissal stays."""
    dismissed = {(each.left, each.right) for each in _read(db, project, "dismissed")}
    insert_or_replace(
        db,
        ProposalRow,
        ("project", "kind", "left", "right"),
        [
            {
                "project": project,
                "kind": MERGE,
                "left": left,
                "right": right,
                "score": score,
                "detail": {},
                "state": "open",
                "at": now,
            }
            for left, right, score in found
            if (left, right) not in dismissed
        ],
    )


def close_merged(db: Connection, project: str, merged: Sequence[int]) -> None:
    """Close the proposals about categories that are merged now."""
    if merged:
        db.execute(
            update(ProposalRow)
            .where(
                col(ProposalRow.project) == project,
                col(ProposalRow.state) == "open",
                or_(col(ProposalRow.left).in_(list(merged)), col(ProposalRow.right).in_(list(merged))),
            )
            .values(state="closed")
        )


def open_proposals(db: Connection, project: str) -> list[Proposal]:
    """Read what is proposed now, best first."""
    return sorted(_read(db, project, "open"), key=lambda each: (-each.score, each.left, each.right))


def _read(db: Connection, project: str, state: str) -> list[Proposal]:
    query = select(
        col(ProposalRow.kind),
        col(ProposalRow.left),
        col(ProposalRow.right),
        col(ProposalRow.score),
        col(ProposalRow.at),
    ).where(col(ProposalRow.project) == project, col(ProposalRow.state) == state)
    return [Proposal(*row) for row in db.execute(query)]
