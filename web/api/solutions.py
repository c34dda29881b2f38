"""Solutions: versioned, linked to any number of categories."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.solving import solution_health, solutions
from knowledge_base.store.solving.solution_health import Health
from knowledge_base.types import SolutionState
from web.api import writing
from web.api.models import Shape, SolutionIn, SolutionOut
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(prefix="/solutions", tags=["solutions"])


class NewSolutionIn(SolutionIn):
    """A solution and the categories that it helps with."""

    category_ids: Annotated[
        list[Annotated[str, Field(examples=["KE-12"])]], Field(max_length=200, default_factory=list)
    ]


class RevisionIn(SolutionIn):
    """The next version; ``based_on`` is the one that you saw."""

    based_on: Annotated[int, Field(ge=1, lt=2**62, strict=True, examples=[1])]


class HealthOut(Shape):
    """How well a published solution helps; ``change`` is that of the lines in percent, null until it can be told."""

    mark: Health
    helpful: int
    not_helpful: int
    recent_helpful: int = Field(description="Of answers with the newest version.")
    recent_not_helpful: int
    before: int = Field(description="Lines in the week before the newest version was published.")
    after: int = Field(description="Lines in the last seven days.")
    change: int | None


@router.get("", summary="List solutions")
def list_solutions(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[SolutionState | None, Query(description="Only drafts, or only what is published.")] = None,
) -> PageOut[SolutionOut]:
    """List the newest versions in the order in which the solutions were made."""
    with parts.knowledge.store.read() as db:
        found = solutions.list_all(db, project, after=_after(cursor), limit=limit + 1, state=state)
    following = found[limit - 1].id if len(found) > limit else None
    link_next(request, response, following)
    return PageOut(items=[SolutionOut.of(each) for each in found[:limit]], cursor=following)


def _after(cursor: str | None) -> int:
    try:
        return 0 if cursor is None else number_of(Prefix.SOLUTION, cursor)
    except NotFound:
        raise InputError("the cursor is not one that this list gave; start from the first page") from None


@router.post("", summary="Write a solution", status_code=201)
def create_solution(
    response: Response, parts: PartsOf, project: ProjectOf, who: WhoOf, words: NewSolutionIn
) -> SolutionOut:
    """Keep a new solution and attach it to categories, in place of the ones that they have."""
    text = words.text()
    made = writing.create(parts.knowledge.store, project, text, words.category_ids, actor=who.name)
    response.headers["Location"] = f"/api/v1/solutions/{made.id}"
    return SolutionOut.of(made)


@router.get("/{solution_id}", summary="Read a solution")
def read_solution(parts: PartsOf, project: ProjectOf, solution_id: str) -> SolutionOut:
    """Read the newest version."""
    with parts.knowledge.store.read() as db:
        return SolutionOut.of(solutions.get(db, project, number_of(Prefix.SOLUTION, solution_id)))


@router.put("/{solution_id}", summary="Revise a solution")
def revise_solution(parts: PartsOf, project: ProjectOf, who: WhoOf, solution_id: str, words: RevisionIn) -> SolutionOut:
    """Add a version, for every category that it is attached to; 409 where somebody saved meanwhile."""
    text = words.text()
    done = writing.revise(parts.knowledge.store, project, solution_id, text, based_on=words.based_on, actor=who.name)
    return SolutionOut.of(done)


@router.get("/{solution_id}/versions", summary="Read a solution's versions")
def read_versions(parts: PartsOf, project: ProjectOf, solution_id: str) -> list[SolutionOut]:
    """Read all versions, newest first."""
    number = number_of(Prefix.SOLUTION, solution_id)
    with parts.knowledge.store.read() as db:
        solutions.get(db, project, number)
        return [SolutionOut.of(each) for each in solutions.history(db, project, number)]


@router.get(
    "/{solution_id}/health",
    summary="Tell how well a solution helps",
    responses={409: {"description": "It is a draft"}},
)
def read_health(parts: PartsOf, project: ProjectOf, solution_id: str) -> HealthOut:
    """Tell what people said of it and what became of its categories' lines; 409 for a draft, which nobody gets."""
    number = number_of(Prefix.SOLUTION, solution_id)
    with parts.knowledge.store.read() as db:
        if solutions.get(db, project, number).state is SolutionState.DRAFT:
            raise Conflict(f"{solution_id} is a draft, which nobody gets; publish it first")
        measured = solution_health.measure_one(db, project, number, parts.clock())
    return HealthOut.model_validate(measured)
