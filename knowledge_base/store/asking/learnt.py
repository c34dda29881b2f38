"""What people taught about questions: kept by the question's form, and by a template, which leads to the category."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.asking.learnt_tables import LearntRow
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.representing import representatives
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.text import clip, storable

WAITING, DONE, SPARE, LAPSED, VETOED = "waiting", "done", "spare", "lapsed", "vetoed"
"""States: a representative is to be made; nothing is to be done; no place for it among those of its category; taken
back by those who said it; taken back by an engineer, so that people's words alone do not teach it again."""

TEXT_LIMIT = 4000


Home = Callable[[int, int], int]
"""Gives the category of a template, from the one that it is in: another one where things would be otherwise."""


def as_it_is(_: int, category: int) -> int:
    """Leave each template where it is."""
    return category


class LearntKind(StrEnum):
    """What was said: the answer was right, it was wrong, or this is the right category."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    PICKED = "picked"

    @property
    def is_positive(self) -> bool:
        """Whether it says which category is meant."""
        return self is not LearntKind.REJECTED


@dataclass(frozen=True, slots=True)
class NewLearnt:
    """Something to be kept; ``people`` is 0 where an engineer said it, in whose name ``actor`` it stands."""

    kind: LearntKind
    form: str
    version: str
    question: int | None
    template: int
    text: str
    actor: str
    people: int = 0


@dataclass(frozen=True, slots=True)
class Learnt:
    """Something that was learnt; ``category`` is the number of the one that its template is in now."""

    id: int
    kind: LearntKind
    form: str
    version: str
    question: int | None
    template: int
    category: int
    text: str
    people: int
    actor: str
    state: str
    representative: int | None
    act: int | None
    at: datetime
    undone_at: datetime | None

    @property
    def by_engineer(self) -> bool:
        """Whether an engineer said it."""
        return self.people == 0

    @property
    def question_id(self) -> str | None:
        """The public id of the question; None for what was imported."""
        return None if self.question is None else public_id(Prefix.QUESTION, self.question)

    @property
    def category_id(self) -> str:
        """The public id of the category."""
        return public_id(Prefix.CATEGORY, self.category)


def by_form(db: Connection, project: str, form: str, *, home: Home = as_it_is) -> tuple[int, int] | None:
    """Tell the category and the template that questions of a form were learnt for.

    None where nothing was learnt, or where what was learnt contradicts itself: two categories, or one that they are
    said not to be as well. An engineer's word counts more than that of people. Resolved through merges and splits.
    """
    return heard(db, project, form, home=home)[0]


def refused(db: Connection, project: str, form: str, *, home: Home = as_it_is) -> frozenset[int]:
    """Name the categories that questions of a form must not match, resolved through merges and splits.

    One that they were learnt for too is not among them: what contradicts itself refuses nothing.
    """
    return heard(db, project, form, home=home)[1]


def heard(
    db: Connection, project: str, form: str, *, home: Home = as_it_is
) -> tuple[tuple[int, int] | None, frozenset[int]]:
    """Give what :func:`by_form` and :func:`refused` give."""
    positive, negative = _said(db, project, form, home)
    refusing = frozenset(negative - positive.keys())
    if len(positive) != 1 or positive.keys() <= negative:
        return None, refusing
    [(category, template)] = positive.items()
    return (category, template), refusing


def _said(db: Connection, project: str, form: str, home: Home) -> tuple[dict[int, int], set[int]]:
    """Give the categories that were said to be meant, each with a template of it, and those that were refused."""
    # Ordered here: asked to do it, SQLite walks through all that was ever learnt.
    rows = sorted(db.execute(_of_a_form(), {"project": project, "form": form}), key=lambda row: row.id)
    found = [row for row in rows if LearntKind(row.kind).is_positive]
    # Whatever an engineer says of a form is one thing; people may say several.
    chosen = [row for row in found if not row.people] or found
    positive = {home(row.template, row.category): row.template for row in chosen}
    rejected = [row for row in rows if row.kind == LearntKind.REJECTED]
    return positive, {home(row.template, row.category) for row in rejected}


@cache
def _of_a_form() -> Any:
    return (
        select(
            col(LearntRow.id),
            col(LearntRow.kind),
            col(LearntRow.people),
            col(LearntRow.template),
            col(TemplateRow.category),
        )
        .join(
            TemplateRow,
            (col(TemplateRow.project) == col(LearntRow.project)) & (col(TemplateRow.id) == col(LearntRow.template)),
        )
        .where(
            col(LearntRow.project) == bindparam("project"),
            col(LearntRow.undone_at).is_(None),
            col(LearntRow.form) == bindparam("form"),
        )
    )


def of_form(db: Connection, project: str, form: str) -> list[Learnt]:
    """Read what holds about questions of a form, oldest first."""
    return _read(db, _query(project).where(*_standing(project), col(LearntRow.form) == form))


def walk(db: Connection, project: str, *, after: int, limit: int) -> list[Learnt]:
    """Read what holds behind a number, oldest first."""
    query = _query(project).where(*_standing(project), col(LearntRow.id) > after)
    return _read(db, query.order_by(col(LearntRow.id)).limit(limit))


def ever_of_form(db: Connection, project: str, form: str) -> list[Learnt]:
    """Read the same, with what was taken back."""
    return _read(db, _query(project).where(col(LearntRow.form) == form))


def get(db: Connection, project: str, number: int) -> Learnt:
    """Read one, also where it was taken back; raises NotFound."""
    found = _read(db, _query(project).where(col(LearntRow.id) == number))
    if not found:
        raise NotFound(f"nothing was learnt under the number {number}")
    return found[0]


def named(db: Connection, project: str, numbers: Collection[int]) -> list[Learnt]:
    """Read some by their numbers, also those that were taken back."""
    return _read(db, _query(project).where(col(LearntRow.id).in_(sorted(numbers))))


def recent(
    db: Connection, project: str, *, limit: int, before: int | None = None, category: int | None = None
) -> list[Learnt]:
    """Read what holds, newest first, older than the number ``before``; ``category`` reads that of one alone."""
    query = _query(project).where(*_standing(project))
    if before is not None:
        query = query.where(col(LearntRow.id) < before)
    if category is None:
        return _read(db, query.order_by(col(LearntRow.id).desc()).limit(limit))[::-1]
    inside = select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project, col(TemplateRow.category) == category
    )
    # The sum keeps SQLite from looking for what is of one category through the whole project by number.
    query = query.where(col(LearntRow.template).in_(inside)).order_by((col(LearntRow.id) + 0).desc())
    return _read(db, query.limit(limit))[::-1]


def add(db: Connection, project: str, new: NewLearnt, now: datetime) -> int:
    """Keep something; tell its number. What names a category waits until it is represented."""
    number = take_numbers(db, "learnt")[0]
    row = {
        "project": project,
        "id": number,
        "kind": new.kind,
        "form": new.form,
        "version": new.version,
        "question": new.question,
        "template": new.template,
        "text": clip(new.text, TEXT_LIMIT),
        "people": new.people,
        "actor": clip(storable(new.actor), 200),
        "state": WAITING if new.kind.is_positive else DONE,
        "representative": None,
        "act": None,
        "at": now,
        "undone_at": None,
    }
    db.execute(insert(LearntRow), [row])
    return number


def note_act(db: Connection, project: str, number: int, act: int) -> None:
    """Note the audit entry that something stands under."""
    change(db, project, [number], act=act)


def withdraw(db: Connection, project: str, known: Sequence[Learnt], now: datetime, *, state: str | None = None) -> None:
    """Take some back, and their representatives; ``state`` tells who did, where it was not a newer act."""
    gone = [each.representative for each in known if each.representative is not None]
    representatives.remove(db, project, gone)
    for kind in LearntKind:
        numbers = [each.id for each in known if each.kind is kind]
        after = state or (WAITING if kind.is_positive else DONE)
        change(db, project, numbers, undone_at=now, representative=None, state=after)


def lapse(db: Connection, project: str, known: Sequence[Learnt]) -> None:
    """Note of what was taken back already that nothing shall restore it."""
    change(db, project, [each.id for each in known], state=LAPSED)


def restore(db: Connection, project: str, known: Sequence[Learnt]) -> None:
    """Let some hold again that were taken back by a newer act."""
    change(db, project, [each.id for each in known], undone_at=None)


def change(db: Connection, project: str, numbers: Sequence[int], **values: object) -> None:
    """Change columns of some of what was learnt."""
    if numbers:
        db.execute(
            update(LearntRow)
            .where(col(LearntRow.project) == project, col(LearntRow.id).in_(list(numbers)))
            .values(**values)
        )


def home_of(project: str) -> ColumnElement[bool]:
    """Join what was learnt with the template that it is kept by."""
    return (col(TemplateRow.project) == project) & (col(TemplateRow.id) == col(LearntRow.template))


def _standing(project: str) -> tuple[ColumnElement[bool], ...]:
    return (col(LearntRow.project) == project, col(LearntRow.undone_at).is_(None))


def _query(project: str) -> Select[tuple[object, ...]]:
    table = LearntRow.__table__.c  # type: ignore[attr-defined]
    return (
        select(*table, col(TemplateRow.category).label("category"))
        .join(TemplateRow, home_of(project))
        .where(col(LearntRow.project) == project)
    )


def _read(db: Connection, query: Select[tuple[object, ...]]) -> list[Learnt]:
    found = []
    for row in db.execute(query).mappings():
        values = {name: value for name, value in row.items() if name != "project"}
        found.append(Learnt(**{**values, "kind": LearntKind(values["kind"])}))
    return sorted(found, key=lambda each: each.id)
