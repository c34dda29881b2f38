"""What is left to do about what was learnt: representatives that are missing or too many, forms of former rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, func, select
from sqlmodel import col

from knowledge_base.store.asking.learnt import DONE, SPARE, TEXT_LIMIT, WAITING, LearntKind, change, home_of
from knowledge_base.store.asking.learnt_tables import LearntRow
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.representing import representatives
from knowledge_base.store.tables import TemplateRow
from knowledge_base.store.text import clip

MOST_LEARNT = 20
"""As many questions stand for a category at most: the newest ones."""

# Sums in orders below keep SQLite from walking through all that was ever learnt by number.


@dataclass(frozen=True, slots=True)
class Unrepresented:
    """A learnt question that shall stand for a category in the index, by a template of that category."""

    id: int
    template: int
    category: int
    text: str


@dataclass(frozen=True, slots=True)
class Outdated:
    """Something whose form was made under other rules; ``text`` is the question where it is still there."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Reread:
    """The form and the text of something under the rules that hold."""

    id: int
    form: str
    text: str


def unrepresented(db: Connection, project: str, *, limit: int = 0, numbers: Sequence[int] = ()) -> list[Unrepresented]:
    """Read the newest that wait for a representative, or which of some still do."""
    query = (
        select(col(LearntRow.id), col(LearntRow.template), col(TemplateRow.category), col(LearntRow.text))
        .join(TemplateRow, home_of(project))
        .where(*_positive(project), col(LearntRow.state) == WAITING)
        .order_by((col(LearntRow.id) + 0).desc())
    )
    query = query.where(col(LearntRow.id).in_(list(numbers))) if numbers else query.limit(limit)
    return [Unrepresented(*row) for row in db.execute(query)]


def represented(db: Connection, project: str, numbers: Mapping[int, int]) -> None:
    """Note the representatives of some, by their numbers."""
    for number, representative in numbers.items():
        change(db, project, [number], state=DONE, representative=representative)


def level(db: Connection, project: str) -> int:
    """Let the newest questions stand for each category, as many as may; tell how many changed their state.

    Those beyond are kept without a representative, and wait for one again when there is place.
    """
    changed = 0
    for category in uneven(db, project):
        query = (
            select(col(LearntRow.id), col(LearntRow.state), col(LearntRow.representative))
            .join(TemplateRow, home_of(project))
            .where(*_positive(project), col(TemplateRow.category) == category)
            .order_by((col(LearntRow.id) + 0).desc())
        )
        rows = db.execute(query).all()
        beyond = [row for row in rows[MOST_LEARNT:] if row.state != SPARE]
        missing = [row.id for row in rows[:MOST_LEARNT] if row.state == SPARE]
        representatives.remove(db, project, [row.representative for row in beyond if row.representative is not None])
        change(db, project, [row.id for row in beyond], state=SPARE, representative=None)
        change(db, project, missing, state=WAITING)
        changed += len(beyond) + len(missing)
    return changed


def uneven(db: Connection, project: str) -> list[int]:
    """Name categories that too many learnt questions stand for, or where there is place for one that waits for it."""
    spare = func.sum(case((col(LearntRow.state) == SPARE, 1), else_=0))
    query = (
        select(col(TemplateRow.category))
        .join(LearntRow, home_of(project))
        .where(*_positive(project))
        .group_by(col(TemplateRow.category))
        .having((func.count() - spare > MOST_LEARNT) | ((spare > 0) & (func.count() - spare < MOST_LEARNT)))
        .order_by(col(TemplateRow.category))
    )
    return list(db.execute(query).scalars())


def outdated(db: Connection, project: str, version: str, *, limit: int) -> list[Outdated]:
    """Read what was learnt under other rules than those of a version, oldest first."""
    query = (
        select(
            col(LearntRow.id),
            func.coalesce(func.nullif(col(QuestionRow.asked), ""), col(QuestionRow.text), col(LearntRow.text)),
        )
        .outerjoin(
            QuestionRow,
            (col(QuestionRow.project) == project) & (col(QuestionRow.id) == col(LearntRow.question)),
        )
        .where(col(LearntRow.project) == project, col(LearntRow.version) != version)
        .order_by(col(LearntRow.id))
        .limit(limit)
    )
    return [Outdated(*row) for row in db.execute(query)]


def reread(db: Connection, project: str, new: Sequence[Reread], version: str) -> None:
    """Keep forms and texts that were made under the rules of a version; a text that differs is represented anew."""
    for each in new:
        row = (col(LearntRow.project) == project, col(LearntRow.id) == each.id)
        former = db.execute(select(col(LearntRow.text), col(LearntRow.representative)).where(*row)).first()
        if former is None:
            continue
        text = clip(each.text, TEXT_LIMIT)
        change(db, project, [each.id], form=each.form, text=text, version=version)
        if former.representative is not None and former.text != text:
            representatives.remove(db, project, [former.representative])
            change(db, project, [each.id], state=WAITING, representative=None)


def _positive(project: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(LearntRow.project) == project,
        col(LearntRow.undone_at).is_(None),
        col(LearntRow.kind) != LearntKind.REJECTED,
    )
