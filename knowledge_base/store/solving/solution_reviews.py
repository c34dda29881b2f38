"""Texts that wait for a look before they become the next version, and what people typed and have not saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from knowledge_base.solution_details import Details
from knowledge_base.store.solving.solution_work_tables import SolutionAutosaveRow, SolutionReviewRow
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_or_replace

AUTOSAVED_LIMIT = 300_000
NEW = 0
"""Stands for a solution that is not there yet."""
_BEGUN = -(2**52)
"""What is kept by categories: from here down new solutions that were begun for them, above it what their pages hold."""


@dataclass(frozen=True, slots=True)
class Review:
    """A text that waits, and the version that it is based on."""

    text: SolutionText
    based_on: int
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Autosave:
    """The fields of an editor as a person left them, and the version that they began with."""

    fields: tuple[tuple[str, str], ...]
    based_on: int
    at: datetime


def ask(
    db: Connection, project: str, solution: int, text: SolutionText, *, based_on: int, author: str, now: datetime
) -> None:
    """Keep a text for review, in place of one that waits already."""
    row = {
        "project": project,
        "solution": solution,
        "based_on": based_on,
        "words": _words(text),
        "author": clip(author, 200),
        "at": now,
    }
    insert_or_replace(db, SolutionReviewRow, ("project", "solution"), [row])


def waiting(db: Connection, project: str, solution: int) -> Review | None:
    """Read the text that waits; None where there is none."""
    r = SolutionReviewRow
    query = select(col(r.words), col(r.based_on), col(r.author), col(r.at))
    row = db.execute(query.where(col(r.project) == project, col(r.solution) == solution)).first()
    return None if row is None else Review(_text(row[0]), row[1], row[2], row[3])


def document(review: Review) -> dict[str, Any]:
    """Put a text that waits into JSON, for an audit entry."""
    return {
        "words": _words(review.text),
        "based_on": review.based_on,
        "author": review.author,
        "at": review.at.isoformat(),
    }


def of_document(kept: Mapping[str, Any]) -> Review:
    """Read what ``document`` made."""
    return Review(_text(kept["words"]), kept["based_on"], kept["author"], datetime.fromisoformat(kept["at"]))


def _words(text: SolutionText) -> dict[str, Any]:
    details = (text.details or Details()).document()
    return {
        "title": storable(text.title),
        "cause": storable(text.cause),
        "body": storable(text.body),
        "details": details,
    }


def _text(words: Mapping[str, Any]) -> SolutionText:
    return SolutionText(words["title"], words["cause"], words["body"], Details.read(words["details"]))


def settle(db: Connection, project: str, solution: int) -> bool:
    """Say that nothing waits any longer; tell whether anything did."""
    r = SolutionReviewRow
    done = db.execute(delete(r).where(col(r.project) == project, col(r.solution) == solution))
    return bool(done.rowcount)


def slot_of_new(category: int | None) -> int:
    """Tell where a new solution is kept while it is written: by the category that it was begun for, if any."""
    return NEW if category is None else _BEGUN - category


def autosave(
    db: Connection,
    project: str,
    solution: int,
    person: str,
    fields: tuple[tuple[str, str], ...],
    *,
    based_on: int,
    now: datetime,
) -> bool:
    """Keep what a person typed, in place of what they typed before; False where it is far too long to be kept."""
    if sum(len(value) for _, value in fields) > AUTOSAVED_LIMIT:
        return False
    row = {
        "project": project,
        "solution": solution,
        "person": clip(person, 200),
        "based_on": based_on,
        "words": {"fields": [[name, storable(value)] for name, value in fields]},
        "at": now,
    }
    insert_or_replace(db, SolutionAutosaveRow, ("project", "solution", "person"), [row])
    return True


def autosaved(db: Connection, project: str, solution: int, person: str) -> Autosave | None:
    """Read what a person typed and has not saved; None where there is none."""
    a = SolutionAutosaveRow
    query = select(col(a.words), col(a.based_on), col(a.at)).where(
        col(a.project) == project, col(a.solution) == solution, col(a.person) == clip(person, 200)
    )
    row = db.execute(query).first()
    if row is None:
        return None
    return Autosave(tuple((name, value) for name, value in row[0]["fields"]), row[1], row[2])


def forget_autosave(db: Connection, project: str, solution: int, person: str) -> None:
    """Drop what a person typed: it was saved, or thrown away."""
    a = SolutionAutosaveRow
    mine = (col(a.project) == project, col(a.solution) == solution, col(a.person) == clip(person, 200))
    db.execute(delete(a).where(*mine))
