"""Teaching on the page of a question: the answer was right, it was wrong, the right category is another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.store import audit
from knowledge_base.store.asking import learnt, learnt_words
from knowledge_base.store.asking.learnt import Learnt
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import category_pages
from knowledge_base.store.grouping.category_pages import Filter
from knowledge_base.types import Category
from web.pages.opening import Opened, PageOf

SHOWN = 8

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Teaching:
    """What is known of questions that say the same, and categories that were looked for; ``done`` was done just now."""

    question_id: str
    has_match: bool
    known: tuple[Learnt, ...]
    find: str
    found: tuple[Category, ...]
    done: Entry | None


def read_teaching(db: Connection, project: str, question_id: str, *, find: str, done: int | None) -> Teaching:
    """Read what can be taught about a question; raises NotFound."""
    asked = learnt_words.asked(db, project, question_id)
    known = learnt.of_form(db, project, asked.form) if asked.form else []
    found = category_pages.find_page(db, project, Filter(text=find), limit=SHOWN).items if find.strip() else ()
    entry = None if done is None else audit.get(db, project, done)
    return Teaching(question_id, asked.category > 0, tuple(known[-SHOWN:]), find, tuple(found), entry)


Text = Annotated[str, Form()]


def leads_back(page: Opened, question_id: str, back: str, **parameters: object) -> Response:
    """Lead to the page that an act was done on: the question's own, or the one that answers."""
    if back == "question":
        return page.go(f"/questions/{question_id}", **parameters)
    return page.go("/ask", question=question_id, **parameters)


@router.post("/questions/{question_id}/confirm")
def confirm(page: PageOf, question_id: str, back: Text = "") -> Response:
    """Say that the answer was right."""
    done = curation.confirm(page.parts.knowledge.store, page.project, question_id, actor=page.actor)
    return leads_back(page, question_id, back, done=done.audit_id)


@router.post("/questions/{question_id}/reject")
def reject(page: PageOf, question_id: str, back: Text = "") -> Response:
    """Say that the answer was wrong."""
    done = curation.reject(page.parts.knowledge.store, page.project, question_id, actor=page.actor)
    return leads_back(page, question_id, back, done=done.audit_id)


@router.post("/questions/{question_id}/pick")
def pick(page: PageOf, question_id: str, category: Text, back: Text = "") -> Response:
    """Say which category the question is about."""
    done = curation.pick(page.parts.knowledge.store, page.project, question_id, category, actor=page.actor)
    return leads_back(page, question_id, back, done=done.audit_id)
