"""Questions that were asked, how they ended, and what people said of the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update
from sqlmodel import col

from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.asking.question_tables import FeedbackRow, QuestionRow
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.store.text import clip, storable
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.types import Outcome, Verdict

COMMENT_LIMIT = 2000
OPEN_OUTCOMES = (Outcome.KNOWN_UNSOLVED, Outcome.UNKNOWN)
"""How a question ends that may be answered later: an unknown one once somebody assigned it to a category."""


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A scrubbed question and its outcome, with the numbers that it points to; ``asked`` is the error in it."""

    channel: str
    thread: str
    user: str
    text: str
    form: str
    outcome: Outcome
    confidence: float
    category: int | None
    template: int | None
    solution: int | None
    solution_version: int | None
    detail: Mapping[str, object]
    asked: str = ""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A stored question; ``verdict`` is the asker's own, None where nothing was said."""

    id: str
    channel: str
    user: str
    text: str
    outcome: Outcome
    confidence: float
    category_id: str | None
    solution_id: str | None
    verdict: Verdict | None
    at: datetime
    escalated_at: datetime | None = None
    escalated_by: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedbackSum:
    """How often answers helped, did not, or got no word; how many people asked how many questions."""

    helpful: int
    not_helpful: int
    no_word: int
    people: int
    asked: int


def record(db: Connection, project: str, new: NewQuestion, now: datetime) -> str:
    """Keep a question; tell its public id."""
    number = take_numbers(db, "question", in_order_of=project)[0]
    db.execute(
        _recording(),
        [
            {
                "project": project,
                "id": number,
                "channel": clip(new.channel, 64),
                "thread": clip(new.thread, 400),
                "user": clip(new.user, 200),
                "text": storable(new.text),
                "form": new.form,
                "asked": storable(new.asked),
                "outcome": new.outcome,
                "confidence": new.confidence,
                "category": new.category,
                "template": new.template,
                "solution": new.solution,
                "solution_version": new.solution_version,
                "detail": dict(new.detail),
                "at": now,
            }
        ],
    )
    return public_id(Prefix.QUESTION, number)


@cache
def _recording() -> Any:
    return insert(QuestionRow)


def _query(project: str) -> Any:
    """Select questions with the asker's verdict and the category that their template is in now."""
    return (
        select(
            col(QuestionRow.id),
            col(QuestionRow.channel),
            col(QuestionRow.user),
            col(QuestionRow.text),
            col(QuestionRow.outcome),
            col(QuestionRow.confidence),
            func.coalesce(col(TemplateRow.category), col(QuestionRow.category)).label("category"),
            col(QuestionRow.solution),
            col(FeedbackRow.verdict),
            col(QuestionRow.at),
            col(QuestionRow.escalated_at),
            col(QuestionRow.escalated_by),
            col(QuestionRow.closed_at),
        )
        .outerjoin(
            TemplateRow,
            and_(
                col(TemplateRow.project) == col(QuestionRow.project), col(TemplateRow.id) == col(QuestionRow.template)
            ),
        )
        .outerjoin(
            FeedbackRow,
            and_(
                col(FeedbackRow.project) == col(QuestionRow.project),
                col(FeedbackRow.question) == col(QuestionRow.id),
                col(FeedbackRow.user) == col(QuestionRow.user),
            ),
        )
        .where(col(QuestionRow.project) == project)
    )


def _question(row: Any) -> AskedQuestion:
    return AskedQuestion(
        id=public_id(Prefix.QUESTION, row.id),
        channel=row.channel,
        user=row.user,
        text=row.text,
        outcome=Outcome(row.outcome),
        confidence=row.confidence,
        category_id=None if row.category is None else public_id(Prefix.CATEGORY, row.category),
        solution_id=None if row.solution is None else public_id(Prefix.SOLUTION, row.solution),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        at=row.at,
        escalated_at=row.escalated_at,
        escalated_by=row.escalated_by,
        closed_at=row.closed_at,
    )


def get(db: Connection, project: str, public: str) -> AskedQuestion:
    """Read a question; raises NotFound."""
    row = db.execute(_query(project).where(col(QuestionRow.id) == number_of(Prefix.QUESTION, public))).first()
    if row is None:
        raise NotFound(f"there is no question {public[:40]} in project {project!r}")
    return _question(row)


def of_user(
    db: Connection, project: str, user: str, *, limit: int = 20, before: int | None = None
) -> list[AskedQuestion]:
    """Read what one person asked, newest first, older than the number ``before``."""
    query = _query(project).where(col(QuestionRow.user) == clip(user, 200))
    if before is not None:
        query = query.where(col(QuestionRow.id) < before)
    return [_question(row) for row in db.execute(query.order_by(col(QuestionRow.id).desc()).limit(limit))]


def of_category(db: Connection, project: str, category: int, *, limit: int = 20) -> list[AskedQuestion]:
    """Read what was asked about a category, newest first."""
    query = _query(project).where(col(TemplateRow.category) == category)
    return [_question(row) for row in db.execute(query.order_by(col(QuestionRow.id).desc()).limit(limit))]


def about_categories(
    db: Connection, project: str, categories: Collection[int], *, limit: int
) -> tuple[int, list[AskedQuestion]]:
    """Count what was asked about categories, and read the newest of it."""
    mine = col(TemplateRow.category).in_(sorted(categories))
    asked = and_(
        col(TemplateRow.project) == col(QuestionRow.project), col(TemplateRow.id) == col(QuestionRow.template), mine
    )
    count = select(func.count()).select_from(QuestionRow).join(TemplateRow, asked)
    total = db.execute(count.where(col(QuestionRow.project) == project)).scalar_one()
    query = _query(project).where(mine).order_by(col(QuestionRow.id).desc()).limit(limit)
    return int(total), [_question(row) for row in db.execute(query)]


