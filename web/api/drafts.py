"""Drafts of solutions: written for a category, sent to nobody until somebody publishes them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from knowledge_base import curation
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import drafts, solutions
from web.api.curation import DoneOut
from web.api.models import Shape, SolutionIn, SolutionOut
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(tags=["solutions"])


class PublishIn(Shape):
    """How to publish."""

    replaces: Annotated[
        tuple[Annotated[str, Field(max_length=40, examples=["S-1"])], ...],
        Field(
            max_length=200,
            description="The solutions of its categories in whose place it comes; 409 where they have others.",
        ),
    ] = ()


@router.get("/categories/{category_id}/drafts", summary="List a category's drafts")
def list_drafts(parts: PartsOf, project: ProjectOf, category_id: str) -> list[SolutionOut]:
    """Read the newest version of each draft, in the order in which they were made."""
    with parts.knowledge.store.read() as db:
        number = categories.resolve_public(db, project, category_id)
        return [SolutionOut.of(solutions.get(db, project, each)) for each in drafts.of_category(db, project, number)]


@router.post("/categories/{category_id}/drafts", summary="Write a draft", status_code=201)
def write_draft(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, words: SolutionIn) -> DoneOut:
    """Keep a draft for the category; `PUT /solutions/{solution_id}` revises it."""
    text = words.text()
    return DoneOut.of(curation.draft(parts.knowledge.store, project, category_id, text, actor=who.name))


@router.delete("/categories/{category_id}/drafts/{solution_id}", summary="Discard a draft")
def discard_draft(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, solution_id: str) -> DoneOut:
    """Take the draft off the category; `POST /undo` brings it back."""
    return DoneOut.of(curation.discard(parts.knowledge.store, project, category_id, solution_id, actor=who.name))


@router.post("/solutions/{solution_id}/publish", summary="Publish a draft")
def publish_draft(
    parts: PartsOf, project: ProjectOf, who: WhoOf, solution_id: str, how: PublishIn | None = None
) -> DoneOut:
    """Make it the answer for its categories; those who asked before and got none are told."""
    replaces = () if how is None else how.replaces
    return DoneOut.of(curation.publish(parts.knowledge.store, project, solution_id, actor=who.name, replaces=replaces))


@router.post("/solutions/{solution_id}/unpublish", summary="Turn a solution back into a draft")
def unpublish_solution(parts: PartsOf, project: ProjectOf, who: WhoOf, solution_id: str) -> DoneOut:
    """Send it to nobody from now on; its categories count as unsolved, `POST /undo` brings it back."""
    return DoneOut.of(curation.unpublish(parts.knowledge.store, project, solution_id, actor=who.name))
