"""What people said of answers to questions that say the same: who counts as whom, and who said what."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.messages.message_tables import OutboxRow
from knowledge_base.store.messages.outbox import SENT
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import Verdict

_PLACED = re.compile(r"([^\s/:@]+)[/:](.+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it bears on learning; ``category`` is that of its template now, 0 where nothing was matched."""

    number: int
    text: str
    form: str
    template: int | None
    category: int
    own_category: int | None
    solution: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's plain name in a place: a workspace, a company, a ticket system; empty for Kea itself."""

    place: str
    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """The newest verdict of a person on what a category answers to questions of a form."""

    person: Person
    question: int
    template: int
    category: int
    solution: int | None
    verdict: Verdict


def person_of(user: str) -> Person:
    """Name a person in the form in which names are compared.

    Letter case, width, spaces and punctuation make no difference, nor do the domain and the tag of a mail address: who
    may be one person counts as one.

    >>> person_of(" Lin.Wei+kea@example.com ") == person_of("lin wei")
    True
    >>> person_of("T01/U02")
    Person(place='t01', name='u02')
    """
    folded = " ".join(unicodedata.normalize("NFKC", user).casefold().split())
    placed = _PLACED.fullmatch(folded)
    place, name = placed.groups() if placed else ("", folded)
    mailbox, at, _ = name.partition("@")
    name = (mailbox.partition("+")[0] if at else name) or name
    return Person(place, "".join(filter(str.isalnum, name)) or name)


def people_in(words: Iterable[Word]) -> int:
    """Count the people who surely are different: nobody can tell whether names of two places are of one person."""
    return max(Counter(each.person.place for each in words).values(), default=0)


def asked(db: Connection, project: str, public: str) -> Asked:
    """Read a question; raises NotFound."""
    query: Any = (
        select(
            col(QuestionRow.id),
            func.coalesce(func.nullif(col(QuestionRow.asked), ""), col(QuestionRow.text)).label("text"),
            col(QuestionRow.form),
            col(QuestionRow.template),
            col(TemplateRow.category).label("now"),
            col(QuestionRow.category),
            col(QuestionRow.solution),
        )
        .outerjoin(
            TemplateRow,
            (col(TemplateRow.project) == project) & (col(TemplateRow.id) == col(QuestionRow.template)),
        )
        .where(col(QuestionRow.project) == project, col(QuestionRow.id) == number_of(Prefix.QUESTION, public))
    )
    row = db.execute(query).first()
    if row is None:
        raise NotFound(f"there is no question {public[:40]} in project {project!r}")
    return Asked(row.id, row.text, row.form, row.template, row.now or 0, row.category, row.solution)


def words(db: Connection, project: str, form: str) -> dict[Person, list[Word]]:
    """Read what each person said of answers to questions of a form, newest first, one word for each category."""
    found: dict[Person, list[Word]] = {}
    for row in sorted(_said_of(db, project, form), key=lambda each: (each.at, each.question), reverse=True):
        # A ticket system that names no author gives the ticket in place of one: that may be anybody.
        is_nameless = row.user == f"{row.channel}:{row.thread}"
        person = Person(f"{row.channel}:?", "") if is_nameless else person_of(row.user)
        said = found.setdefault(person, [])
        word = Word(person, row.question, row.template, row.category, row.solution, Verdict(row.verdict))
        if not any(is_alike(word, each.category, each.solution) for each in said):
            said.append(word)
    return found


def _said_of(db: Connection, project: str, form: str) -> list[Any]:
    """Read the verdicts on questions of a form that matched something, with what they are about now."""
    q, f = QuestionRow, FeedbackRow
    query: Any = (
        select(
            col(f.question),
            col(f.user),
            col(f.verdict),
            col(f.at),
            col(q.channel),
            col(q.thread),
            col(q.template),
            col(TemplateRow.category),
            col(CategoryRow.solution),
        )
        .select_from(q)
        # The sum keeps SQLite from beginning with all that was ever said in the project.
        .join(f, (col(f.project) == project) & (col(f.question) == col(q.id) + 0))
        .join(TemplateRow, (col(TemplateRow.project) == project) & (col(TemplateRow.id) == col(q.template)))
        .join(CategoryRow, (col(CategoryRow.project) == project) & (col(CategoryRow.id) == col(TemplateRow.category)))
        .where(col(q.project) == project, col(q.form) == form)
    )
    return list(db.execute(query))


def is_alike(word: Word, category: int, solution: int | None) -> bool:
    """Tell whether a word is about a category, or about another one with the same solution."""
    return word.category == category or (word.solution is not None and word.solution == solution)


def solution_of(db: Connection, project: str, category: int) -> int | None:
    """Tell the solution of a category, if it has one."""
    query = select(col(CategoryRow.solution)).where(
        col(CategoryRow.project) == project, col(CategoryRow.id) == category
    )
    return db.execute(query).scalar()


def main_template(db: Connection, project: str, category: int, wanted: int | None = None) -> int | None:
    """Choose the template by which something is said of a category: the wanted one if it lives, else the most seen."""
    query = select(col(TemplateRow.id), col(TemplateRow.count)).where(
        col(TemplateRow.project) == project,
        col(TemplateRow.category) == category,
        col(TemplateRow.evicted_at).is_(None),
    )
    rows = db.execute(query).all()
    if any(row[0] == wanted for row in rows):
        return wanted
    return min(rows, key=lambda row: (-row[1], row[0]))[0] if rows else None


def point_to(db: Connection, project: str, question: int, *, template: int | None, category: int | None) -> None:
    """Let a question whose asker got no solution be about another category."""
    db.execute(
        update(QuestionRow)
        .where(col(QuestionRow.project) == project, col(QuestionRow.id) == question)
        .values(template=template, category=category, solution=None, solution_version=None)
    )


def set_form(db: Connection, project: str, question: int, form: str) -> None:
    """Note the form of a question that was kept without one."""
    db.execute(
        update(QuestionRow)
        .where(col(QuestionRow.project) == project, col(QuestionRow.id) == question)
        .values(form=form)
    )


def was_told(db: Connection, project: str, question: int) -> bool:
    """Tell whether the asker of a question has got a later answer."""
    first = f"later:{public_id(Prefix.QUESTION, question)}"
    query = (
        select(col(OutboxRow.id))
        .where(
            col(OutboxRow.project) == project,
            col(OutboxRow.key) > f"{first}:",
            col(OutboxRow.key) < f"{first};",
            col(OutboxRow.state) == SENT,
        )
        .limit(1)
    )
    return db.execute(query).first() is not None
