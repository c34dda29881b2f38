"""Saving what the queue shows under a name, for oneself or for everybody in the project."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base.curation import view_changes
from web.pages.opening import PageOf
from web.pages.queueing.queue_wanted import read_address

router = APIRouter(include_in_schema=False)


@router.post("/queue/views")
def save_view(
    page: PageOf,
    name: Annotated[str, Form(max_length=400)] = "",
    address: Annotated[str, Form(max_length=4000)] = "",
    shared: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a view; one of the same name is replaced, which the list tells with its undo."""
    # Only what the queue understands is kept, in its own spelling: a view is an address that others will open.
    shown = read_address(address)
    store = page.parts.knowledge.store
    _, done = view_changes.save_view(store, page.project, name, address=shown.query, is_shared=shared, actor=page.actor)
    return page.go("/queue", **dict(shown.parameters()), **({} if done is None else {"done": done}))


@router.post("/queue/views/{view_id}/delete")
def delete_view(page: PageOf, view_id: int, address: Annotated[str, Form(max_length=4000)] = "") -> Response:
    """Delete a view of one's own."""
    done = view_changes.delete_view(page.parts.knowledge.store, page.project, view_id, actor=page.actor)
    return page.go("/queue", **dict(read_address(address).parameters()), done=done)


@router.post("/queue/views/undo/{audit_id}")
def restore_view(page: PageOf, audit_id: int) -> Response:
    """Bring a view back that was deleted or replaced."""
    back = view_changes.restore_view(page.parts.knowledge.store, page.project, audit_id, actor=page.actor)
    return page.go("/queue", **dict(read_address(back.address).parameters()))
