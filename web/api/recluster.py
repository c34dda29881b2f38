"""Clustering a project anew: what would move, and doing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from ingest.clustering.reclustering import apply_plan, plan_reclustering
from ingest.clustering.reclustering.summary import summarise
from knowledge_base.errors import InputError
from knowledge_base.store import projects
from web.api.models import Shape
from web.project import PartsOf, ProjectOf, WhoOf

MOST_TEMPLATES = 5_000
MOST_SHOWN = 200

router = APIRouter(tags=["curation"])


class ReclusterIn(Shape):
    """Whether to do it, or only to show it."""

    dry_run: Annotated[bool, Field(strict=True, description="Only show what would move.", examples=[True])] = True


class WhyOut(Shape):
    """Why a template would move: how near it is to where it comes to, beside where it was."""

    why: str
    score: float = 0.0
    threshold: float
    runner_up: str | None
    runner_up_score: float
    words: Annotated[list[str], Field(default_factory=list)]


class MoveOut(Shape):
    """A template that would leave its category; ``to`` is null for a new one."""

    template_id: str
    text: str
    source: str
    to: str | None
    lines: int
    why: WhyOut


class MergedOut(Shape):
    """Categories that would become part of another one, whole."""

    into: str | None
    merged: list[str]
    lines: int


class DividedOut(Shape):
    """A category whose templates would come to several ones; null stands for a new one."""

    category_id: str
    into: list[str | None]
    lines: int


class AppliedOut(Shape):
    """What was done; ``audit_id`` is what ``POST /undo`` takes."""

    audit_id: int | None
    templates: int
    merged: int
    created: int
    skipped: list[str] = Field(description="What people changed meanwhile, and so was left alone.")
    skipped_templates: int


class ReclusterOut(Shape):
    """What would change, the largest first; ``done`` is null for a dry run."""

    categories_before: int
    categories_after: int
    templates: int
    moved_templates: int
    moved_lines: int
    new_categories: int
    merges: int
    splits: int
    moves: list[MoveOut]
    merged: list[MergedOut]
    split: list[DividedOut]
    done: AppliedOut | None = None


@router.post("/recluster", summary="Cluster the project anew")
def recluster(parts: PartsOf, project: ProjectOf, who: WhoOf, wanted: ReclusterIn) -> ReclusterOut:
    """Cluster all templates anew under what people said; labelled categories are neither merged nor split.

    For projects of up to 5,000 templates; `kea recluster` takes any.
    """
    knowledge = parts.knowledge
    with knowledge.store.read() as db:
        projects.require_project(db, project)
        held = projects.living_templates(db, project)
    if held > MOST_TEMPLATES:
        raise InputError(f"the project has {held:,} templates; above {MOST_TEMPLATES:,} use `kea recluster`")
    with plan_reclustering(knowledge, project) as plan:
        told = summarise(plan, knowledge.settings.group_threshold, most=MOST_SHOWN)
        shown = ReclusterOut.model_validate(told)
        if not wanted.dry_run:
            shown.done = AppliedOut.model_validate(apply_plan(knowledge, plan, actor=who.name))
    return shown
