"""What a raw line is known as."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from web.api.models import CategoryOut, Shape, TemplateOut
from web.project import PartsOf, ProjectOf

TEXT_LIMIT = 500_000

router = APIRouter(tags=["logs"])


class LookupIn(Shape):
    """A raw line, or an event of several lines."""

    text: Annotated[str, Field(max_length=TEXT_LIMIT, examples=["2026-11-23 10:00:01 ERROR disk /data1 is full"])]


class SignatureOut(Shape):
    """The line without its variables."""

    template: str
    fingerprint: str
    version: str


class LookupOut(Shape):
    """What the line is known as; null where its fingerprint was never seen."""

    signature: SignatureOut
    template: TemplateOut | None
    category: CategoryOut | None


@router.post("/lookup", summary="Look a raw line up")
def lookup(parts: PartsOf, project: ProjectOf, line: LookupIn) -> LookupOut:
    """Tell the template and category of a line by its fingerprint alone; nothing is kept or guessed."""
    return LookupOut.model_validate(parts.knowledge.lookup(project, line.text))
