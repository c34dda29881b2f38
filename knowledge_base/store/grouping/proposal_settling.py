"""Which proposals make sense as categories and facts are now; the others are closed until they do again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from knowledge_base.store.grouping.proposal_values import grounds_of
from knowledge_base.store.tables import CategoryRow, FactRow, ProposalRow, TemplateRow
from knowledge_base.types import FactKind

CHUNK = 500
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A proposal as far as it matters here."""

    id: int
    kind: str
    left: int
    right: int
    state: str
    scored_left: int
    scored_right: int

    @property
    def key(self) -> tuple[str, int, int]:
        return self.kind, self.left, self.right

    @property
    def scored(self) -> tuple[int, int]:
        return self.scored_left, self.scored_right


@dataclass(frozen=True, slots=True)
class _Standing:
    """What people said of a category, and whether it is there."""

    home: int
    alive: bool
    label: str | None
    solution: int | None
    ignored: bool

    @property
    def untouched(self) -> bool:
        return self.label is None and self.solution is None and not self.ignored


@dataclass(frozen=True, slots=True)
class _Link:
    """A standing fact with the categories that its templates are in."""

    kind: FactKind
    left: int
    right: int
    homes: frozenset[int]


@dataclass(frozen=True, slots=True)
class _World:
    """All that decides whether proposals make sense."""

    standings: dict[int, _Standing]
    apart: frozenset[frozenset[int]]
    together: tuple[_Link, ...]
    members: dict[int, frozenset[int]]
    going: dict[int, frozenset[int]]

    def key(self, row: _Kept) -> tuple[str, int, int]:
        """Tell what a proposal is about as its categories are now."""
        left, right = (self.standings[each].home if each in self.standings else each for each in row.scored)
        return (row.kind, min(left, right), max(left, right)) if row.kind == "merge" else (row.kind, left, right)


def settle(db: Connection, project: str, categories: Collection[int]) -> None:
    """Look at the proposals about categories again, after something about these was changed.

    A proposal follows a category that was merged, and follows it back; one that makes no sense any more is closed, and
    is open again once it does: when a label was taken off, or a merge was taken back. What people accepted or dismissed
    is left alone.
    """
    found: dict[int, _Kept] = {}
    for chunk in _chunks(sorted(set(categories))):
        for side in (col(ProposalRow.left), col(ProposalRow.right)):
            found.update(_read(db, project, side.in_(chunk)))
    _settle(db, project, list(found.values()))


def settle_some(db: Connection, project: str, numbers: Collection[int]) -> None:
    """Do the same for proposals by their numbers, after they were made."""
    found: dict[int, _Kept] = {}
    for chunk in _chunks(sorted(set(numbers))):
        found.update(_read(db, project, col(ProposalRow.id).in_(chunk)))
    _settle(db, project, list(found.values()))


def forget(db: Connection, project: str, categories: Sequence[int]) -> None:
    """Delete the proposals about categories that were evicted: these never come back."""
    for chunk in _chunks(categories):
        db.execute(
            delete(ProposalRow).where(
                col(ProposalRow.project) == project,
                or_(col(ProposalRow.left).in_(chunk), col(ProposalRow.right).in_(chunk)),
            )
        )


def _read(db: Connection, project: str, which: ColumnElement[bool]) -> dict[int, _Kept]:
    query = select(
        col(ProposalRow.id),
        col(ProposalRow.kind),
        col(ProposalRow.left),
        col(ProposalRow.right),
        col(ProposalRow.state),
        col(ProposalRow.scored_left),
        col(ProposalRow.scored_right),
    ).where(col(ProposalRow.project) == project, which)
    return {row[0]: _Kept(*row) for row in db.execute(query)}


def _settle(db: Connection, project: str, rows: Sequence[_Kept]) -> None:
    movable = [row for row in rows if row.state in (OPEN, CLOSED)]
    if not movable:
        return
    world = _look(db, project, movable)
    taken = {row.key: row.id for row in (*rows, *_there(db, project, {world.key(row) for row in movable}))}
    moved, changed = [], []
    # Those that stay where they are come first, so that none loses its place to one that follows a merge.
    for row in sorted(movable, key=lambda row: (world.key(row) != row.key, row.id)):
        key = world.key(row)
        free = taken.get(key, row.id) == row.id
        state = OPEN if free and _makes_sense(row, key[1], key[2], world) else CLOSED
        if free and key[1] != key[2] and key != row.key:
            taken[key] = row.id
            moved.append({"number": row.id, "to_left": key[1], "to_right": key[2], "now": state})
        elif state != row.state:
            changed.append({"number": row.id, "now": state})
    mine = (col(ProposalRow.project) == project, col(ProposalRow.id) == bindparam("number"))
    if moved:
        sides: dict[str, Any] = {"left": bindparam("to_left"), "right": bindparam("to_right")}
        db.execute(update(ProposalRow).where(*mine).values(state=bindparam("now"), **sides), moved)
    if changed:
        db.execute(update(ProposalRow).where(*mine).values(state=bindparam("now")), changed)