def recent(
    db: Connection,
    project: str,
    *,
    limit: int,
    before: int | None = None,
    about: Collection[int] | None = None,
    user: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
) -> list[AskedQuestion]:
    """Read what was asked in a project, newest first, older than the number ``before``.

    ``about`` names templates: then only what one of them was found for. ``user`` is one person, ``where`` narrows more.
    """
    query = _query(project).where(*where)
    if user is not None:
        query = query.where(col(QuestionRow.user) == clip(user, 200))
    if before is not None:
        query = query.where(col(QuestionRow.id) < before)
    if about is not None:
        query = query.where(col(QuestionRow.template).in_(sorted(about)))
    return [_question(row) for row in db.execute(query.order_by(col(QuestionRow.id).desc()).limit(limit))]


def of_outcomes(db: Connection, project: str, outcomes: Collection[Outcome], *, limit: int) -> list[AskedQuestion]:
    """Read what was asked and ended in one of these ways, newest first; all of it where none is named."""
    chosen = (col(QuestionRow.outcome).in_(sorted(outcomes)),) if outcomes else ()
    return recent(db, project, limit=limit, where=chosen)


def answer_later(db: Connection, project: str, number: int, *, solution: int, version: int) -> bool:
    """Note the solution that a question without one gets now; False where it has one."""
    changed = db.execute(
        update(QuestionRow)
        .where(col(QuestionRow.project) == project, col(QuestionRow.id) == number, col(QuestionRow.solution).is_(None))
        .values(solution=solution, solution_version=version)
    ).rowcount
    return changed == 1


def take_later_answer_back(db: Connection, project: str, number: int, *, solution: int) -> None:
    """Note that the solution was taken away before the asker was told."""
    db.execute(
        update(QuestionRow)
        .where(
            col(QuestionRow.project) == project,
            col(QuestionRow.id) == number,
            col(QuestionRow.solution) == solution,
            col(QuestionRow.outcome).in_(OPEN_OUTCOMES),
        )
        .values(solution=None, solution_version=None)
    )


def category_now(db: Connection, project: str, number: int) -> tuple[int, int | None] | None:
    """Tell the category that a question's template is in now, and that category's solution."""
    row = db.execute(
        select(col(CategoryRow.id), col(CategoryRow.solution))
        .join(TemplateRow, and_(col(TemplateRow.project) == project, col(TemplateRow.category) == col(CategoryRow.id)))
        .join(QuestionRow, and_(col(QuestionRow.project) == project, col(QuestionRow.template) == col(TemplateRow.id)))
        .where(col(CategoryRow.project) == project, col(QuestionRow.id) == number)
    ).first()
    return None if row is None else (int(row[0]), None if row[1] is None else int(row[1]))


def give_feedback(
    db: Connection, project: str, public: str, *, user: str, verdict: Verdict, comment: str, now: datetime
) -> None:
    """Keep what a person says of an answer, in place of what they said before; raises NotFound, InputError."""
    question = get(db, project, public)
    if question.solution_id is None:
        raise InputError(f"{question.id} was not answered with a solution, so there is nothing to judge yet")
    if len(comment) > COMMENT_LIMIT:
        raise InputError(f"the comment has {len(comment)} characters, {COMMENT_LIMIT} are allowed")
    row = {
        "project": project,
        "question": number_of(Prefix.QUESTION, question.id),
        "user": clip(user, 200),
        "verdict": verdict,
        "comment": storable(comment),
        "at": now,
    }
    insert_or_replace(db, FeedbackRow, ("project", "question", "user"), [row])


def feedback_of(db: Connection, project: str, category: int) -> FeedbackSum:
    """Sum up the feedback on the answers that a category gave."""
    mine = and_(
        col(TemplateRow.project) == col(QuestionRow.project),
        col(TemplateRow.id) == col(QuestionRow.template),
        col(TemplateRow.category) == category,
    )
    asked, people, answered = db.execute(
        select(
            func.count(),
            func.count(col(QuestionRow.user).distinct()),
            func.count(col(QuestionRow.solution)),
        )
        .select_from(QuestionRow)
        .join(TemplateRow, mine)
        .where(col(QuestionRow.project) == project)
    ).one()
    verdicts = _verdicts(
        db.execute(
            select(col(FeedbackRow.verdict), func.count(), func.count(col(FeedbackRow.question).distinct()))
            .join(
                QuestionRow,
                and_(
                    col(QuestionRow.project) == col(FeedbackRow.project),
                    col(QuestionRow.id) == col(FeedbackRow.question),
                ),
            )
            .join(TemplateRow, mine)
            .where(col(FeedbackRow.project) == project)
            .group_by(col(FeedbackRow.verdict))
        ).all()
    )
    helpful, judged_helpful = verdicts.get(Verdict.HELPFUL, (0, 0))
    not_helpful, judged_not = verdicts.get(Verdict.NOT_HELPFUL, (0, 0))
    no_word = max(0, int(answered) - judged_helpful - judged_not)
    return FeedbackSum(helpful, not_helpful, no_word, int(people), int(asked))


def _verdicts(rows: Sequence[Any]) -> dict[Verdict, tuple[int, int]]:
    return {Verdict(verdict): (int(words), int(questions)) for verdict, words, questions in rows}
