"""The queue: what waits for an engineer, most wanted first, and everything that is done there without leaving it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from web.pages.opening import Opened, PageOf
from web.pages.queueing.queue_preview import read_preview
from web.pages.queueing.queue_reading import read_acted, read_queue, read_rows
from web.pages.queueing.queue_wanted import Shown, read_shown

MOST_DONE = 2000
router = APIRouter(include_in_schema=False)


@router.get("/queue")
def show_queue(
    page: PageOf,
    shown: Annotated[Shown, read_shown()],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    done: Annotated[str, Query(max_length=MOST_DONE)] = "",
) -> Response:
    """Show the queue; to the scripts its list, or the rows behind a cursor."""
    if cursor is not None and page.visit.fragment:
        with page.parts.knowledge.store.read() as db:
            return page.show("queue_rows.html", read_rows(db, page, shown, cursor))
    return show(page, shown, cursor=cursor, done=done)


@router.get("/queue/preview/{category_id}")
def show_preview(page: PageOf, category_id: str) -> Response:
    """Show what a category is, beside the list."""
    with page.parts.knowledge.store.read() as db:
        return page.show("queue_preview.html", read_preview(db, page, category_id))


def show(page: Opened, shown: Shown, *, cursor: str | None = None, done: str = "") -> Response:
    """Render the page, or its list; a cursor shows the rows behind it, for those without scripts."""
    with page.parts.knowledge.store.read() as db:
        acted = read_acted(db, page.project, numbers_in(done)) if done else None
        context = read_queue(db, page, shown, acted, cursor)
    return page.show("queue_list.html" if page.visit.fragment else "queue.html", context)


def numbers_in(written: str) -> list[int]:
    """Read the numbers of acts as forms and addresses carry them; what is none is left out."""
    parts = (each.strip() for each in written.split(","))
    return [int(each) for each in parts if each.isascii() and each.isdigit() and 0 < len(each) < 18]
