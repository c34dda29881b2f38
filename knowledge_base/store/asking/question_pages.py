"""Questions page by page: filtered by how they stand, by person, channel and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.escalations import QuestionState, in_state
from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.asking.questions import AskedQuestion
from knowledge_base.store.text import clip, storable
from knowledge_base.types import Outcome, Verdict

COUNTED = 1000
"""Counting stops here: more than that is more than anybody works off in a day."""
WORDS, WORD_LENGTH = 10, 200


class Standing(StrEnum):
    """How a question stands. One that is handed over may be unknown as well; all others exclude each other."""

    ESCALATED = "escalated"
    UNKNOWN = "unknown"
    KNOWN_UNSOLVED = "known_unsolved"
    SUGGESTED = "suggested"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    NOT_HELPFUL = "not_helpful"
    CLOSED = "closed"


OPEN = (Standing.ESCALATED, Standing.UNKNOWN, Standing.KNOWN_UNSOLVED)
"""Where somebody has something to do."""


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """Which questions to list; empty fields do not restrict."""

    text: str = ""
    standing: Standing | None = None
    user: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """What one person said of an answer."""

    user: str
    verdict: Verdict
    comment: str
    at: datetime


def find_questions(
    db: Connection, project: str, wanted: QuestionFilter, *, limit: int, before: int | None = None
) -> list[AskedQuestion]:
    """Read questions, newest first, older than the number ``before``."""
    where: list[ColumnElement[bool]] = []
    if wanted.standing is not None:
        where += stands(wanted.standing)
    if wanted.channel:
        where.append(col(QuestionRow.channel) == clip(wanted.channel, 64))
    if wanted.text.strip():
        where.append(_says(wanted.text.strip()))
    return questions.recent(db, project, limit=limit, before=before, user=wanted.user or None, where=where)


def stands(standing: Standing) -> tuple[ColumnElement[bool], ...]:
    """Say in SQL that a question stands so."""
    q = QuestionRow
    if standing is Standing.CLOSED:
        return (col(q.closed_at).is_not(None), not_(_said(Verdict.HELPFUL)))
    if standing is Standing.NOT_HELPFUL:
        return (col(q.closed_at).is_(None), _said(Verdict.NOT_HELPFUL), not_(_said(Verdict.HELPFUL)))
    if standing is Standing.SUGGESTED:
        return (col(q.outcome) == Outcome.SUGGESTED, *_without_a_word())
    if standing is Standing.ANSWERED:
        return (col(q.outcome) != Outcome.SUGGESTED, col(q.solution).is_not(None), *_without_a_word())
    return in_state(QuestionState(standing.value))


def open_counts(db: Connection, project: str) -> Mapping[Standing, int]:
    """Count what somebody has something to do about, up to ``COUNTED`` each."""
    found = {}
    for standing in OPEN:
        some = select(col(QuestionRow.id)).where(col(QuestionRow.project) == project, *stands(standing)).limit(COUNTED)
        found[standing] = int(db.execute(select(func.count()).select_from(some.subquery())).scalar_one())
    return found


def words_on(db: Connection, project: str, public: str, *, limit: int = 20) -> list[Word]:
    """Read what people said of the answer to a question, newest first."""
    query = (
        select(col(FeedbackRow.user), col(FeedbackRow.verdict), col(FeedbackRow.comment), col(FeedbackRow.at))
        .where(col(FeedbackRow.project) == project, col(FeedbackRow.question) == number_of(Prefix.QUESTION, public))
        .order_by(col(FeedbackRow.at).desc())
        .limit(limit)
    )
    return [Word(user, Verdict(verdict), comment, at) for user, verdict, comment, at in db.execute(query)]


def _says(text: str) -> ColumnElement[bool]:
    """Match each word in the question's text; or the whole text as an id."""
    try:
        return col(QuestionRow.id) == number_of(Prefix.QUESTION, text)
    except NotFound:
        pass
    words = [word[:WORD_LENGTH] for word in storable(text).split()[:WORDS]]
    return and_(*(col(QuestionRow.text).icontains(word, autoescape=True) for word in words))


def _said(verdict: Verdict) -> ColumnElement[bool]:
    said = aliased(FeedbackRow)  # the asker's own word may be among the columns
    return exists().where(
        col(said.project) == col(QuestionRow.project),
        col(said.question) == col(QuestionRow.id),
        col(said.verdict) == verdict,
    )


def _without_a_word() -> tuple[ColumnElement[bool], ...]:
    q, said = QuestionRow, aliased(FeedbackRow)
    anybody = exists().where(col(said.project) == col(q.project), col(said.question) == col(q.id))
    return col(q.closed_at).is_(None), not_(anybody)
