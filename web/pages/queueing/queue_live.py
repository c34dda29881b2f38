"""Rows of the queue that others changed, for a list that is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from knowledge_base.store.wanted import queue
from knowledge_base.store.wanted.queue import QueueState, Summary
from web.live.told import MOST_ROWS
from web.pages.opening import PageOf
from web.pages.queueing.queue_answer import numbers_of
from web.pages.queueing.queue_context import QueueRows
from web.pages.queueing.queue_reading import read_rows
from web.pages.queueing.queue_wanted import Shown, read_shown

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class LiveRows:
    """Those of the named categories that the filters let through, and the counts."""

    part: QueueRows
    summary: Summary
    states: dict[QueueState, int]


@router.get("/queue/rows")
def show_rows(
    page: PageOf,
    shown: Annotated[Shown, read_shown()],
    ids: Annotated[str, Query(max_length=20 * MOST_ROWS)] = "",
) -> Response:
    """Show some categories as rows of the list, where the filters let them through; ids are separated by commas."""
    numbers = tuple(numbers_of(ids.split(",")))
    now = page.parts.clock()
    only = replace(shown, wanted=replace(shown.wanted, only=numbers))
    with page.parts.knowledge.store.read() as db:
        part = read_rows(db, page, only, None, limit=max(1, len(numbers)))
        summary = queue.summarise(db, page.project, shown.wanted, now=now)
        states = queue.count_states(db, page.project, now=now)
    return page.show("queue_live.html", LiveRows(part, summary, states))
