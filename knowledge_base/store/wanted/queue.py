"""The queue of engineers: living categories by demand or another measure, filtered and searched, page by page.

Its order and its filters are read from the rows that ``demand_keeping`` keeps; a category stands in it as soon as
it has one, which is a matter of seconds. States, owners and snoozes are looked up when it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select, true
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.cursors import read_cursor, write_cursor
from knowledge_base.store.grouping.proposal_values import ProposalKind, ProposalState
from knowledge_base.store.tables import CategoryRow, ProposalRow, TemplateRow
from knowledge_base.store.text import storable
from knowledge_base.store.wanted.demand_tables import DemandRow, DemandServiceRow
from knowledge_base.store.wanted.demand_values import DAYS_BEFORE, SMOOTHING, DemandKind
from knowledge_base.store.wanted.queue_tables import CareRow, QueueTextRow
from knowledge_base.store.wanted.queue_texts import says

GROWING_PERCENT = 90
"""From so many percent more than on a day before, smoothed as in demand, a category is said to grow."""


class QueueState(StrEnum):
    """Which categories are in the queue; what is put off is in ``SNOOZED`` and ``ALL`` alone."""

    UNLABELLED = "unlabelled"
    UNSOLVED = "unsolved"
    SNOOZED = "snoozed"
    IGNORED = "ignored"
    ALL = "all"


class QueueOrder(StrEnum):
    """The order, each descending."""

    DEMAND = "demand"
    ASKERS = "askers"
    SEEN = "seen"
    GROWTH = "growth"
    NEWEST = "newest"


class SeenWithin(StrEnum):
    """When lines of a category came at the latest; empty for any time."""

    ANY = ""
    DAY = "24h"
    WEEK = "7d"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which categories; empty fields do not restrict.

    ``owner`` is a name, ``unowned`` asks for those that nobody takes care of. ``only`` restricts to some numbers.
    """

    state: QueueState = QueueState.UNLABELLED
    seen: SeenWithin = SeenWithin.ANY
    service: str = ""
    owner: str = ""
    unowned: bool = False
    growing: bool = False
    proposed: bool = False
    text: str = ""
    only: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A category in the queue. ``people`` asked within 30 days; ``seen`` lines came within 7 days, ``day`` in the last.

    ``place`` is what the order goes by, higher first; equal ones stand by number.
    """

    number: int
    label: str | None
    is_solved: bool
    is_ignored: bool
    owner: str
    snoozed_until: datetime | None
    people: int
    seen: int
    day: int
    place: int

    @property
    def id(self) -> str:
        """The id that people see."""
        return public_id(Prefix.CATEGORY, self.number)

    @property
    def more_percent(self) -> int | None:
        """How much more came in the last day than on a day of the six before; None where none came before."""
        before = self.seen - self.day
        return None if before <= 0 else round(100 * (self.day * DAYS_BEFORE / before - 1))

    @property
    def is_growing(self) -> bool:
        """Whether the last day stands out, which a few lines more never do."""
        before = (self.seen - self.day) / DAYS_BEFORE
        return (self.day + SMOOTHING) * 100 >= (100 + GROWING_PERCENT) * (before + SMOOTHING)


@dataclass(frozen=True, slots=True)
class Summary:
    """What is in the queue under some filters: categories, who asked about each, and how many of two kinds."""

    categories: int
    askers: int
    growing: int
    proposed: int


def list_queue(
    db: Connection,
    project: str,
    wanted: Wanted,
    *,
    now: datetime,
    order: QueueOrder = QueueOrder.DEMAND,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[Waiting], str | None]:
    """Read a page of the queue and the cursor of the next one; raises InputError for a cursor that is none."""
    key = _key(order)
    query = (
        _joined(
            project,
            wanted,
            select(
                col(CategoryRow.id),
                col(CategoryRow.label),
                col(CategoryRow.solution).is_not(None),
                col(CategoryRow.ignored),
                func.coalesce(col(CareRow.owner), ""),
                case((col(CareRow.snoozed_until) > now, col(CareRow.snoozed_until))),
                col(DemandRow.people),
                col(DemandRow.seen),
                col(DemandRow.day),
                key.label("place"),
            ),
        )
        .where(*_conditions(db, project, wanted, now))
        .order_by(key.desc(), col(DemandRow.number))
        .limit(limit + 1)
    )
    if cursor is not None:
        value, number = read_cursor(cursor, is_time=False)
        query = query.where(key <= value, or_(key < value, col(DemandRow.number) > number))
    rows = [Waiting(*row) for row in db.execute(query)]
    following = write_cursor(rows[limit - 1].place, rows[limit - 1].number) if len(rows) > limit else None
    return rows[:limit], following


def matching(db: Connection, project: str, wanted: Wanted, *, now: datetime) -> list[int]:
    """Name all categories that are in the queue under some filters, by their numbers."""
    query = _joined(project, wanted, select(col(CategoryRow.id))).where(*_conditions(db, project, wanted, now))
    return sorted(db.execute(query).scalars())


def count_named(db: Connection, project: str, wanted: Wanted, *, other_than: str, now: datetime) -> int:
    """Count those that have a label, and another one than this."""
    label = col(CategoryRow.label)
    query = _joined(project, wanted, select(func.count())).where(*_conditions(db, project, wanted, now))
    return int(db.execute(query.where(label.is_not(None), label != storable(other_than))).scalar_one())


def summarise(db: Connection, project: str, wanted: Wanted, *, now: datetime) -> Summary:
    """Count what is in the queue."""
    query = _joined(
        project,
        wanted,
        select(
            func.count(),
            func.coalesce(func.sum(col(DemandRow.people)), 0),
            func.coalesce(func.sum(case((_is_growing(), 1), else_=0)), 0),
            func.coalesce(func.sum(case((_is_proposed(project), 1), else_=0)), 0),
        ),
    )
    row = db.execute(query.where(*_conditions(db, project, wanted, now))).one()
    return Summary(*(int(each) for each in row))


def count_states(db: Connection, project: str, *, now: datetime) -> dict[QueueState, int]:
    """Count the categories of each state."""
    states = tuple(QueueState)
    counted = [func.coalesce(func.sum(case((and_(true(), *_in_state(each, now)), 1), else_=0)), 0) for each in states]
    cared = and_(col(CareRow.project) == project, col(CareRow.category) == col(CategoryRow.id))
    query = select(*counted).select_from(CategoryRow).outerjoin(CareRow, cared)
    row = db.execute(query.where(col(CategoryRow.project) == project, col(CategoryRow.state) == "active")).one()
    return {state: int(row[place]) for place, state in enumerate(states)}


def services(db: Connection, project: str) -> list[str]:
    """Name the services that lines of categories come from."""
    query = select(col(DemandServiceRow.service)).where(col(DemandServiceRow.project) == project).distinct()
    return sorted(db.execute(query).scalars())


def _joined(project: str, wanted: Wanted, query: Select[Any]) -> Select[Any]:
    d = DemandRow
    query = (
        query.select_from(d)
        .join(CategoryRow, and_(col(CategoryRow.project) == project, col(CategoryRow.id) == col(d.number)))
        .outerjoin(CareRow, and_(col(CareRow.project) == project, col(CareRow.category) == col(d.number)))
        .where(col(d.project) == project, col(d.kind) == str(DemandKind.CATEGORY), col(CategoryRow.state) == "active")
    )
    if wanted.text:
        # Outer, for a label can be searched before the text is kept.
        said = and_(col(QueueTextRow.project) == project, col(QueueTextRow.category) == col(d.number))
        query = query.outerjoin(QueueTextRow, said)
    return query


def _key(order: QueueOrder) -> Any:
    d = DemandRow
    return {
        QueueOrder.DEMAND: col(d.score),
        QueueOrder.ASKERS: col(d.people),
        QueueOrder.SEEN: col(d.seen),
        # Thousandths of the growth in demand, before it is bounded.
        QueueOrder.GROWTH: (col(d.day) + SMOOTHING)
        * (1000 * DAYS_BEFORE)
        // (col(d.seen) - col(d.day) + SMOOTHING * DAYS_BEFORE),
        QueueOrder.NEWEST: col(d.number),
    }[order]


def _is_growing() -> ColumnElement[bool]:
    before = col(DemandRow.seen) - col(DemandRow.day) + SMOOTHING * DAYS_BEFORE
    return (col(DemandRow.day) + SMOOTHING) * (100 * DAYS_BEFORE) >= before * (100 + GROWING_PERCENT)


def _is_proposed(project: str) -> ColumnElement[bool]:
    """Say in SQL that something is proposed about a category; a label is offered to its left side alone."""
    is_open = (col(ProposalRow.project) == project, col(ProposalRow.state) == str(ProposalState.OPEN))
    left = select(col(ProposalRow.left)).where(*is_open)
    right = select(col(ProposalRow.right)).where(*is_open, col(ProposalRow.kind) != str(ProposalKind.LABEL))
    return or_(col(DemandRow.number).in_(left), col(DemandRow.number).in_(right))


def _in_state(state: QueueState, now: datetime) -> list[ColumnElement[bool]]:
    awake = or_(col(CareRow.snoozed_until).is_(None), col(CareRow.snoozed_until) <= now)
    open_: list[ColumnElement[bool]] = [col(CategoryRow.solution).is_(None), col(CategoryRow.ignored).is_(False)]
    found: dict[QueueState, list[ColumnElement[bool]]] = {
        QueueState.UNLABELLED: [*open_, col(CategoryRow.label).is_(None), awake],
        QueueState.UNSOLVED: [*open_, awake],
        QueueState.SNOOZED: [*open_, col(CareRow.snoozed_until) > now],
        QueueState.IGNORED: [col(CategoryRow.ignored).is_(True)],
        QueueState.ALL: [],
    }
    return found[state]


def _conditions(db: Connection, project: str, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    d, found = DemandRow, _in_state(wanted.state, now)
    if wanted.seen:
        found.append(col(d.day if wanted.seen is SeenWithin.DAY else d.seen) > 0)
    if wanted.service:
        of_service = select(col(DemandServiceRow.category)).where(
            col(DemandServiceRow.project) == project, col(DemandServiceRow.service) == storable(wanted.service)
        )
        found.append(col(d.number).in_(of_service))
    if wanted.owner:
        found.append(col(CareRow.owner) == storable(wanted.owner))
    elif wanted.unowned:
        found.append(func.coalesce(col(CareRow.owner), "") == "")
    if wanted.growing:
        found.append(_is_growing())
    if wanted.proposed:
        found.append(_is_proposed(project))
    if wanted.text:
        number = _named(db, project, wanted.text)
        found += says(wanted.text, col(CategoryRow.label)) if number is None else [col(d.number) == number]
    if wanted.only is not None:
        found.append(col(d.number).in_(wanted.only))
    return found


def _named(db: Connection, project: str, text: str) -> int | None:
    """Tell which category an id names: its own, that of one merged into it, or that of a template; None for no id."""
    for prefix in (Prefix.CATEGORY, Prefix.TEMPLATE):
        try:
            number = number_of(prefix, text)
        except NotFound:
            continue
        if prefix is Prefix.TEMPLATE:
            home = select(col(TemplateRow.category)).where(
                col(TemplateRow.project) == project, col(TemplateRow.id) == number
            )
            return int(db.execute(home).scalar() or 0)
        merged = select(col(CategoryRow.merged_into)).where(
            col(CategoryRow.project) == project, col(CategoryRow.id) == number
        )
        return int(db.execute(merged).scalar() or number)
    return None
