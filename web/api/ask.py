"""Asking, the questions that were asked, and whether the answers helped."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from assistant.phrases import language_of
from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.asking import escalations, questions
from knowledge_base.store.asking.escalations import QuestionState
from knowledge_base.store.projects import lock
from knowledge_base.types import Question, Verdict
from web.api.models import AnswerOut, AskIn, QuestionOut, Shape
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf, WhoOf

CHANNEL = "api"

router = APIRouter(tags=["questions"])


class FeedbackIn(Shape):
    """What the asker says of an answer; saying it again replaces it."""

    question_id: Annotated[str, Field(examples=["Q-5"])]
    verdict: Annotated[Verdict, Field(examples=["helpful"])]
    comment: Annotated[str, Field(max_length=2000)] = ""


@router.post("/ask", summary="Answer a question", response_model=AnswerOut)
def ask(parts: PartsOf, project: ProjectOf, who: WhoOf, question: AskIn) -> Response:
    """Find what an error is, what helps, and how sure that is; the question is kept, scrubbed.

    Where the text holds several errors, the first five are answered one by one, each as a question of its own.
    """
    asked = Question(project, CHANNEL, who.name, question.text, question.thread)
    answer = AnswerOut.of(*parts.assistant.ask_each(asked), language=language_of(question.text))
    # Written here: FastAPI would check it once more, and write it in another thread.
    return Response(answer.model_dump_json(), media_type="application/json")


class Scope(StrEnum):
    """Whose questions to list."""

    OWN = "own"
    ALL = "all"


@router.get("/questions", summary="List questions")
def list_questions(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    who: WhoOf,
    state: Annotated[
        QuestionState | None, Query(description="Only those in this state; closed ones are in none.")
    ] = None,
    scope: Annotated[Scope, Query(description="Your own, or everybody's.")] = Scope.OWN,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[QuestionOut]:
    """List what you asked, newest first; with `scope=all` what everybody asked."""
    user = who.name if scope is Scope.OWN else None
    before = _before(cursor)
    with parts.knowledge.store.read() as db:
        found = escalations.list_questions(db, project, state=state, user=user, limit=limit + 1, before=before)
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


@router.post("/questions/{question_id}/escalate", summary="Hand a question over to a person")
def hand_over_question(parts: PartsOf, project: ProjectOf, who: WhoOf, question_id: str) -> QuestionOut:
    """Put it on the list of those that wait for a person; nothing changes where it is there. Closed, it opens."""
    with parts.knowledge.store.write() as db:
        parts.desk.handing_over.hand_over(db, project, question_id, by=who.name)
        handed_over = questions.get(db, project, question_id)
    parts.desk.notify()
    return QuestionOut.of(handed_over)


@router.post("/questions/{question_id}/close", summary="Close a question")
def close_question(parts: PartsOf, project: ProjectOf, who: WhoOf, question_id: str) -> QuestionOut:
    """Say that nothing is left to do about it; it leaves the demand queue and the lists. Handing it over reopens it."""
    with parts.knowledge.store.write() as db:
        lock(db, project)
        escalations.close(db, project, question_id, by=who.name, now=parts.clock())
        return QuestionOut.of(questions.get(db, project, question_id))


@router.post("/feedback", summary="Say whether an answer helped", status_code=204)
def give_feedback(parts: PartsOf, project: ProjectOf, who: WhoOf, feedback: FeedbackIn) -> None:
    """Keep it beside the question; silence is not counted as success."""
    parts.assistant.give_feedback(
        project, feedback.question_id, user=who.name, verdict=feedback.verdict, comment=feedback.comment
    )
