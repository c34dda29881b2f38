"""Handing a question over to a person on the page that answers, and saying that one is done with it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from knowledge_base.store.asking import escalations
from knowledge_base.store.projects import lock
from web.pages.asking.teaching import Text, leads_back
from web.pages.opening import PageOf

router = APIRouter(include_in_schema=False)


@router.post("/questions/{question_id}/hand-over")
def hand_over(page: PageOf, question_id: str, back: Text = "") -> Response:
    """Put a question on the list of those that wait for a person."""
    parts = page.parts
    with parts.knowledge.store.write() as db:
        parts.desk.handing_over.hand_over(db, page.project, question_id, by=page.actor)
    parts.desk.notify()
    return leads_back(page, question_id, back)


@router.post("/questions/{question_id}/close")
def close(page: PageOf, question_id: str, back: Text = "") -> Response:
    """Say that nothing is left to do about a question."""
    parts = page.parts
    with parts.knowledge.store.write() as db:
        lock(db, page.project)
        escalations.close(db, page.project, question_id, by=page.actor, now=parts.clock())
    return leads_back(page, question_id, back)


@router.post("/questions/{question_id}/reopen")
def reopen(page: PageOf, question_id: str) -> Response:
    """Take back that nothing is left to do about a question."""
    parts = page.parts
    with parts.knowledge.store.write() as db:
        lock(db, page.project)
        escalations.reopen(db, page.project, question_id, by=page.actor, now=parts.clock())
    return page.go(f"/questions/{question_id}")
