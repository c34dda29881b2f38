"""Keeps what the machine would do if a person agreed: merge two categories, split one, or take over a label."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update
from sqlmodel import col

from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import MAX_NUMBER, Prefix, number_of, public_id
from knowledge_base.store.grouping.proposal_settling import settle_some
from knowledge_base.store.grouping.proposal_values import (
    Proposal,
    ProposalKind,
    ProposalState,
    Proposed,
    document_of,
    grounds_of,
)
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.tables import ProposalRow
from knowledge_base.store.upserts import insert_or_replace

CHUNK = 500
MOST_OFFERS = 50
KEY = ("project", "kind", "left", "right")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which proposals to list; an empty ``kinds`` or ``states`` stands for all."""

    kinds: tuple[ProposalKind, ...] = ()
    states: tuple[ProposalState, ...] = (ProposalState.OPEN,)
    category: int | None = None


def put(db: Connection, project: str, found: Sequence[Proposed], now: datetime) -> None:
    """Keep proposals; a newer score takes the place of the old one, a dismissal stays.

    What makes no sense as categories and facts are now is kept closed. A split that was dismissed may come again
    about templates that joined later: those that were there then are linked, and a split across a link stays closed.
    """
    keyed = {_key(each): each for each in found if each.kind is ProposalKind.SPLIT or each.left != each.right}
    known = _numbers(db, project, {left for _, left, _ in keyed})
    wanted = {
        key: each
        for key, each in keyed.items()
        if known.get(key, (0, ""))[1] != ProposalState.DISMISSED or each.kind is ProposalKind.SPLIT
    }
    unknown = [key for key in wanted if key not in known]
    fresh = dict(zip(unknown, take_numbers(db, "proposal", len(unknown)), strict=True)) if unknown else {}
    numbers = {key: fresh.get(key) or known[key][0] for key in wanted}
    insert_or_replace(
        db,
        ProposalRow,
        KEY,
        [
            {
                "project": project,
                "kind": str(kind),
                "left": left,
                "right": right,
                "id": numbers[kind, left, right],
                "scored_left": left,
                "scored_right": right,
                "score": float(each.score),
                "detail": document_of(each.grounds),
                "state": str(ProposalState.OPEN),
                "at": now,
            }
            for (kind, left, right), each in wanted.items()
        ],
    )
    settle_some(db, project, numbers.values())


def offer_label(db: Connection, project: str, category: int, now: datetime) -> None:
    """Offer the label or solution that a person gave a category to those that it is proposed to be merged with.

    The score and its grounds are those of the merge. What people said something of already is offered nothing.
    """
    chosen = Chosen((ProposalKind.MERGE,), category=category)
    found = [
        Proposed(
            each.right if each.left == category else each.left, category, each.score, ProposalKind.LABEL, each.grounds
        )
        for each in list_proposals(db, project, chosen, limit=MOST_OFFERS)
    ]
    put(db, project, found, now)


def get(db: Connection, project: str, public: str) -> Proposal:
    """Read one proposal; raises NotFound."""
    number = number_of(Prefix.PROPOSAL, public)
    row = db.execute(_query(project).where(col(ProposalRow.id) == number)).first()
    if row is None:
        raise NotFound(f"there is no proposal {public_id(Prefix.PROPOSAL, number)} in project {project!r}")
    return _read(row)


def open_proposals(db: Connection, project: str) -> list[Proposal]:
    """Read what is proposed now, best first."""
    query = _query(project).where(col(ProposalRow.state) == ProposalState.OPEN)
    return sorted(map(_read, db.execute(query)), key=lambda each: (-each.score, each.left, each.right, each.kind))


