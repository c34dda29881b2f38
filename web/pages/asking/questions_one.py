"""The page of one question: what was asked, what Kea made of it, what people said, and what an engineer can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.store.asking import question_pages, questions
from knowledge_base.store.asking.question_pages import Word
from knowledge_base.store.asking.questions import AskedQuestion
from web.pages.asking.answers import ShownAnswer, show_stored
from web.pages.asking.teaching import Teaching, read_teaching
from web.pages.opening import PageOf

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question; ``further`` is always empty: other errors of the same text are questions of their own."""

    asked: AskedQuestion
    answer: ShownAnswer
    teaching: Teaching
    words: tuple[Word, ...]
    further: tuple[ShownAnswer, ...] = ()


@router.get("/questions/{question_id}")
def show_question(
    page: PageOf,
    question_id: str,
    find: Annotated[str, Query(max_length=200)] = "",
    done: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
) -> Response:
    """Show a question with what is known about it now."""
    with page.parts.knowledge.store.read() as db:
        asked = questions.get(db, page.project, question_id)
        words = question_pages.words_on(db, page.project, question_id)
        teaching = read_teaching(db, page.project, question_id, find=find, done=done)
    if page.visit.fragment and find:
        # While somebody types only the categories are wanted; the answer costs a search.
        return page.show("questions_found.html", teaching)
    answer = show_stored(page.parts, page.project, asked, page.visit.language)
    # The asker says whether it helped, and is offered a person, where it was asked; an engineer does so above it.
    answer = replace(answer, can_judge=False, offers_person=False)
    return page.show("questions_one.html", QuestionPage(asked, answer, teaching, tuple(words)))


@router.post("/questions/{question_id}/undo/{audit_id}")
def undo(page: PageOf, question_id: str, audit_id: int) -> Response:
    """Take back what was said of a question."""
    curation.undo(page.parts.knowledge.store, page.project, audit_id, actor=page.actor)
    return page.go(f"/questions/{question_id}")
