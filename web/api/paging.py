"""Pages of lists: a cursor in the answer, and the next page's address in the ``Link`` header (RFC 8288)."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from fastapi import Query, Request, Response
from pydantic import BaseModel

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=200, description="Entries in a page at most.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`cursor` of the page before.")]


class PageOut(BaseModel, Generic[Item]):
    """One page; ``cursor`` is null on the last."""

    items: list[Item]
    cursor: str | None


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Name the next page, keeping every other parameter of this one."""
    if cursor is not None:
        url = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
