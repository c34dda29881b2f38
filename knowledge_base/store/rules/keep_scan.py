"""Finding the templates that a rule may hold for: a walk over all that live, narrowed by the database where it can."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, or_, select
from sqlmodel import col

from knowledge_base.store.rules.keep_rules import KeepRule
from knowledge_base.store.store import Store
from knowledge_base.store.tables import DayCountRow, HourCountRow, MinuteCountRow, TemplateRow

AT_ONCE = 5_000
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Scanned:
    """A living template as rules see it; ``is_new`` where no window has clustered it yet."""

    id: int
    category: int
    text: str
    codes: tuple[str, ...]
    service: str
    count: int
    is_new: bool


def walk(store: Store, project: str, rules: Sequence[KeepRule]) -> Iterator[list[tuple[int, str]]]:
    """Give number and text of the templates that one of the rules may hold for, in their order, part by part.

    A rule with a pattern alone reads all templates: some seconds with a million.
    """
    behind = 0
    while rules:
        with store.read() as db:
            query = _narrowed(select(col(TemplateRow.id), col(TemplateRow.text)), project, behind, rules)
            rows = [(row[0], row[1]) for row in db.execute(query.limit(AT_ONCE))]
        if rows:
            yield rows
        if len(rows) < AT_ONCE:
            return
        behind = rows[-1][0]


def scanned(db: Connection, project: str, numbers: Sequence[int]) -> list[Scanned]:
    """Read some templates, those that live, in the order of their numbers."""
    found: list[Scanned] = []
    for start in range(0, len(numbers), CHUNK):
        found += _rows(db, project, numbers[start : start + CHUNK])
    return sorted(found, key=lambda each: each.id)


def of_others(db: Connection, project: str, numbers: Sequence[int], service: str) -> set[int]:
    """Tell of which templates some lines came from elsewhere than a service."""
    found: set[int] = set()
    for start in range(0, len(numbers), CHUNK):
        chunk = list(numbers[start : start + CHUNK])
        for table in (MinuteCountRow, HourCountRow, DayCountRow):
            query = select(col(table.template)).where(
                col(table.project) == project, col(table.template).in_(chunk), col(table.service) != service
            )
            found.update(db.execute(query.distinct()).scalars())
    return found


def _narrowed(query: Any, project: str, behind: int, rules: Sequence[KeepRule]) -> Any:
    alive = (col(TemplateRow.project) == project, col(TemplateRow.id) > behind, col(TemplateRow.evicted_at).is_(None))
    return query.where(*alive, or_(*(_may_hold(rule) for rule in rules))).order_by(col(TemplateRow.id))


def _rows(db: Connection, project: str, numbers: Sequence[int]) -> list[Scanned]:
    query = select(
        col(TemplateRow.id),
        col(TemplateRow.category),
        col(TemplateRow.text),
        col(TemplateRow.codes),
        col(TemplateRow.service),
        col(TemplateRow.count),
        col(TemplateRow.clustered),
    ).where(
        col(TemplateRow.project) == project,
        col(TemplateRow.id).in_(list(numbers)),
        col(TemplateRow.evicted_at).is_(None),
    )
    return [Scanned(row[0], row[1], row[2], tuple(row[3]), row[4], row[5], not row[6]) for row in db.execute(query)]


def _may_hold(rule: KeepRule) -> ColumnElement[bool]:
    """Say what the database can tell of a rule by itself; more may be found than it holds for, never less."""
    # A template of no number is alive, so that an empty condition says nothing.
    wanted: list[ColumnElement[bool]] = [
        col(TemplateRow.id) == rule.template if rule.template else col(TemplateRow.id) > 0
    ]
    # In JSON other letters are escapes, which differ between upper and lower case.
    if rule.code and rule.code.isascii():
        written = json.dumps(rule.code)
        wanted.append(cast(col(TemplateRow.codes), Text).icontains(written, autoescape=True))
    if rule.service:
        wanted.append(col(TemplateRow.service) == rule.service)
    return and_(*wanted)
