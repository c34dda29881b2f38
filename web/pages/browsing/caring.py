"""Giving a category to somebody and putting it off, on its own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.errors import InputError, StaleVersion
from web.pages.browsing.care import NOBODY, read_time
from web.pages.browsing.category import show
from web.pages.opening import Opened, PageOf

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=1000)]
Seen = Annotated[str | None, Form(max_length=1000)]
IsSeen = Annotated[bool, Form()]


@router.post("/categories/{category_id}/owner")
def assign(
    page: PageOf, category_id: str, owner: Text = "", other: Text = "", seen: Seen = None, is_seen: IsSeen = False
) -> Response:
    """Give it to somebody: the button that was pressed, or the name that was typed; ``-`` stands for nobody.

    An empty field counts as left out, so ``is_seen`` tells that the former owner was seen, be it nobody.
    """
    if not (owner or other.strip()):
        raise InputError("name who takes care of it")
    name = "" if owner == NOBODY else owner or other
    store, saw = page.parts.knowledge.store, _saw(seen, is_seen)
    return _do(
        page, category_id, lambda: curation.assign(store, page.project, category_id, name, seen=saw, actor=page.actor)
    )


@router.post("/categories/{category_id}/snooze")
def snooze(page: PageOf, category_id: str, until: Text = "", seen: Seen = None, is_seen: IsSeen = False) -> Response:
    """Put it off until a time, or bring it back with ``-``; ``seen`` is what it was put off to, in ISO 8601."""
    at = None if until == NOBODY else read_time(until, page)
    store, saw = page.parts.knowledge.store, _saw(seen, is_seen)
    return _do(
        page, category_id, lambda: curation.snooze(store, page.project, category_id, at, seen=saw, actor=page.actor)
    )


def _saw(seen: str | None, is_seen: bool) -> str | None:
    return (seen or "") if is_seen else None


def _do(page: Opened, category_id: str, act: Callable[[], Done]) -> Response:
    try:
        done = act()
    except StaleVersion as error:
        return show(page, category_id, stale=str(error), status=409)
    return page.go(f"/categories/{done.category.id}", done=done.audit_id)
