"""What Kea sent to chats and tickets, and what needs somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from knowledge_base.errors import InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.outbox import OutgoingDelivery
from web.api.models import Shape
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf

router = APIRouter(prefix="/deliveries", tags=["deliveries"])

State = Literal["waiting", "sending", "sent", "dead", "doubtful", "uncertain", "withdrawn", "dismissed"]


class DeliveryOut(Shape):
    """One reply on its way. Where it goes is told by its question; addresses may hold secrets and stay inside."""

    id: str = Field(examples=["D-12"])
    channel: str = Field(examples=["slack"])
    kind: str = Field(description="reply; later: the answer to a question that had none; handover: a person is wanted.")
    state: State
    headline: str
    question_id: str | None = Field(examples=["Q-3"])
    attempts: int
    error: str = Field(description="Why it is not there.")
    created_at: datetime
    next_at: datetime = Field(description="When it is tried next, where it waits.")
    sent_at: datetime | None

    @classmethod
    def of(cls, delivery: OutgoingDelivery) -> DeliveryOut:
        """Show a delivery."""
        question = delivery.question
        return cls(
            id=delivery.public_id,
            channel=delivery.channel,
            kind=delivery.kind,
            state=delivery.state,
            headline=str(delivery.payload.get("headline", "")),
            question_id=None if question is None else public_id(Prefix.QUESTION, question),
            attempts=delivery.attempts,
            error=delivery.error,
            created_at=delivery.created_at,
            next_at=delivery.next_at,
            sent_at=delivery.sent_at,
        )


@router.get("", summary="List deliveries")
def list_deliveries(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    state: Annotated[list[State] | None, Query(description="Only these; all unless given.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[DeliveryOut]:
    """List them, newest first."""
    with parts.knowledge.store.read() as db:
        found = outbox.list_deliveries(db, project, states=tuple(state or ()), limit=limit + 1, before=_before(cursor))
    following = found[limit - 1].public_id if len(found) > limit else None
    link_next(request, response, following)
    return PageOut(items=[DeliveryOut.of(each) for each in found[:limit]], cursor=following)


def _before(cursor: str | None) -> int | None:
    try:
        return None if cursor is None else number_of(Prefix.DELIVERY, cursor)
    except NotFound:
        raise InputError("the cursor is not one that this list gave; start from the first page") from None


@router.get("/{delivery_id}", summary="Read a delivery")
def read_delivery(parts: PartsOf, project: ProjectOf, delivery_id: str) -> DeliveryOut:
    """Read one."""
    with parts.knowledge.store.read() as db:
        return DeliveryOut.of(outbox.get(db, project, delivery_id))


@router.post("/{delivery_id}/resend", summary="Send a delivery again")
def resend_delivery(parts: PartsOf, project: ProjectOf, delivery_id: str) -> DeliveryOut:
    """Queue a dead, uncertain or dismissed delivery anew; 409 for any other."""
    with parts.knowledge.store.write() as db:
        sent = outbox.resend(db, project, delivery_id, parts.clock())
    parts.desk.notify()
    return DeliveryOut.of(sent)


@router.post("/{delivery_id}/dismiss", summary="Dismiss a delivery")
def dismiss_delivery(parts: PartsOf, project: ProjectOf, delivery_id: str) -> DeliveryOut:
    """Take a dead or uncertain delivery off the list of those that need somebody; 409 for any other."""
    with parts.knowledge.store.write() as db:
        return DeliveryOut.of(outbox.dismiss(db, project, delivery_id))
