"""How full a project is, and what waits to be clustered."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from knowledge_base.store.load import read_load
from web.api.models import Shape
from web.project import PartsOf, ProjectOf

router = APIRouter(tags=["projects"])


class StatusOut(Shape):
    """The load of a project."""

    templates: int = Field(description="Templates that are alive.")
    max_templates: int = Field(description="How many there may be before the coldest unlabelled ones are evicted.")
    over_limit: int = Field(description="By how many it is exceeded now.")
    pending: int = Field(description="New templates that wait to be clustered.")
    oldest_pending_seconds: float | None = Field(description="How long the first of them has waited.")
    clustering_failure: str | None = Field(description="What keeps this process from clustering.")


@router.get("/status", summary="Read how full a project is and what waits")
def read_status(parts: PartsOf, project: ProjectOf) -> StatusOut:
    """Read the number of templates beside its limit, and the backlog of the clusterer."""
    with parts.knowledge.store.read() as db:
        load = read_load(db, project, max_templates=parts.settings.max_templates, now=parts.clock())
    failure = parts.clusterer.failure
    return StatusOut(
        templates=load.templates,
        max_templates=load.max_templates,
        over_limit=load.over_limit,
        pending=load.pending,
        oldest_pending_seconds=None if load.oldest is None else load.oldest.total_seconds(),
        clustering_failure=None if failure is None else str(failure),
    )
