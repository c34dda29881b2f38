"""Which project a request is about."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query, Request

from knowledge_base.errors import NotFound
from knowledge_base.store.projects import require_project
from knowledge_base.types import DEFAULT_PROJECT
from web.parts import Parts, parts_of
from web.session import Who

HEADER = "Kea-Project"


def who_of(request: Request) -> Who:
    """Tell who is asking; the guard has seen to it that there is somebody."""
    who: Who = request.state.who
    return who


def chosen_project(
    request: Request,
    parts: Annotated[Parts, Depends(parts_of)],
    project: Annotated[str | None, Query(description="Project; `default` unless given.")] = None,
    kea_project: Annotated[str | None, Header(description="The same, for clients that set it once.")] = None,
) -> str:
    """Choose the project that a request names, in the address or in a header.

    Raises NotFound where there is none of that name, or where the token is good for another one.
    """
    own = who_of(request).project
    chosen = project or kea_project or own or DEFAULT_PROJECT
    if own is not None and chosen != own:
        raise NotFound(f"there is no project {chosen[:80]!r}")
    with parts.knowledge.store.read() as db:
        require_project(db, chosen)
    return chosen


PartsOf = Annotated[Parts, Depends(parts_of)]
ProjectOf = Annotated[str, Depends(chosen_project)]
WhoOf = Annotated[Who, Depends(who_of)]
