"""What people do on a solution's page; each leads back to it, with the chance to undo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import reviewing
from knowledge_base.curation.reviewing import Worked
from knowledge_base.errors import Conflict
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import solution_reviews, solutions
from web.pages.opening import Opened, PageOf
from web.pages.solutions_form import SolutionForm
from web.pages.solutions_one import show

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]


def back(page: Opened, done: Worked) -> Response:
    """Lead to the solution's page."""
    return page.go(f"/solutions/{done.solution.id}", done=done.audit_id)


@router.post("/solutions/{solution_id}/publish")
def publish_solution(page: PageOf, solution_id: str, replace: Annotated[bool, Form()] = False) -> Response:
    """Publish what waits for review, else the draft as it is; what stands in the way is said on the page."""
    store = page.parts.knowledge.store
    number = number_of(Prefix.SOLUTION, solution_id)
    with store.read() as db:
        present = solutions.get(db, page.project, number)
        waits = solution_reviews.waiting(db, page.project, number) is not None
    try:
        if waits:
            done = reviewing.publish_review(store, page.project, solution_id, replace=replace, actor=page.actor)
        else:
            published = curation.publish(store, page.project, present.id, replace=replace, actor=page.actor)
            done = Worked(present, published.audit_id)
    except Conflict as error:
        return show(page, solution_id, refused=str(error), status=409)
    return back(page, done)


@router.post("/solutions/{solution_id}/send-back")
def send_back(page: PageOf, solution_id: str) -> Response:
    """Send a text back; whoever wrote it finds it in the editor."""
    store = page.parts.knowledge.store
    review = reviewing.send_back(store, page.project, solution_id, actor=page.actor)
    number = number_of(Prefix.SOLUTION, solution_id)
    with store.write() as db:
        present = solutions.get(db, page.project, number)
        is_kept = solution_reviews.autosaved(db, page.project, number, review.author) is not None
        if not is_kept and not review.text.says_the_same_as(present):
            solution_reviews.autosave(
                db,
                page.project,
                number,
                review.author,
                SolutionForm.of(review.text).pairs(),
                based_on=review.based_on,
                now=page.parts.clock(),
            )
    return page.go(f"/solutions/{solution_id}")


@router.post("/solutions/{solution_id}/unpublish")
def unpublish_solution(page: PageOf, solution_id: str) -> Response:
    """Turn a solution back into a draft."""
    try:
        done = curation.unpublish(page.parts.knowledge.store, page.project, solution_id, actor=page.actor)
    except Conflict as error:
        return show(page, solution_id, refused=str(error), status=409)
    return page.go(f"/solutions/{solution_id}", done=done.audit_id)


@router.post("/solutions/{solution_id}/categories")
def give_solution(
    page: PageOf, solution_id: str, category: Text = "", replace: Annotated[bool, Form()] = False
) -> Response:
    """Give a solution to a category."""
    store = page.parts.knowledge.store
    try:
        done = reviewing.give(store, page.project, solution_id, category.strip(), replace=replace, actor=page.actor)
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
