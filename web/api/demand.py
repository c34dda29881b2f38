"""What people want solved, most wanted first: where engineers begin."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from knowledge_base.store.wanted import demand
from knowledge_base.store.wanted.demand import Wanted
from knowledge_base.store.wanted.demand_values import Demand, DemandKind
from web.api.models import Shape
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf

router = APIRouter(prefix="/demand", tags=["demand"])


class DemandOut(Shape):
    """A category without a solution, or the newest of the unknown questions that say the same."""

    kind: DemandKind
    id: str = Field(examples=["KE-12"], description="The category, or the newest of the questions.")
    score: float = Field(examples=[38.2], description="(1 + people) × log2(2 + seen) × growth.")
    people: int = Field(examples=[4], description="Who asked within 30 days.")
    seen: int = Field(examples=[180], description="Lines within 7 days; of questions, how often they were asked.")
    seen_today: int = Field(examples=[40], description="Those of the last 24 hours.")
    growth: float = Field(examples=[1.5], description="The last day beside the six before it, 0.5 to 4.")
    handed_over: int = Field(examples=[1], description="Questions that wait for a person.")
    asked_at: datetime | None = Field(description="When it was asked last, within 30 days.")
    label: str | None = Field(examples=["Table not found"])
    text: str = Field(examples=["Table not found - table <table>"], description="A template, or the scrubbed question.")
    services: list[str] = Field(examples=[["spark-etl"]], description="Where a category's lines come from.")

    @classmethod
    def of(cls, entry: Demand) -> DemandOut:
        """Show an entry of the queue."""
        counted = entry.counted
        return cls(
            kind=entry.kind,
            id=entry.id,
            score=round(entry.score, 3),
            people=counted.people,
            seen=counted.seen,
            seen_today=counted.day,
            growth=round(entry.growth, 3),
            handed_over=counted.handed_over,
            asked_at=counted.asked_at,
            label=entry.label,
            text=entry.text,
            services=list(entry.services),
        )


@router.get("", summary="List what is wanted most")
def list_demand(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    kind: Annotated[list[DemandKind] | None, Query(description="Only these; both unless given.")] = None,
    service: Annotated[str, Query(max_length=200, description="Only categories with lines of this service.")] = "",
    asked: Annotated[
        int | None, Query(ge=1, le=24 * 30, description="Only what was asked about in so many hours.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[DemandOut]:
    """List categories without a solution, and unknown questions by what they say; most wanted first.

    Questions and acts count within seconds, lines within minutes.
    """
    after = None if cursor is None else demand.read_place(cursor)
    since = None if asked is None else parts.clock() - timedelta(hours=asked)
    wanted = Wanted(tuple(kind or ()), service.replace("\x00", ""), since)
    with parts.knowledge.store.read() as db:
        found = demand.list_demand(db, project, wanted, limit=limit + 1, after=after)
    following = demand.write_place(found[limit - 1]) if len(found) > limit else None
    link_next(request, response, following)
    return PageOut(items=[DemandOut.of(each) for each in found[:limit]], cursor=following)