def _there(db: Connection, project: str, keys: Collection[tuple[str, int, int]]) -> list[_Kept]:
    """Read what is about the categories that proposals lead to now: a place there may be taken."""
    found: dict[int, _Kept] = {}
    for chunk in _chunks(sorted({left for _, left, _ in keys})):
        found.update(_read(db, project, col(ProposalRow.left).in_(chunk)))
    return [row for row in found.values() if row.key in keys]


def _makes_sense(row: _Kept, left: int, right: int, world: _World) -> bool:
    one, other = world.standings.get(left), world.standings.get(right)
    if one is None or other is None or not one.alive or not other.alive:
        return False
    if row.kind == "split":
        going = world.going.get(row.id, frozenset())
        inside = world.members.get(left, frozenset())
        crossed = any((link.left in going) != (link.right in going) for link in world.together if left in link.homes)
        return (left, right) == row.scored and bool(going) and going < inside and not crossed
    if left == right or frozenset((left, right)) in world.apart:
        return False
    if row.kind == "label":
        return one.untouched and not other.ignored and not other.untouched
    return one.solution is None or one.solution != other.solution


def _look(db: Connection, project: str, rows: Sequence[_Kept]) -> _World:
    named = {number for row in rows for number in (*row.scored, row.left, row.right)}
    standings = _standings(db, project, named)
    homes = {each.home for each in standings.values()}
    standings |= _standings(db, project, homes - standings.keys())
    links = _links(db, project, homes)
    split = {row.left for row in rows if row.kind == "split"}
    return _World(
        standings,
        frozenset(link.homes for link in links if link.kind is FactKind.CANNOT_LINK),
        tuple(link for link in links if link.kind is FactKind.MUST_LINK and link.homes & split),
        _members(db, project, split),
        _going(db, project, [row.id for row in rows if row.kind == "split"]),
    )


def _standings(db: Connection, project: str, categories: Collection[int]) -> dict[int, _Standing]:
    found = {}
    for chunk in _chunks(sorted(categories)):
        query = select(
            col(CategoryRow.id),
            col(CategoryRow.merged_into),
            col(CategoryRow.state),
            col(CategoryRow.label),
            col(CategoryRow.solution),
            col(CategoryRow.ignored),
        ).where(col(CategoryRow.project) == project, col(CategoryRow.id).in_(chunk))
        for number, into, state, label, solution, ignored in db.execute(query):
            home = number if into is None else into
            found[number] = _Standing(home, state == "active", label, solution, ignored)
    return found


def _links(db: Connection, project: str, categories: Collection[int]) -> list[_Link]:
    left, right = aliased(TemplateRow), aliased(TemplateRow)
    found: dict[int, _Link] = {}
    for chunk in _chunks(sorted(categories)):
        for side in (left, right):
            query = (
                select(
                    col(FactRow.id),
                    col(FactRow.kind),
                    col(FactRow.left),
                    col(FactRow.right),
                    col(left.category),
                    col(right.category),
                )
                .join(left, (col(left.project) == project) & (col(left.id) == col(FactRow.left)))
                .join(right, (col(right.project) == project) & (col(right.id) == col(FactRow.right)))
                .where(col(FactRow.project) == project, col(FactRow.undone_at).is_(None), col(side.category).in_(chunk))
            )
            for number, kind, one, other, *homes in db.execute(query):
                found[number] = _Link(FactKind(kind), one, other, frozenset(homes))
    return list(found.values())


def _members(db: Connection, project: str, categories: Collection[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for chunk in _chunks(sorted(categories)):
        query = select(col(TemplateRow.category), col(TemplateRow.id)).where(
            col(TemplateRow.project) == project,
            col(TemplateRow.category).in_(chunk),
            col(TemplateRow.evicted_at).is_(None),
        )
        for category, template in db.execute(query):
            found.setdefault(category, set()).add(template)
    return {category: frozenset(templates) for category, templates in found.items()}


def _going(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, frozenset[int]]:
    found = {}
    for chunk in _chunks(numbers):
        query = select(col(ProposalRow.id), col(ProposalRow.detail)).where(
            col(ProposalRow.project) == project, col(ProposalRow.id).in_(chunk)
        )
        for number, detail in db.execute(query):
            found[number] = frozenset(each.template for each in grounds_of(detail).going)
    return found


def _chunks(numbers: Sequence[int]) -> Iterable[list[int]]:
    return (list(numbers[start : start + CHUNK]) for start in range(0, len(numbers), CHUNK))
