"""What people do on a solution's page; each leads back to it, with the chance to undo."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import Field
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation.solving import reviewing
from knowledge_base.curation.solving.reviewing import Seen, Worked
from knowledge_base.errors import Conflict, StaleVersion
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.solving import solution_reviews, solutions
from web.pages.opening import Opened, PageOf
from web.pages.solving.solutions_one import show

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Texts = Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Form(), Field(max_length=200)]
Version = Annotated[int | None, Form(ge=1, lt=2**31)]


def back(page: Opened, done: Worked) -> Response:
    """Lead to the solution's page."""
    return page.go(f"/solutions/{done.solution.id}", done=done.audit_id)


@router.post("/solutions/{solution_id}/publish")
def publish_solution(
    page: PageOf,
    solution_id: str,
    replaces: Texts = (),
    based_on: Version = None,
    seen: Annotated[datetime | None, Form()] = None,
) -> Response:
    """Publish what waits for review, else the draft as it is; what stands in the way is said on the page.

    ``based_on`` is the version that the page showed, ``seen`` when the text that waited was sent, ``replaces`` are the
    solutions in whose place it comes.
    """
    try:
        looked_at = None if based_on is None else Seen(based_on, seen)
        return back(page, _publish(page, solution_id, looked_at, replaces))
    except StaleVersion as error:
        return show(page, solution_id, refused=str(error), is_stale=True, status=409)
    except Conflict as error:
        return show(page, solution_id, refused=str(error), status=409)


def _publish(page: Opened, solution_id: str, seen: Seen | None, replaces: tuple[str, ...]) -> Worked:
    store = page.parts.knowledge.store
    number = number_of(Prefix.SOLUTION, solution_id)
    with store.read() as db:
        present = solutions.get(db, page.project, number)
        waits = solution_reviews.waiting(db, page.project, number) is not None
    if waits:
        return reviewing.publish_review(
            store, page.project, solution_id, seen=seen, replaces=replaces, actor=page.actor
        )
    if seen is not None and seen.review is not None:
        raise StaleVersion(f"nothing of {present.id} waits for review any longer")
    version = None if seen is None else seen.version
    done = curation.publish(store, page.project, present.id, based_on=version, replaces=replaces, actor=page.actor)
    return Worked(present, done.audit_id)


@router.post("/solutions/{solution_id}/send-back")
def send_back(page: PageOf, solution_id: str, seen: Annotated[datetime | None, Form()] = None) -> Response:
    """Send a text back that was ``seen``; whoever wrote it finds it in the editor."""
    try:
        reviewing.send_back(page.parts.knowledge.store, page.project, solution_id, seen=seen, actor=page.actor)
    except Conflict as error:
        return show(page, solution_id, refused=str(error), is_stale=True, status=409)
    return page.go(f"/solutions/{solution_id}")


@router.post("/solutions/{solution_id}/unpublish")
def unpublish_solution(page: PageOf, solution_id: str, based_on: Version = None) -> Response:
    """Turn a solution back into a draft, where ``based_on`` is its version still."""
    store = page.parts.knowledge.store
    try:
        done = curation.unpublish(store, page.project, solution_id, based_on=based_on, actor=page.actor)
    except StaleVersion as error:
        return show(page, solution_id, refused=str(error), is_stale=True, status=409)
    except Conflict as error:
        return show(page, solution_id, refused=str(error), status=409)
    return page.go(f"/solutions/{solution_id}", done=done.audit_id)


@router.post("/solutions/{solution_id}/categories")
def give_solution(page: PageOf, solution_id: str, category: Text = "", replaces: Text = "") -> Response:
    """Give a solution to a category, in place of the one that it was seen with."""
    store = page.parts.knowledge.store
    try:
        done = reviewing.give(store, page.project, solution_id, category.strip(), replaces=replaces, actor=page.actor)
    except Conflict as error:
        return show(page, solution_id, refused=str(error), status=409)
    return back(page, done)


@router.post("/solutions/{solution_id}/categories/{category_id}/detach")
def take_solution_off(page: PageOf, solution_id: str, category_id: str) -> Response:
    """Take a solution off a category."""
    store = page.parts.knowledge.store
    return back(page, reviewing.take_off(store, page.project, solution_id, category_id, actor=page.actor))


@router.post("/solutions/{solution_id}/undo/{audit_id}")
def undo_on_solution(page: PageOf, solution_id: str, audit_id: int) -> Response:
    """Take an act back and stay on the solution's page; what stands in the way is said there."""
    try:
        curation.undo(page.parts.knowledge.store, page.project, audit_id, actor=page.actor)
    except Conflict as error:
        return show(page, solution_id, refused=str(error), status=409)
    return page.go(f"/solutions/{solution_id}")
