"""Asking, the questions that were asked, and whether the answers helped."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import questions
from knowledge_base.types import Question, Verdict
from web.api.models import AnswerOut, AskIn, QuestionOut, Shape
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf, WhoOf

CHANNEL = "api"

router = APIRouter(tags=["questions"])


class FeedbackIn(Shape):
    """What the asker says of an answer; saying it again replaces it."""

    question_id: Annotated[str, Field(examples=["Q-5"])]
    verdict: Verdict
    comment: Annotated[str, Field(max_length=2000)] = ""


@router.post("/ask", summary="Answer a question")
def ask(parts: PartsOf, project: ProjectOf, who: WhoOf, question: AskIn) -> AnswerOut:
    """Find what an error is, what helps, and how sure that is; the question is kept, scrubbed."""
    asked = Question(project, CHANNEL, who.name, question.text, question.thread)
    return AnswerOut.of(parts.assistant.ask(asked))


@router.get("/questions", summary="List your own questions")
def list_questions(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    who: WhoOf,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[QuestionOut]:
    """List what you asked, newest first."""
    with parts.knowledge.store.read() as db:
        found = questions.of_user(db, project, who.name, limit=limit + 1, before=_before(cursor))
    following = found[limit - 1].id if len(found) > limit else None
    link_next(request, response, following)
    return PageOut(items=[QuestionOut.of(each) for each in found[:limit]], cursor=following)


def _before(cursor: str | None) -> int | None:
    try:
        return None if cursor is None else number_of(Prefix.QUESTION, cursor)
    except NotFound:
        raise InputError("the cursor is not one that this list gave; start from the first page") from None


@router.get("/questions/{question_id}", summary="Read a question")
def read_question(parts: PartsOf, project: ProjectOf, question_id: str) -> QuestionOut:
    """Read a question and how it ended."""
    with parts.knowledge.store.read() as db:
        return QuestionOut.of(questions.get(db, project, question_id))


@router.post("/feedback", summary="Say whether an answer helped", status_code=204)
def give_feedback(parts: PartsOf, project: ProjectOf, who: WhoOf, feedback: FeedbackIn) -> None:
    """Keep it beside the question; silence is not counted as success."""
    parts.assistant.give_feedback(
        project, feedback.question_id, user=who.name, verdict=feedback.verdict, comment=feedback.comment
    )
