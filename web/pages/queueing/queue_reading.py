"""Reads what the queue's page shows, in one state of the database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from knowledge_base.errors import NotFound
from knowledge_base.store import audit
from knowledge_base.store.wanted import queue, views
from knowledge_base.store.wanted.queue import QueueOrder, QueueState, SeenWithin, Waiting
from knowledge_base.store.wanted.queue_details import Details, read_details
from web.drawing.sparkline import spark
from web.pages.browsing.care import people_for, snoozes_for
from web.pages.opening import Opened
from web.pages.queueing.queue_context import Acted, QueuePage, QueueRow, QueueRows
from web.pages.queueing.queue_wanted import Shown
from web.showing.segments import template_segments

PAGE_SIZE = 25
MOST_ACTS = 200


def read_queue(db: Connection, page: Opened, shown: Shown, acted: Acted | None, cursor: str | None = None) -> QueuePage:
    """Read the page; with a cursor its rows are those behind it."""
    _ = page.visit.formats.translator.text
    now, project = page.parts.clock(), page.project
    counted = queue.count_states(db, project, now=now)
    names = {
        QueueState.UNLABELLED: _("Unlabelled"),
        QueueState.UNSOLVED: _("No solution"),
        QueueState.SNOOZED: _("Snoozed"),
        QueueState.IGNORED: _("Ignored"),
        QueueState.ALL: _("All"),
    }
    seens = (("", _("any time")), ("24h", _("24 h")), ("7d", _("7 d")))
    orders = (
        (QueueOrder.DEMAND.value, _("Demand")),
        (QueueOrder.ASKERS.value, _("Askers")),
        (QueueOrder.SEEN.value, _("Seen")),
        (QueueOrder.GROWTH.value, _("Growth")),
        (QueueOrder.NEWEST.value, _("Newest")),
    )
    return QueuePage(
        shown=shown,
        part=read_rows(db, page, shown, cursor),
        summary=queue.summarise(db, project, shown.wanted, now=now),
        states=tuple((state, name, counted[state]) for state, name in names.items()),
        state_shown=names[shown.wanted.state],
        seens=seens,
        seen_shown=dict(seens)[shown.wanted.seen.value],
        services=tuple(queue.services(db, project)),
        people=people_for(db, page),
        orders=orders,
        order_shown=dict(orders)[shown.order.value],
        views=tuple(views.list_views(db, project, page.actor)),
        snoozes=snoozes_for(page),
        acted=acted,
    )


def read_rows(db: Connection, page: Opened, shown: Shown, cursor: str | None, *, limit: int = PAGE_SIZE) -> QueueRows:
    """Read a page of rows."""
    now = page.parts.clock()
    found, following = queue.list_queue(
        db, page.project, shown.wanted, now=now, order=shown.order, limit=limit, cursor=cursor
    )
    details = read_details(db, page.project, [each.number for each in found], now)
    address = page.visit.url("/queue", **(dict(shown.parameters()) | {"cursor": following})) if following else None
    return QueueRows(
        tuple(_row(page, each, details[each.number]) for each in found),
        address,
        shown.wanted.seen is SeenWithin.DAY,
    )


def read_acted(db: Connection, project: str, numbers: Iterable[int], refused: str = "") -> Acted:
    """Read what was done; acts that are not there are left out."""
    found = []
    for number in list(numbers)[:MOST_ACTS]:
        try:
            found.append(audit.get(db, project, number))
        except NotFound:
            continue
    return Acted(tuple(found), refused)


def _row(page: Opened, waiting: Waiting, details: Details) -> QueueRow:
    hours = details.hours
    summary = page.visit.formats.translator.text(
        "%(n)s lines in 24 hours, at most %(most)s in one", n=sum(hours), most=max(hours)
    )
    template = template_segments(" ".join(details.template.split("\n")[:3]))
    return QueueRow(waiting, template, details.first_seen, details.services, details.hint, spark(hours), summary)
