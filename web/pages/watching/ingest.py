"""The page about what comes in: sources, what was refused, the limits, and what goes on in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from ingest.clustering.windowing import Progress, read_progress
from knowledge_base.store.intake import source_log
from knowledge_base.store.intake.load import Load, read_load
from knowledge_base.store.intake.source_log import Refused
from knowledge_base.store.messages import outbox_pages
from knowledge_base.store.representing import backends
from knowledge_base.store.representing.backends import BackendState
from web.hooks import FOLDER
from web.pages.opening import Opened, PageOf
from web.pages.watching.ingest_sources import Source, read_sources
from web.showing.formats import Formats

REFUSED_SHOWN = 12

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A chat or ticket system; ``connected`` is None where Kea keeps no connection of its own to it."""

    name: str
    webhook: str | None
    connected: bool | None
    answers: int


@dataclass(frozen=True, slots=True)
class Work:
    """What goes on in the background, and what keeps it."""

    load: Load
    windows: Progress
    vectors: BackendState
    embedded_anew: int
    clustering_failure: str | None
    reindex_failure: str | None


@dataclass(frozen=True, slots=True)
class IngestPage:
    """Everything that the page shows; ``source`` is the one whose refused rows are shown, empty for all."""

    sources: tuple[Source, ...]
    work: Work
    channels: tuple[ShownChannel, ...]
    refused: tuple[Refused, ...]
    refused_count: int
    source: str
    following: str | None
    rate_shown: Callable[[Formats, float], Markup]
    span_shown: Callable[[Formats, timedelta], Markup]

    @property
    def rate(self) -> float:
        """Lines a second of all sources."""
        return sum(each.rate for each in self.sources)


@router.get("/ingest")
def show_ingest(
    page: PageOf,
    source: Annotated[str, Query(max_length=1000)] = "",
    cursor: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the page; ``cursor`` goes on in the list of refused rows."""
    source = source.replace("\x00", "")
    before = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 19 else None
    now = page.parts.clock()
    with page.parts.knowledge.store.read() as db:
        sources = read_sources(db, page.project, now)
        work = read_work(db, page)
        channels = read_channels(db, page, timedelta(days=1))
        found = source_log.list_refused(db, page.project, source=source, limit=REFUSED_SHOWN + 1, before=before)
        count = source_log.count_refused(db, page.project, now)
    following = None
    if len(found) > REFUSED_SHOWN:
        following = page.visit.url("/ingest", source=source, cursor=found[REFUSED_SHOWN - 1].id) + "#refused"
    context = IngestPage(
        sources=tuple(sources),
        work=work,
        channels=channels,
        refused=tuple(found[:REFUSED_SHOWN]),
        refused_count=count,
        source=source,
        following=following,
        rate_shown=rate_shown,
        span_shown=span_shown,
    )
    return page.show("ingest.html", context)


def read_work(db: Connection, page: Opened) -> Work:
    """Read how full the project is, what waits, and what holds it up."""
    settings, now = page.parts.settings, page.parts.clock()
    vectors = backends.state(db, page.project)
    fare = page.parts.background.fare()
    return Work(
        load=read_load(db, page.project, max_templates=settings.max_templates, now=now),
        windows=read_progress(db, page.project, settings, now),
        vectors=vectors,
        embedded_anew=backends.count_prepared(db, page.project, vectors.wanted) if vectors.wanted else 0,
        clustering_failure=fare.clustering_of(page.project),
        reindex_failure=fare.reindexing,
    )


def read_channels(db: Connection, page: Opened, span: timedelta) -> tuple[ShownChannel, ...]:
    """Read the channels whose questions are about the project, and how many answers arrived within a time."""
    fare = page.parts.background.fare()
    sent = outbox_pages.sent_by_channel(db, page.project, page.parts.clock() - span)
    shown = []
    for adapter in page.parts.desk.adapters:
        if adapter.project != page.project:
            continue
        name = adapter.channel.name
        webhook = None if adapter.webhook is None else FOLDER + name
        connected = None if adapter.connection is None else fare.connected.get(name, False)
        shown.append(ShownChannel(name, webhook, connected, sent.get(name, 0)))
    return tuple(shown)


def rate_shown(formats: Formats, rate: float) -> Markup:
    """Write lines a second: whole ones from 10 on, else with one digit."""
    shown = formats.number(round(rate)) if rate >= 10 else f"{rate:.1f}"
    return formats.translator.text("%(n)s/s", n=shown)


def span_shown(formats: Formats, span: timedelta) -> Markup:
    """Write a span of time as short as its size allows.

    >>> from datetime import UTC, datetime
    >>> from web.showing.language import Translator
    >>> formats = Formats(Translator("en", {}), UTC, datetime(2026, 1, 1, tzinfo=UTC))
    >>> [str(span_shown(formats, timedelta(seconds=each))) for each in (0.84, 40, 300, 11_520, 200_000)]
    ['0.8 s', '40 s', '5 min', '3.2 h', '2.3 d']
    """
    _ = formats.translator.text
    seconds = span.total_seconds()
    if seconds < 10:
        return _("%(n)s s", n=f"{seconds:.1f}")
    if seconds < 100:
        return _("%(n)s s", n=round(seconds))
    if seconds < 5400:
        return _("%(n)s min", n=round(seconds / 60))
    if seconds < 48 * 3600:
        return _("%(n)s h", n=f"{seconds / 3600:.1f}")
    return _("%(n)s d", n=f"{seconds / 86400:.1f}")
