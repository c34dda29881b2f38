"""Which project a request is about.

What does not wait is a coroutine here: FastAPI would take it to another thread otherwise, which costs more than it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query, Request
from starlette.concurrency import run_in_threadpool

from knowledge_base.errors import NotFound
from knowledge_base.store.projects import require_project
from knowledge_base.store.store import Store
from knowledge_base.types import DEFAULT_PROJECT
from web.identity.session import Who
from web.parts import Parts, parts_of

HEADER = "Kea-Project"


async def who_of(request: Request) -> Who:
    """Tell who is asking; the guard has seen to it that there is somebody."""
    who: Who = request.state.who
    return who


def named_project(request: Request, who: Who | None) -> str:
    """Tell which project a request names, in the address or in a header; else the one that is meant by itself."""
    named = request.query_params.get("project") or request.headers.get("kea-project")
    return named or (DEFAULT_PROJECT if who is None else who.home)


async def chosen_project(
    parts: Annotated[Parts, Depends(parts_of)],
    who: Annotated[Who, Depends(who_of)],
    project: Annotated[str | None, Query(description="Project; `default` unless given.")] = None,
    kea_project: Annotated[str | None, Header(description="The same, for clients that set it once.")] = None,
) -> str:
    """Choose the project that a request names, in the address or in a header.

    Raises NotFound where there is none of that name, or none for whoever asks.
    """
    chosen = project or kea_project or who.home
    if who.role_in(chosen) is None:
        raise NotFound(f"there is no project {chosen[:80]!r}")
    if who.project is None:
        await run_in_threadpool(_require, parts.knowledge.store, chosen)
    return chosen


def _require(store: Store, project: str) -> None:
    with store.read() as db:
        require_project(db, project)


PartsOf = Annotated[Parts, Depends(parts_of)]
ProjectOf = Annotated[str, Depends(chosen_project)]
WhoOf = Annotated[Who, Depends(who_of)]
