"""One category: what it is, why its templates are here, how often it comes, what helps, who did what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import categories
from knowledge_base.store.grouping.tombstones import is_evicted
from knowledge_base.types import Category
from web.pages.browsing.category_context import Draft, LabelClash
from web.pages.browsing.category_reading import read_page
from web.pages.browsing.volume import DEFAULT_RANGE, RANGES
from web.pages.opening import Opened, PageOf

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class EvictedPage:
    """What is left of a category that made room for newer ones."""

    category: Category


@router.get("/categories/{category_id}")
def show_category(
    page: PageOf,
    category_id: str,
    range_name: Annotated[str, Query(alias="range")] = DEFAULT_RANGE,
    done: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
    history: Annotated[str, Query(description="`all` shows every act.")] = "",
) -> Response:
    """Show a category; the id of one that was merged leads to where it is now."""
    with page.parts.knowledge.store.read() as db:
        number = categories.resolve_public(db, page.project, category_id)
        current, gone = public_id(Prefix.CATEGORY, number), is_evicted(db, page.project, number)
        category = categories.get(db, page.project, number) if gone else None
    if category is not None:
        return page.show("category_evicted.html", EvictedPage(category))
    if current != category_id:
        return RedirectResponse(page.visit.url(f"/categories/{current}", done=done), 307)
    return show(page, category_id, range_name=range_name, done=done, all_history=history == "all")


def show(
    page: Opened,
    category_id: str,
    *,
    range_name: str = DEFAULT_RANGE,
    done: int | None = None,
    draft: Draft | None = None,
    conflict: str = "",
    refused: str = "",
    clash: LabelClash | None = None,
    stale: str = "",
    all_history: bool = False,
    status: int = 200,
) -> Response:
    """Render the page; with a draft the editor is open."""
    range_name = range_name if range_name in RANGES else DEFAULT_RANGE
    with page.parts.knowledge.store.read() as db:
        context = read_page(
            db,
            page,
            category_id,
            range_name=range_name,
            done=done,
            draft=draft,
            conflict=conflict,
            refused=refused,
            clash=clash,
            stale=stale,
            all_history=all_history,
        )
    return page.show("category.html", context, status=status)
