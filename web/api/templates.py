"""One template by its id, as enriched records name it."""

from __future__ import annotations

from fastapi import APIRouter

from knowledge_base.store.grouping import template_reading
from web.api.models import TemplateOut
from web.project import PartsOf, ProjectOf

router = APIRouter(prefix="/templates", tags=["categories"])


@router.get("/{template_id}", summary="Read a template")
def read_template(parts: PartsOf, project: ProjectOf, template_id: str) -> TemplateOut:
    """Read a template and the category that it is in now; of one that was evicted, when that was."""
    with parts.knowledge.store.read() as db:
        return TemplateOut.model_validate(template_reading.get_template(db, project, template_id))
