"""Counts what demand is made of, for a few categories or groups of questions at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, case, func, select
from sqlmodel import col

from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.intake.counts import LEVELS, minute_of
from knowledge_base.store.tables import DayCountRow, TemplateRow
from knowledge_base.store.wanted.demand_values import ASKED_WITHIN, DAY, SEEN_WITHIN, Counted
from knowledge_base.types import Outcome

PART = 1000


@dataclass(slots=True)
class _Lines:
    """The lines of a category within a week, and the services that they came from."""

    seen: int = 0
    day: int = 0
    services: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Askers:
    """Who asked about a category."""

    users: set[str] = field(default_factory=set)
    handed_over: int = 0
    asked_at: datetime | None = None


def count_categories(
    db: Connection, project: str, categories: Collection[int], now: datetime
) -> dict[int, tuple[Counted, frozenset[str]]]:
    """Count what is wanted of categories, and name the services that their lines come from."""
    query = select(
        col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.service), col(TemplateRow.last_seen)
    ).where(col(TemplateRow.project) == project, col(TemplateRow.category).in_(list(categories)))
    templates = db.execute(query).all()
    lines: defaultdict[int, _Lines] = defaultdict(_Lines)
    for each in templates:
        lines[each.category].services.add(each.service)
    _add_lines(
        db, project, {each.id: each.category for each in templates if each.last_seen >= now - SEEN_WITHIN}, lines, now
    )
    asked = _asked_about(db, project, {each.id: each.category for each in templates}, now)
    found = {}
    for category in categories:
        seen, who = lines[category], asked.get(category)
        counted = Counted(
            people=len(who.users) if who else 0,
            seen=seen.seen,
            day=seen.day,
            handed_over=who.handed_over if who else 0,
            asked_at=who.asked_at if who else None,
        )
        found[category] = counted, frozenset(seen.services - {""})
    return found


def count_forms(db: Connection, project: str, forms: Collection[str], now: datetime) -> dict[str, tuple[Counted, int]]:
    """Count what is wanted of unknown questions by their form, and name the newest; a form without any is left out.

    What was assigned to a category counts there, and what somebody closed is done with.
    """
    q = QuestionRow
    is_open = and_(col(q.escalated_at).is_not(None), col(q.closed_at).is_(None))
    query = (
        select(
            col(q.form),
            func.count(case((col(q.at) >= now - ASKED_WITHIN, col(q.user))).distinct()),
            func.sum(case((col(q.at) >= now - SEEN_WITHIN, 1), else_=0)),
            func.sum(case((col(q.at) >= now - DAY, 1), else_=0)),
            func.sum(case((is_open, 1), else_=0)),
            func.max(col(q.at)),
            func.max(col(q.id)),
        )
        .where(
            col(q.project) == project,
            col(q.form).in_([each for each in forms if each]),
            *is_unknown(),
            is_recent(now),
        )
        .group_by(col(q.form))
    )
    return {
        form: (Counted(int(people), int(seen), int(day), int(handed_over), asked_at), int(newest))
        for form, people, seen, day, handed_over, asked_at, newest in db.execute(query)
    }


def is_unknown() -> tuple[Any, ...]:
    """Say in SQL that a question is neither answered, nor assigned to a category, nor closed."""
    return (
        col(QuestionRow.outcome) == Outcome.UNKNOWN,
        col(QuestionRow.solution).is_(None),
        col(QuestionRow.template).is_(None),
        col(QuestionRow.closed_at).is_(None),
    )


def is_recent(now: datetime) -> Any:
    """Say in SQL that a question counts: it was asked within 30 days, or a person is to answer it."""
    is_open = and_(col(QuestionRow.escalated_at).is_not(None), col(QuestionRow.closed_at).is_(None))
    return (col(QuestionRow.at) >= now - ASKED_WITHIN) | is_open


def _add_lines(
    db: Connection, project: str, category_of: Mapping[int, int], into: defaultdict[int, _Lines], now: datetime
) -> None:
    first, today, end = minute_of(now - SEEN_WITHIN), minute_of(now - DAY), minute_of(now) + 1
    for level in LEVELS:
        if level.table is DayCountRow:
            continue  # a line is counted by days only once it is far older than a week
        t, width = level.table, level.minutes
        query = (
            select(
                col(t.template),
                col(t.service),
                func.sum(col(t.lines)),
                func.sum(case((col(t.slot) >= today // width, col(t.lines)), else_=0)),
            )
            .where(col(t.project) == project, col(t.slot) >= first // width, col(t.slot) < -(-end // width))
            .group_by(col(t.template), col(t.service))
        )
        for some in in_parts(category_of):
            for template, service, lines, day in db.execute(query.where(col(t.template).in_(some))):
                sums = into[category_of[int(template)]]
                sums.seen += int(lines)
                sums.day += int(day)
                sums.services.add(service)


def _asked_about(db: Connection, project: str, category_of: Mapping[int, int], now: datetime) -> dict[int, _Askers]:
    q = QuestionRow
    query = select(col(q.template), col(q.user), col(q.at), col(q.escalated_at), col(q.closed_at)).where(
        col(q.project) == project, is_recent(now)
    )
    found: defaultdict[int, _Askers] = defaultdict(_Askers)
    for some in in_parts(category_of):
        for template, user, at, escalated_at, closed_at in db.execute(query.where(col(q.template).in_(some))):
            askers = found[category_of[int(template or 0)]]
            if at >= now - ASKED_WITHIN:
                askers.users.add(user)
            askers.handed_over += escalated_at is not None and closed_at is None
            askers.asked_at = at if askers.asked_at is None else max(askers.asked_at, at)
    return found


def in_parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Give numbers in parts: a database told the tables to begin with would choose others, and walk through them."""
    left = iter(numbers)
    while part := list(islice(left, PART)):
        yield part
