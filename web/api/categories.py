"""Reading categories: the list, one of them, and what belongs to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from knowledge_base.errors import InputError
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import audit
from knowledge_base.store.asking import questions
from knowledge_base.store.grouping import categories, category_pages, template_reading
from knowledge_base.store.grouping.category_pages import Filter, Sort
from knowledge_base.store.grouping.category_view import Status
from knowledge_base.store.intake import counts, samples
from web.api.models import CategoryOut, QuestionOut, SampleOut, Shape, TemplateOut
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf

STEPS_LIMIT = 2000

router = APIRouter(prefix="/categories", tags=["categories"])


class CategoriesOut(PageOut[CategoryOut]):
    """A page of categories; ``total`` counts all pages."""

    total: int


class VolumeOut(Shape):
    """Lines in equal steps from ``start`` to ``end``."""

    start: datetime
    end: datetime
    step_minutes: int
    counts: list[int]


class ActOut(Shape):
    """Who did what; ``can_be_undone`` with ``POST /undo``."""

    id: int
    actor: str
    action: str
    detail: dict[str, Any]
    at: datetime
    undone_at: datetime | None
    can_be_undone: bool = Field(description="Whether it can still be taken back.")
    imported_by: str = Field(description="Who brought it here in a file, which alone names the actor; empty otherwise.")


@router.get("", summary="List categories")
def list_categories(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    q: Annotated[str, Query(max_length=200, description="Words of a label, template or solution; or an id.")] = "",
    status: Annotated[Status | None, Query(description="Only those in this state.")] = None,
    service: Annotated[str, Query(max_length=200, description="Only those with lines of this service.")] = "",
    seen: Annotated[int | None, Query(ge=1, le=24 * 365, description="Only those seen in so many hours.")] = None,
    sort: Annotated[Sort, Query(description="Descending.")] = Sort.COUNT,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CategoriesOut:
    """List categories, page by page."""
    since = None if seen is None else parts.clock() - timedelta(hours=seen)
    wanted = Filter(q.replace("\x00", " "), status, service.replace("\x00", ""), since)
    with parts.knowledge.store.read() as db:
        page = category_pages.find_page(db, project, wanted, sort=sort, limit=limit, cursor=cursor)
    link_next(request, response, page.cursor)
    items = [CategoryOut.of(each) for each in page.items]
    return CategoriesOut(items=items, cursor=page.cursor, total=page.total)


@router.get("/{category_id}", summary="Read a category")
def read_category(parts: PartsOf, project: ProjectOf, category_id: str) -> CategoryOut:
    """Read a category; the id of one that was merged gives the one that it is part of now."""
    with parts.knowledge.store.read() as db:
        return CategoryOut.of(categories.get(db, project, categories.resolve_public(db, project, category_id)))


@router.get("/{category_id}/templates", summary="Read a category's templates")
def read_templates(parts: PartsOf, project: ProjectOf, category_id: str, limit: Limit = 200) -> list[TemplateOut]:
    """Read the templates with why they are here, most frequent first."""
    with parts.knowledge.store.read() as db:
        number = categories.resolve_public(db, project, category_id)
        found = template_reading.templates_in(db, project, number, limit)
    return [TemplateOut.model_validate(each) for each in found]


@router.get("/{category_id}/samples", summary="Read a category's samples")
def read_samples(parts: PartsOf, project: ProjectOf, category_id: str, limit: Limit = 20) -> list[SampleOut]:
    """Read scrubbed lines, newest first."""
    with parts.knowledge.store.read() as db:
        found = samples.samples_of(db, project, _templates(db, project, category_id), limit)
    return [
        SampleOut(
            template_id=public_id(Prefix.TEMPLATE, each.template), at=each.at, service=each.service, text=each.text
        )
        for each in found
    ]


@router.get("/{category_id}/volume", summary="Count a category's lines over time")
def read_volume(
    parts: PartsOf,
    project: ProjectOf,
    category_id: str,
    hours: Annotated[int, Query(ge=1, le=24 * 366, description="How far back.")] = 24,
    step_minutes: Annotated[int, Query(ge=1, le=7 * 24 * 60, description="Minutes in a step.")] = 60,
) -> VolumeOut:
    """Count lines in equal steps that end now."""
    step = timedelta(minutes=step_minutes)
    if timedelta(hours=hours) / step > STEPS_LIMIT:
        raise InputError(f"that makes more than {STEPS_LIMIT:,} steps; choose longer ones")
    now = parts.clock()
    end = now + timedelta(seconds=step.total_seconds() - now.timestamp() % step.total_seconds())
    start = end - max(1, round(timedelta(hours=hours) / step)) * step
    with parts.knowledge.store.read() as db:
        templates = _templates(db, project, category_id)
        found = counts.series(db, project, templates, start=start, end=end, step=step)
    return VolumeOut(start=start, end=end, step_minutes=step_minutes, counts=found)


@router.get("/{category_id}/history", summary="Read what was done to a category")
def read_history(parts: PartsOf, project: ProjectOf, category_id: str, limit: Limit = 50) -> list[ActOut]:
    """Read who did what, newest first."""
    with parts.knowledge.store.read() as db:
        number = categories.resolve_public(db, project, category_id)
        return [ActOut.model_validate(each) for each in audit.of_category(db, project, number, limit=limit)]


@router.get("/{category_id}/questions", summary="Read what was asked about a category")
def read_questions(parts: PartsOf, project: ProjectOf, category_id: str, limit: Limit = 20) -> list[QuestionOut]:
    """Read questions, newest first."""
    with parts.knowledge.store.read() as db:
        number = categories.resolve_public(db, project, category_id)
        return [QuestionOut.of(each) for each in questions.of_category(db, project, number, limit=limit)]


def _templates(db: Connection, project: str, category_id: str) -> list[int]:
    return categories.templates_of(db, project, categories.resolve_public(db, project, category_id))
