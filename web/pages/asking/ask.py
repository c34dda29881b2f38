"""The page that answers: paste an error, get what is known, say whether it helped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from assistant.answering import TEXT_LIMIT
from knowledge_base.errors import InputError
from knowledge_base.store.asking import questions
from knowledge_base.store.asking.questions import AskedQuestion
from knowledge_base.types import Question, Verdict
from web.pages.asking.answers import ShownAnswer, show_answer, show_stored
from web.pages.asking.teaching import Teaching, read_teaching
from web.pages.asking.tries import tries_for
from web.pages.opening import Opened, PageOf

CHANNEL = "web"
QUESTIONS_SHOWN = 8

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class AskPage:
    """The question box, the answer to the question that was asked, and the reader's own questions."""

    text: str
    answer: ShownAnswer | None
    refused: str
    tries: tuple[str, ...]
    questions: tuple[AskedQuestion, ...]
    teaching: Teaching | None = None
    further: tuple[ShownAnswer, ...] = ()
    limit: int = TEXT_LIMIT


@router.get("/ask")
def show_ask(
    page: PageOf,
    text: Annotated[str, Query(max_length=2000)] = "",
    question: Annotated[str, Query(max_length=40)] = "",
    find: Annotated[str, Query(max_length=200)] = "",
    done: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
) -> Response:
    """Show the page, with one of the reader's questions and what is known about it now."""
    if not question:
        return _show(page, text=text)
    with page.parts.knowledge.store.read() as db:
        stored = questions.get(db, page.project, question)
    answer = show_stored(page.parts, page.project, stored, page.visit.language)
    return _show(page, text=stored.text, answer=answer, find=find, done=done)


@router.post("/ask")
def ask(page: PageOf, text: Annotated[str, Form()] = "") -> Response:
    """Answer a question."""
    text = text.replace("\r\n", "\n")
    asked = Question(page.project, CHANNEL, page.actor, text)
    try:
        answers = page.parts.assistant.ask_each(asked)
    except InputError as error:
        return _show(page, text=text, refused=str(error), status=400)
    language = page.visit.language
    first, *further = (
        show_answer(page.parts, page.project, each.recognised or text, each, language) for each in answers
    )
    return _show(page, text=text, answer=first, further=further)


@router.post("/feedback")
def feedback(page: PageOf, question: Annotated[str, Form()], verdict: Annotated[Verdict, Form()]) -> Response:
    """Keep whether an answer helped."""
    page.parts.assistant.give_feedback(page.project, question, user=page.actor, verdict=verdict)
    with page.parts.knowledge.store.read() as db:
        stored = questions.get(db, page.project, question)
    answer = show_stored(page.parts, page.project, stored, page.visit.language)
    return _show(page, text=stored.text, answer=answer)


def _show(
    page: Opened,
    *,
    text: str = "",
    answer: ShownAnswer | None = None,
    refused: str = "",
    find: str = "",
    done: int | None = None,
    further: Sequence[ShownAnswer] = (),
    status: int = 200,
) -> Response:
    teaching = None
    with page.parts.knowledge.store.read() as db:
        if answer is not None and answer.question_id is not None:
            teaching = read_teaching(db, page.project, answer.question_id, find=find, done=done)
        own = questions.of_user(db, page.project, page.actor, limit=QUESTIONS_SHOWN)
        tries = tries_for(db, page.project, page.visit.language)
    return page.show(
        "ask.html", AskPage(text, answer, refused, tries, tuple(own), teaching, tuple(further)), status=status
    )
