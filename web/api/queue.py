"""The queue for programs: what waits for an engineer, who takes care of it, and what is put off."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from knowledge_base import curation
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.wanted import queue, queue_details
from knowledge_base.store.wanted.queue import QueueOrder, QueueState, SeenWithin, Waiting, Wanted
from knowledge_base.store.wanted.queue_details import Details
from web.api.curation import DoneOut
from web.api.models import Shape
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(tags=["queue"])


class WaitingOut(Shape):
    """A category in the queue."""

    id: str = Field(examples=["KE-12"])
    label: str | None = Field(examples=["Table not found"])
    template: str = Field(examples=["Table not found - table <table>"], description="The beginning of its oldest one.")
    services: list[str] = Field(examples=[["spark-etl"]])
    people: int = Field(examples=[4], description="Who asked within 30 days.")
    seen: int = Field(examples=[180], description="Lines within 7 days.")
    seen_today: int = Field(examples=[40], description="Those of the last 24 hours.")
    is_growing: bool
    owner: str = Field(examples=["Lin Wei"], description="Empty where nobody takes care of it.")
    snoozed_until: datetime | None
    near: str | None = Field(examples=["KE-3"], description="The other category of the best proposal.")
    near_score: float | None = Field(examples=[0.86])

    @classmethod
    def of(cls, each: Waiting, details: Details) -> WaitingOut:
        """Show a row of the queue."""
        hint = details.hint
        return cls(
            id=each.id,
            label=each.label,
            template=details.template,
            services=list(details.services),
            people=each.people,
            seen=each.seen,
            seen_today=each.day,
            is_growing=each.is_growing,
            owner=each.owner,
            snoozed_until=each.snoozed_until,
            near=public_id(Prefix.CATEGORY, hint.other.number) if hint and hint.other else None,
            near_score=round(hint.score, 4) if hint else None,
        )


class OwnerIn(Shape):
    """Who shall take care of a category."""

    owner: Annotated[str, Field(max_length=200, examples=["Lin Wei"], description="Empty takes the owner away.")]


class SnoozeIn(Shape):
    """Until when a category is put off."""

    until: Annotated[
        AwareDatetime | None,
        Field(examples=["2026-12-01T08:00:00Z"], description="A year ahead at most; null brings it back."),
    ]


@router.get("/queue", summary="List what waits for an engineer")
def list_queue(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    state: Annotated[QueueState, Query()] = QueueState.UNLABELLED,
    order: Annotated[QueueOrder, Query()] = QueueOrder.DEMAND,
    seen: Annotated[SeenWithin, Query(description="Only what was seen in that time.")] = SeenWithin.ANY,
    service: Annotated[str, Query(max_length=200)] = "",
    owner: Annotated[str, Query(max_length=200)] = "",
    q: Annotated[str, Query(max_length=200, description="Words of templates or labels, or an id.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[WaitingOut]:
    """List categories, most wanted first unless another order is chosen; put off ones are in `snoozed` and `all`."""
    wanted = Wanted(state=state, seen=seen, service=service, owner=owner, text=" ".join(q.split()))
    now = parts.clock()
    with parts.knowledge.store.read() as db:
        found, following = queue.list_queue(db, project, wanted, now=now, order=order, limit=limit, cursor=cursor)
        details = queue_details.read_details(db, project, [each.number for each in found], now)
    link_next(request, response, following)
    return PageOut(items=[WaitingOut.of(each, details[each.number]) for each in found], cursor=following)


@router.put("/categories/{category_id}/owner", summary="Assign a category")
def assign_category(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, to: OwnerIn) -> DoneOut:
    """Make somebody the owner of a category."""
    return DoneOut.of(curation.assign(parts.knowledge.store, project, category_id, to.owner, actor=who.name))


@router.put("/categories/{category_id}/snooze", summary="Put a category off")
def snooze_category(parts: PartsOf, project: ProjectOf, who: WhoOf, category_id: str, snooze: SnoozeIn) -> DoneOut:
    """Take a category out of the queue until a time; it comes back by itself."""
    return DoneOut.of(curation.snooze(parts.knowledge.store, project, category_id, snooze.until, actor=who.name))
