"""Projects: a product or a team, each with data of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from knowledge_base.store import projects
from web.api.models import Shape
from web.project import PartsOf, WhoOf

router = APIRouter(prefix="/projects", tags=["projects"])


class ProjectShape(Shape):
    """A project."""

    name: Annotated[str, Field(max_length=64, examples=["data-platform"])]


@router.get("", summary="List projects")
def list_projects(parts: PartsOf, who: WhoOf) -> list[ProjectShape]:
    """List the projects that you may use; a token sees its own."""
    with parts.knowledge.store.read() as db:
        names = projects.list_projects(db)
    return [ProjectShape(name=name) for name in names if who.role_in(name) is not None]


@router.post("", summary="Make a project", status_code=201)
def make_project(parts: PartsOf, project: ProjectShape) -> ProjectShape:
    """Make a project; nothing happens where it is there already."""
    with parts.knowledge.store.write() as db:
        projects.ensure_project(db, project.name, parts.clock())
    return project
