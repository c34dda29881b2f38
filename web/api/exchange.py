"""A project's data: all of it out and in, its solutions as a table, and what a person asked forgotten."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import StreamingResponse

from assistant.retention import forget_person
from knowledge_base.errors import UnreadableInput
from knowledge_base.exchange.tabulating import solutions_csv
from knowledge_base.exchange.writing import export_lines
from web.api.models import Shape
from web.exchanging import receive
from web.project import PartsOf, ProjectOf, WhoOf

NDJSON = "application/x-ndjson"
IN_MEMORY = 1_000_000

router = APIRouter(prefix="/data", tags=["data"])

EXAMPLE = '{"type": "solution", "id": "S-1", "title": "The disk is full", "cause": "", "body": "Add a disk."}'


class ReceivedOut(Shape):
    """What came in. Where ``is_exact`` is false the knowledge was merged into what was there."""

    rows: int = Field(examples=[1200], description="Rows that were read.")
    is_exact: bool = Field(description="Whether the project is now exactly what was exported, ids included.")
    categories: int = Field(examples=[40], description="Merged categories.")
    solutions: int = Field(examples=[12], description="Merged solutions.")
    links: int = Field(examples=[14], description="Categories that got a solution.")
    left_out: int = Field(examples=[3], description="Rows that were known already or are worked out anew.")


class ForgetIn(Shape):
    """Whom to forget."""

    person: str = Field(min_length=1, max_length=200, examples=["U024BE7LH"], description="As the questions name them.")


class ForgottenOut(Shape):
    """How much was forgotten."""

    questions: int = Field(examples=[7])


async def body_of(request: Request) -> AsyncIterator[BinaryIO]:
    """Take the body into a temporary file, which is closed with the request."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async for chunk in request.stream():
            file.write(chunk)
        yield file  # type: ignore[misc]


@router.get(
    "/export",
    summary="Export a project",
    response_class=StreamingResponse,
    responses={
        200: {"description": "JSON lines (docs/export.md)", "content": {NDJSON: {"schema": {"type": "string"}}}}
    },
)
def export(parts: PartsOf, project: ProjectOf) -> StreamingResponse:
    """Give all of a project as JSON lines, as it was when the answer began."""
    return _streamed(export_lines(parts.knowledge.store, [project]), NDJSON)


@router.get(
    "/solutions.csv",
    summary="Export the solutions as CSV",
    response_class=StreamingResponse,
    responses={200: {"description": "CSV (RFC 4180)", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def table(parts: PartsOf, project: ProjectOf) -> StreamingResponse:
    """Give the newest versions of all solutions and drafts as a table."""
    return _streamed(solutions_csv(parts.knowledge.store, project), "text/csv")


@router.post(
    "/import",
    summary="Import into a project",
    openapi_extra={
        "requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}, "example": EXAMPLE}}}
    },
)
def import_(parts: PartsOf, project: ProjectOf, who: WhoOf, body: Annotated[BinaryIO, Depends(body_of)]) -> ReceivedOut:
    """Import an export, all of it or nothing; into an empty project it comes exactly as it was."""
    done = receive(
        parts.knowledge.store,
        body,
        name="the body",
        project=project,
        actor=who.name,
        tick=lambda _done, _total: None,
    )
    if not done.rows:
        raise UnreadableInput("the body holds no row; nothing was imported")
    parts.background.clusterer.notify()
    merged = done.merged
    return ReceivedOut(
        rows=done.rows,
        is_exact=merged is None,
        categories=merged.categories if merged else 0,
        solutions=merged.solutions if merged else 0,
        links=merged.links if merged else 0,
        left_out=merged.left_out if merged else 0,
    )


@router.post("/forget", summary="Forget a person")
def forget(parts: PartsOf, project: ProjectOf, who: WhoOf, wanted: ForgetIn) -> ForgottenOut:
    """Take words and name out of what a person asked; counts stay. It cannot be undone."""
    return ForgottenOut(questions=forget_person(parts.knowledge.store, project, wanted.person, actor=who.name))


def _streamed(lines: Iterator[str], kind: str) -> StreamingResponse:
    return StreamingResponse(lines, media_type=kind)