def list_proposals(
    db: Connection, project: str, chosen: Chosen, *, limit: int, after: tuple[float, int] | None = None
) -> list[Proposal]:
    """Read proposals, best first; ``after`` is the score and number of the last one of the page before."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.kinds:
        conditions.append(col(ProposalRow.kind).in_([str(each) for each in chosen.kinds]))
    if chosen.states:
        conditions.append(col(ProposalRow.state).in_([str(each) for each in chosen.states]))
    score, number = col(ProposalRow.score), col(ProposalRow.id)
    if after is not None:
        conditions.append(or_(score < after[0], and_(score == after[0], number > after[1])))
    query = _query(project)
    if chosen.category is None:
        return [_read(row) for row in db.execute(query.where(*conditions).order_by(score.desc(), number).limit(limit))]
    # Each side by its own index, sorted here: where SQLite may sort, it walks through all that is open instead.
    best: set[tuple[float, int]] = set()
    for side in (col(ProposalRow.left), col(ProposalRow.right)):
        about = select(score, number).where(col(ProposalRow.project) == project, side == chosen.category, *conditions)
        best.update((-row[0], row[1]) for row in db.execute(about))
    shown = [each for _, each in sorted(best)[:limit]]
    found = {row.id: _read(row) for row in db.execute(query.where(number.in_(shown)))}
    return [found[each] for each in shown]


def read_place(cursor: str) -> tuple[float, int]:
    """Read the cursor of a list; raises InputError for what is none."""
    score, _, number = cursor.partition("~")
    try:
        place = float(score), int(number)
        if not (0.0 <= place[0] <= 1.0 and 0 < place[1] < MAX_NUMBER):
            raise ValueError(cursor)
    except ValueError:
        raise InputError("the cursor is not one that this list gave; start from the first page") from None
    return place


def write_place(proposal: Proposal) -> str:
    """Write the cursor that goes on behind a proposal.

    >>> read_place("0.75~12")
    (0.75, 12)
    """
    return f"{proposal.score!r}~{proposal.id}"


def set_state(db: Connection, project: str, ids: Collection[int], state: ProposalState) -> None:
    """Note what became of proposals."""
    if ids:
        db.execute(
            update(ProposalRow)
            .where(col(ProposalRow.project) == project, col(ProposalRow.id).in_(sorted(ids)))
            .values(state=str(state))
        )


def reconsider(db: Connection, project: str, public: str) -> set[int]:
    """Close a proposal whose answer was taken back, until it is settled; tell the categories to settle."""
    try:
        found = get(db, project, public)
    except NotFound:
        return set()
    set_state(db, project, [found.id], ProposalState.CLOSED)
    return {found.left, found.right}


def _key(each: Proposed) -> tuple[ProposalKind, int, int]:
    if each.kind is ProposalKind.MERGE:
        return each.kind, min(each.left, each.right), max(each.left, each.right)
    return each.kind, each.left, each.right


def _numbers(
    db: Connection, project: str, lefts: Collection[int]
) -> dict[tuple[ProposalKind, int, int], tuple[int, str]]:
    """Tell number and state of the proposals that are kept, by what they are about."""
    wanted = sorted(lefts)
    found = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(
            col(ProposalRow.kind),
            col(ProposalRow.left),
            col(ProposalRow.right),
            col(ProposalRow.id),
            col(ProposalRow.state),
        ).where(col(ProposalRow.project) == project, col(ProposalRow.left).in_(wanted[start : start + CHUNK]))
        for kind, left, right, number, state in db.execute(query):
            found[ProposalKind(kind), left, right] = (number, state)
    return found


def _query(project: str) -> Any:
    return select(
        col(ProposalRow.id),
        col(ProposalRow.kind),
        col(ProposalRow.left),
        col(ProposalRow.right),
        col(ProposalRow.score),
        col(ProposalRow.state),
        col(ProposalRow.detail),
        col(ProposalRow.at),
    ).where(col(ProposalRow.project) == project)


def _read(row: Row[Any]) -> Proposal:
    state, kind = ProposalState(row.state), ProposalKind(row.kind)
    return Proposal(row.id, kind, row.left, row.right, row.score, state, grounds_of(row.detail), row.at)
