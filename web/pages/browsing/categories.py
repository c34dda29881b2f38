"""The list of categories: searched, filtered, sorted, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.grouping import categories, category_pages, category_sums
from knowledge_base.store.grouping.category_pages import Filter, Sort
from knowledge_base.store.grouping.category_view import Status
from knowledge_base.store.intake import counts
from knowledge_base.store.intake.load import Load, read_load
from knowledge_base.types import Category
from web.drawing.sparkline import Spark, spark
from web.pages.browsing.wanted import CHIPS, SEEN, UNSOLVED, Wanted, read_wanted
from web.pages.opening import Opened, PageOf
from web.showing.segments import Segment, template_segments
from web.showing.visit import Visit

PAGE_SIZE = 30
SPARK_STEPS = {"24h": 24, "7d": 28, "14d": 28}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One category in the list."""

    category: Category
    template: tuple[Segment, ...]
    spark: Spark
    spark_summary: Markup


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """What is left to do in the project; shown where the list holds all of it."""

    unlabelled: int
    unsolved: int


@dataclass(frozen=True, slots=True)
class CategoriesPage:
    """The whole list, or the part that is swapped; ``backlog`` is there when more waits than a window takes."""

    wanted: Wanted
    rows: tuple[Row, ...]
    total: int
    counts: StatusCounts
    statuses: tuple[tuple[str, Markup, int], ...]
    seens: tuple[tuple[str, Markup], ...]
    seen_shown: Markup
    services: tuple[str, ...]
    sorts: tuple[tuple[str, Markup], ...]
    sort_shown: Markup
    spark_shown: Markup
    following: str | None
    backlog: Load | None

    def address(self, visit: Visit, **changed: str) -> str:
        """Write the address of the list with some filters changed, from its first page on."""
        return visit.url("/", **(dict(self.wanted.parameters()) | changed))


@router.get("/")
def show_categories(
    page: PageOf,
    wanted: Annotated[Wanted, read_wanted()],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show the list, or its part for the script that swaps it."""
    context = _load(page, wanted, cursor)
    return page.show("categories_list.html" if page.visit.fragment else "categories.html", context)


def _load(page: Opened, wanted: Wanted, cursor: str | None) -> CategoriesPage:
    _ = page.visit.formats.translator.text
    since = page.parts.clock() - SEEN[wanted.seen] if wanted.seen else None
    condition = Filter(
        text=wanted.text,
        status=Status(wanted.status) if wanted.status and wanted.status != UNSOLVED else None,
        service=wanted.service,
        seen_since=since,
        unsolved=wanted.status == UNSOLVED,
    )
    with page.parts.knowledge.store.read() as db:
        found = category_pages.find_page(
            db, page.project, condition, sort=Sort(wanted.sort), limit=PAGE_SIZE, cursor=cursor
        )
        by_status = category_pages.status_counts(db, page.project)
        services = category_pages.services(db, page.project)
        load = read_load(db, page.project, max_templates=page.parts.settings.max_templates, now=page.parts.clock())
        rows = tuple(_rows(db, page, found.items, wanted.seen or "14d"))
    in_chip = {status.value: count for status, count in by_status.items()}
    in_chip[UNSOLVED] = sum(by_status[each] for each in category_pages.UNSOLVED)
    seens = (("", _("any time")), ("24h", _("24 h")), ("7d", _("7 d")), ("14d", _("14 d")))
    sorts = (
        (Sort.COUNT.value, _("Seen")),
        (Sort.ASKED.value, _("Asked")),
        (Sort.LAST_SEEN.value, _("Last seen")),
        (Sort.FIRST_SEEN.value, _("Newest")),
    )
    following = page.visit.url("/", **(dict(wanted.parameters()) | {"cursor": found.cursor})) if found.cursor else None
    return CategoriesPage(
        wanted=wanted,
        rows=rows,
        total=found.total,
        counts=StatusCounts(by_status[Status.UNLABELLED], in_chip[UNSOLVED]),
        statuses=tuple((chip, _(_CHIP_NAMES[chip]), in_chip[chip]) for chip in CHIPS),
        seens=seens,
        seen_shown=dict(seens)[wanted.seen],
        services=tuple(services),
        sorts=sorts,
        sort_shown=dict(sorts)[wanted.sort],
        spark_shown=dict(seens)[wanted.seen or "14d"],
        following=following,
        backlog=load if load.pending > page.parts.settings.window_size else None,
    )


_CHIP_NAMES = {
    Status.UNLABELLED.value: "Unlabelled",
    UNSOLVED: "No solution",
    Status.ANSWERED.value: "Solved",
    Status.IGNORED.value: "Ignored",
}


def _rows(db: Connection, page: Opened, found: tuple[Category, ...], seen: str) -> Iterator[Row]:
    span, steps = SEEN[seen], SPARK_STEPS[seen]
    step = span / steps
    end = _next_step(page, step)
    numbers = [number_of(Prefix.CATEGORY, each.id) for each in found]
    is_kept = category_sums.are_kept(db, page.project)
    hours = category_sums.kept_hours(db, page.project, numbers) if is_kept else {}
    for each, number in zip(found, numbers, strict=True):
        if number in hours:
            values = category_sums.steps_of(hours[number], start=end - span, end=end, step=step)
        else:
            templates = categories.templates_of(db, page.project, number)
            values = counts.series(db, page.project, templates, start=end - span, end=end, step=step)
        summary = page.visit.formats.translator.text(
            "%(n)s lines, at most %(most)s in one of %(steps)s steps", n=sum(values), most=max(values), steps=steps
        )
        yield Row(each, template_segments(_first_lines(each.template)), spark(values), summary)


def _next_step(page: Opened, step: timedelta) -> datetime:
    now = page.parts.clock()
    seconds = step.total_seconds()
    return now + timedelta(seconds=seconds - now.timestamp() % seconds)


def _first_lines(template: str) -> str:
    """A trace says what it is in its first lines; a row of the list shows one line of text."""
    return " ".join(template.split("\n")[:3])[:400]
