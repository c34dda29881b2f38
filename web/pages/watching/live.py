"""What keeps open pages up to date: a stream of what changes, and what people did to what a page shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import solutions
from knowledge_base.store.watching import live
from knowledge_base.types import Solution
from web.guarding.access import read_browser, read_program, read_token
from web.identity.session import Who
from web.live.feed import Connection, LiveFeed, Standing
from web.pages.opening import PageOf
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 5

Number = Annotated[int | None, Query(ge=0, lt=2**62)]


async def _joined(request: Request, parts: PartsOf, project: ProjectOf, who: WhoOf) -> AsyncIterator[Connection]:
    token = read_token(request.headers)
    secret = who.session if token is None else token
    feed: LiveFeed = parts.live

    def look() -> Standing:
        read = read_browser if token is None else read_program
        return _standing(read(parts.knowledge.store, secret), who, project)

    with feed.joined(Connection(who.key, project, look)) as connection:
        yield connection


def _standing(now: Who | None, before: Who, project: str) -> Standing:
    """Say whether somebody may go on: a connection is as good as the role that it was opened with."""
    if now is None:
        return Standing.SIGNED_OUT
    return Standing.GOOD if now.role_in(project) == before.role_in(project) else Standing.CHANGED


@router.get("/events", response_class=EventSourceResponse)
async def follow_events(
    parts: PartsOf,
    connection: Annotated[Connection, Depends(_joined)],
    since: Number = None,
    last_event_id: Annotated[str, Header(max_length=40)] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Tell what changes in a project from now on, or behind the change that a page or a broken stream had seen."""
    resumed = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else None
    async for event in parts.live.follow(connection, since if resumed is None else resumed):
        yield event


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What people did to what a page shows; ``solution`` answers by now for those who asked about a category.

    ``more`` acts are not shown.
    """

    about: str
    acts: tuple[Entry, ...]
    more: int
    solution: Solution | None
    merged_into: str
    at: datetime | None


@router.get("/events/meanwhile")
def show_meanwhile(
    page: PageOf,
    about: Annotated[str, Query(max_length=40)],
    since: Annotated[int, Query(ge=0, lt=2**62)],
    asked: bool = False,
) -> Response:
    """Show what people did to a category or a solution behind the act ``since``; to askers, that there is an answer."""
    with page.parts.knowledge.store.read() as db:
        acts = live.acts_about(db, page.project, about, since)
        merged_into, solution = "", None
        if about.startswith(Prefix.CATEGORY):
            number = categories.resolve_public(db, page.project, about)
            found = categories.get(db, page.project, number)
            merged_into = "" if found.id == about else found.id
            if asked and found.solution_id is not None:
                solution = solutions.get(db, page.project, number_of(Prefix.SOLUTION, found.solution_id))
    shown = Meanwhile(
        about, tuple(acts[:MOST_SHOWN]), len(acts) - MOST_SHOWN, solution, merged_into, acts[0].at if acts else None
    )
    return page.show("live_answer.html" if asked else "live_meanwhile.html", shown)
