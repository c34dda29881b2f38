"""The dashboard: how much of what comes in and of what is asked has a solution, and how fast that goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base.store.intake import source_log
from knowledge_base.store.intake.load import Load, read_load
from knowledge_base.store.messages import outbox_pages
from knowledge_base.store.messages.outbox import NEEDS_SOMEBODY
from knowledge_base.store.wanted import queue
from knowledge_base.store.wanted.queue import QueueOrder, QueueState, SeenWithin, Waiting
from knowledge_base.store.wanted.queue_details import read_details
from knowledge_base.store.watching import dashboard_hours
from knowledge_base.store.watching.dashboard_failing import Failing, failing_solutions
from knowledge_base.store.watching.dashboard_hours import Hour
from knowledge_base.store.watching.dashboard_times import replied_since, solved_since
from web.drawing.sparkline import Spark, spark
from web.pages.opening import Opened, PageOf
from web.pages.watching.dashboard_numbers import Coverage, Ending, Waited, add_up, coverage, endings, waited
from web.pages.watching.dashboard_volume import Volume, draw_volume
from web.pages.watching.dashboard_wanted import PERIODS, Wanted, read_wanted
from web.pages.watching.ingest import ShownChannel, rate_shown, read_channels, span_shown
from web.pages.watching.ingest_sources import Source, read_sources
from web.showing.formats import Formats
from web.showing.segments import Segment, template_segments
from web.showing.visit import Visit

GROWING, FAILING, SOURCES = 5, 5, 5

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Growing:
    """A category that is new or grows."""

    waiting: Waiting
    template: tuple[Segment, ...]
    spark: Spark


@dataclass(frozen=True, slots=True)
class Incoming:
    """Ingest and channels in short."""

    sources: tuple[Source, ...]
    more: int
    behind: int
    load: Load
    refused: int
    channels: tuple[ShownChannel, ...]
    undelivered: int


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """Everything that the page shows; ``computed_at`` is when the hours were counted, None where they never were."""

    wanted: Wanted
    periods: tuple[tuple[str, Markup], ...]
    services: tuple[str, ...]
    volume_coverage: Coverage
    question_coverage: Coverage
    endings: tuple[Ending, ...]
    asked: int
    to_solution: Waited
    to_answer: Waited
    later: Waited
    volume: Volume
    incoming: Incoming
    growing: tuple[Growing, ...]
    failing: tuple[Failing, ...]
    failing_count: int
    computed_at: datetime | None
    rate_shown: Callable[[Formats, float], Markup] = rate_shown
    span_shown: Callable[[Formats, timedelta], Markup] = span_shown

    def address(self, visit: Visit, **changed: str) -> str:
        """Write the address of the page with the period or the service changed."""
        return visit.url("/dashboard", **({"period": self.wanted.period, "service": self.wanted.service} | changed))


@router.get("/dashboard")
def show_dashboard(page: PageOf, wanted: Wanted = read_wanted()) -> Response:  # noqa: B008
    """Show the dashboard, or its part for the script that swaps it."""
    with page.parts.knowledge.store.read() as db:
        context = _load(db, page, wanted)
    return page.show("dashboard_body.html" if page.visit.fragment else "dashboard.html", context)


def _load(db: Connection, page: Opened, wanted: Wanted) -> DashboardPage:
    formats, now = page.visit.formats, page.parts.clock()
    _ = formats.translator.text
    hours = _hours(db, page, wanted, now)
    present, before = (add_up(hours, now, wanted.span, back=back) for back in (0, 1))
    failing, failing_count = failing_solutions(db, page.project, limit=FAILING)
    periods = {"24h": _("24 h"), "7d": _("7 d"), "28d": _("28 d")}
    return DashboardPage(
        wanted=wanted,
        periods=tuple((each, periods[each]) for each in PERIODS),
        services=tuple(dashboard_hours.read_services(db, page.project)),
        volume_coverage=coverage(present.solved, present.lines, before.solved, before.lines),
        question_coverage=coverage(present.covered, present.asked, before.covered, before.asked),
        endings=endings(present, formats),
        asked=present.asked,
        to_solution=_to_solution(db, page.project, wanted, now),
        to_answer=_to_answer(db, page.project, wanted, now, "reply"),
        later=_to_answer(db, page.project, wanted, now, "later"),
        volume=draw_volume(hours, formats, is_hourly=wanted.period == "24h"),
        incoming=_incoming(db, page, wanted, now),
        growing=_growing(db, page, wanted, now),
        failing=tuple(failing),
        failing_count=failing_count,
        computed_at=dashboard_hours.computed_at(db, page.project),
    )


def _hours(db: Connection, page: Opened, wanted: Wanted, now: datetime) -> Mapping[int, Hour]:
    since = now - max(2 * wanted.span, timedelta(days=29))
    return dashboard_hours.read_hours(db, page.project, service=wanted.service, since=since)


def _to_solution(db: Connection, project: str, wanted: Wanted, now: datetime) -> Waited:
    start = now - wanted.span
    found = solved_since(db, project, start - wanted.span, service=wanted.service)
    return waited(
        [each.waited for each in found if each.at >= start], [each.waited for each in found if each.at < start]
    )


def _to_answer(db: Connection, project: str, wanted: Wanted, now: datetime, kind: str) -> Waited:
    found = replied_since(db, project, now - wanted.span, kind=kind)
    return waited([each.waited for each in found], ())


def _incoming(db: Connection, page: Opened, wanted: Wanted, now: datetime) -> Incoming:
    sources = read_sources(db, page.project, now, shown=SOURCES)
    counts = outbox_pages.state_counts(db, page.project)
    return Incoming(
        sources=tuple(sources[:SOURCES]),
        more=max(0, len(sources) - SOURCES),
        behind=sum(each.is_behind for each in sources),
        load=read_load(db, page.project, max_templates=page.parts.settings.max_templates, now=now),
        refused=source_log.count_refused(db, page.project, now),
        channels=read_channels(db, page, wanted.span),
        undelivered=sum(counts[each] for each in NEEDS_SOMEBODY),
    )


def _growing(db: Connection, page: Opened, wanted: Wanted, now: datetime) -> tuple[Growing, ...]:
    sought = queue.Wanted(state=QueueState.UNSOLVED, seen=SeenWithin.DAY, service=wanted.service)
    found, _ = queue.list_queue(db, page.project, sought, now=now, order=QueueOrder.GROWTH, limit=GROWING)
    details = read_details(db, page.project, [each.number for each in found], now)
    return tuple(
        Growing(
            each,
            template_segments(" ".join(details[each.number].template.split("\n")[:2])[:300]),
            spark(details[each.number].hours),
        )
        for each in found
    )
