"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from knowledge_base.store.projects import list_projects
from web.project import PartsOf

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The state of the process."""

    status: str = "ok"


@router.get("/healthz", summary="The process lives")
def healthz() -> Alive:
    """Say so; nothing is asked."""
    return Alive()


@router.get("/readyz", summary="Requests can be answered")
def readyz(parts: PartsOf) -> Alive:
    """Ask the database; 503 where it cannot be used."""
    with parts.knowledge.store.read() as db:
        list_projects(db)
    return Alive()
