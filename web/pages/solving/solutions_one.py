"""One solution: what it says, where it applies, how well it helps, what changed between versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.grouping import category_pages
from knowledge_base.store.grouping.category_pages import Filter, Sort
from knowledge_base.store.solving import solutions
from knowledge_base.types import Category
from web.pages.opening import Opened, PageOf
from web.pages.solving.solutions_giving import Found, Giving
from web.pages.solving.solutions_reading import read_solution_page

FOUND_SHOWN = 8
TEXT_LIMIT = 200

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Query(max_length=20)]


@router.get("/solutions/{solution_id}")
def show_solution(
    page: PageOf,
    solution_id: str,
    left: Annotated[str, Query(alias="from", max_length=20)] = "",
    right: Annotated[str, Query(alias="to", max_length=20)] = "",
    view: Text = "",
    done: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
) -> Response:
    """Show a solution, and two of its versions beside each other."""
    return show(page, solution_id, left=left, right=right, view=view, done=done)


def show(
    page: Opened,
    solution_id: str,
    *,
    left: str = "",
    right: str = "",
    view: str = "",
    done: int | None = None,
    refused: str = "",
    is_stale: bool = False,
    status: int = 200,
) -> Response:
    """Render the page."""
    with page.parts.knowledge.store.read() as db:
        context = read_solution_page(
            db, page, solution_id, left=left, right=right, view=view, done=done, refused=refused, is_stale=is_stale
        )
    return page.show("solution.html", context, status=status)


@router.get("/solutions/{solution_id}/categories")
def find_categories(page: PageOf, solution_id: str, q: Annotated[str, Query()] = "") -> Response:
    """Find categories that a solution may be given to."""
    text = " ".join(q[:TEXT_LIMIT].replace("\x00", " ").split())
    with page.parts.knowledge.store.read() as db:
        solution = solutions.get(db, page.project, number_of(Prefix.SOLUTION, solution_id))
        found: tuple[Category, ...] = ()
        if text:
            condition = Filter(text=text)
            found = category_pages.find_page(
                db, page.project, condition, sort=Sort.COUNT, limit=FOUND_SHOWN + len(solution.category_ids[:50])
            ).items
    others = [each for each in found if each.id not in solution.category_ids][:FOUND_SHOWN]
    rows = tuple(
        Found(each.id, each.label or "", " ".join(each.template.split())[:200], each.solution_id or "")
        for each in others
    )
    return page.show("solution_found.html", Giving(solution, text, rows))
