"""How full a project is, what waits to be clustered, and how far the windows are."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from ingest.clustering.windowing import read_progress
from knowledge_base.store.intake.load import read_load
from knowledge_base.store.representing import backends
from knowledge_base.types import WindowBy
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
    clustering_failure: str | None = Field(description="What keeps this server from clustering.")
    window_by: WindowBy = Field(description="What closes a window of the clusterer (docs/windows.md).")
    watermark: datetime | None = Field(
        description="How far event time has come; null unless windows are by event time."
    )
    delayed: int = Field(description="Templates that came after their window, within the allowed lateness.")
    late: int = Field(description="Templates that came later than that; they are clustered all the same.")
    window_start: datetime | None = Field(description="When the open window began; null while nothing is in it.")
    window_end: datetime | None = Field(description="When it ends, where windows are by event time.")
    window_templates: int = Field(description="Templates in the open window.")
    backend: str | None = Field(description="Whose vectors questions are answered by; null before the first ones.")
    next_backend: str | None = Field(description="What all is embedded with now, to be switched to (docs/reindex.md).")
    embedded_anew: int = Field(description="Representatives that have a vector of the next one already.")
    reindex_failure: str | None = Field(description="What keeps this server from embedding anew.")


@router.get("/status", summary="Read how full a project is and what waits")
def read_status(parts: PartsOf, project: ProjectOf) -> StatusOut:
    """Read the number of templates beside its limit, and the backlog of the clusterer."""
    with parts.knowledge.store.read() as db:
        now = parts.clock()
        load = read_load(db, project, max_templates=parts.settings.max_templates, now=now)
        windows = read_progress(db, project, parts.settings, now)
        vectors = backends.state(db, project)
        embedded_anew = backends.count_prepared(db, project, vectors.wanted) if vectors.wanted else 0
    fare = parts.background.fare()
    return StatusOut(
        templates=load.templates,
        max_templates=load.max_templates,
        over_limit=load.over_limit,
        pending=load.pending,
        oldest_pending_seconds=None if load.oldest is None else load.oldest.total_seconds(),
        clustering_failure=fare.clustering_of(project),
        window_by=windows.by,
        watermark=windows.watermark,
        delayed=windows.delayed,
        late=windows.late,
        window_start=windows.start,
        window_end=windows.end,
        window_templates=windows.templates,
        backend=vectors.used or None,
        next_backend=vectors.wanted or None,
        embedded_anew=embedded_anew,
        reindex_failure=fare.reindexing,
    )
