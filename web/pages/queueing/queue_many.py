"""An act on all categories that match the filters of the queue: shown, agreed to, followed, and taken back as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from markupsafe import Markup
from starlette.responses import Response

from knowledge_base.curation import many
from knowledge_base.curation.many import DoneMany, Many
from knowledge_base.errors import InputError, KeaError
from knowledge_base.store.wanted import queue
from knowledge_base.store.wanted.queue import QueueState, SeenWithin, Summary
from knowledge_base.store.watching import live
from web.jobs import Job, Jobs, JobState, Tick, Work
from web.pages.browsing.care import NOBODY, read_time
from web.pages.correcting.refusing import refused
from web.pages.opening import Opened, PageOf
from web.pages.queueing.queue_wanted import Shown, read_address
from web.replaying.many_replays import WantedMany, read_many, write_many

MOST = 20_000
router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyPage:
    """What would be done to how many; ``named`` of them have another name that they would lose."""

    replay: str
    act: str
    verb: Markup
    text: str
    until: datetime | None
    count: int
    summary: Summary
    named: int
    filters: tuple[Markup, ...]
    cancel: str


@dataclass(frozen=True, slots=True)
class ManyState:
    """How the last such act of the project fares; ``undoable`` is the act to take back."""

    job: Job | None
    undoable: int | None

    @property
    def is_running(self) -> bool:
        """Whether it is under way."""
        return self.job is not None and self.job.state is JobState.RUNNING


@router.post("/queue/many")
def try_many(
    page: PageOf,
    act: Text,
    label: Text = "",
    owner: Text = "",
    other: Text = "",
    until: Text = "",
    address: Text = "",
) -> Response:
    """Show to how many categories something would be done, and which these are; nothing is done."""
    shown, project, now = read_address(address), page.project, page.parts.clock()
    try:
        at = read_time(until, page) if act == "snooze" else None
        text = {"label": label, "assign": "" if owner == NOBODY else owner or other}.get(act, "")
        Many(act=act, text=text, until=at).check(now)
        with page.parts.knowledge.store.read() as db:
            # Before the list: what is done between the two reads counts as newer.
            behind = live.seen(db, project).act
            numbers = queue.matching(db, project, shown.wanted, now=now)
            summary = queue.summarise(db, project, shown.wanted, now=now)
            named = queue.count_named(db, project, shown.wanted, other_than=text, now=now) if act == "label" else 0
        if not numbers:
            raise InputError("no category matches any more; change the filters")
        if len(numbers) > MOST:
            raise InputError(f"{len(numbers):,} categories match; narrow the filters to {MOST:,} at most")
    except KeaError as error:
        return refused(page, error, "/queue", filters=dict(shown.parameters()))
    wanted = WantedMany(
        act=act,
        text=text,
        until=at.isoformat() if at else "",
        address=shown.query,
        numbers=tuple(numbers),
        behind=behind,
    )
    context = ManyPage(
        replay=write_many(page.parts.key, project, wanted),
        act=act,
        verb=_verb(page, act, len(numbers)),
        text=" ".join(text.split()),
        until=at,
        count=len(numbers),
        summary=summary,
        named=named,
        filters=tuple(_filters(page, shown)),
        cancel=page.visit.url("/queue", **dict(shown.parameters())),
    )
    return page.show("queue_many.html", context)


@router.post("/queue/many/confirm")
def confirm_many(page: PageOf, replay: Annotated[str, Form()] = "", reason: Text = "") -> Response:
    """Begin to do what was shown to those that were shown, match still, and that nobody did the like to since."""
    wanted = read_many(page.parts.key, page.project, replay)
    shown, project, store = read_address(wanted.address), page.project, page.parts.knowledge.store
    until = datetime.fromisoformat(wanted.until) if wanted.until else None
    what = Many(act=wanted.act, text=wanted.text, until=until, reason=reason)
    what.check(page.parts.clock())
    with store.read() as db:
        present = set(queue.matching(db, project, shown.wanted, now=page.parts.clock()))
    more = len(present - set(wanted.numbers))
    actor = page.actor

    def work(tick: Tick) -> dict[str, int | str | bool]:
        done = many.do_many(
            store, project, shown.wanted, wanted.numbers, what, behind=wanted.behind, actor=actor, tick=tick
        )
        return _told(done) | {"more": more}

    return _begin(page, work, wanted.act, wanted.address)


@router.post("/queue/many/undo")
def undo_many(page: PageOf, audit: Annotated[int, Form(ge=1, lt=2**62)], back: Text = "") -> Response:
    """Begin to take all of it back."""
    store, project, actor = page.parts.knowledge.store, page.project, page.actor

    def work(tick: Tick) -> dict[str, int | str | bool]:
        return _told(many.undo_many(store, project, audit, actor=actor, tick=tick))

    return _begin(page, work, "undo", back)


@router.get("/queue/many")
def show_many(page: PageOf) -> Response:
    """Show how it fares, as often as a page asks."""
    return page.show("queue_many_state.html", _state(page))


def _begin(page: Opened, work: Work, act: str, back: str) -> Response:
    Jobs(page.parts.settings.home_path).begin(_name(page), work, actor=page.actor, subject=act)
    if page.visit.fragment:
        return page.show("queue_many_state.html", _state(page))
    return page.go("/queue", **dict(read_address(back).parameters()))


def _state(page: Opened) -> ManyState:
    job = Jobs(page.parts.settings.home_path).read(_name(page))
    with page.parts.knowledge.store.read() as db:
        last = many.last_of(db, page.project)
    is_open = last is not None and last.can_be_undone and page.visit.may("engineer")
    return ManyState(job, last.id if last and is_open else None)


def _name(page: Opened) -> str:
    return f"queue-{page.project}"


def _told(done: DoneMany) -> dict[str, int | str | bool]:
    return {"done": done.done, "left": done.left}


def _verb(page: Opened, act: str, count: int) -> Markup:
    _n, n = page.visit.formats.translator.plural, page.visit.formats.number(count)
    return {
        "label": lambda: _n("Label %(n)s category", "Label %(n)s categories", count, n=n),
        "assign": lambda: _n("Assign %(n)s category", "Assign %(n)s categories", count, n=n),
        "snooze": lambda: _n("Snooze %(n)s category", "Snooze %(n)s categories", count, n=n),
        "unsnooze": lambda: _n("Bring %(n)s category back", "Bring %(n)s categories back", count, n=n),
        "ignore": lambda: _n("Ignore %(n)s category", "Ignore %(n)s categories", count, n=n),
        "unignore": lambda: _n("Stop ignoring %(n)s category", "Stop ignoring %(n)s categories", count, n=n),
    }[act]()


def _filters(page: Opened, shown: Shown) -> Iterator[Markup]:
    """Say in words what the filters let through."""
    _, wanted = page.visit.formats.translator.text, shown.wanted
    yield {
        QueueState.UNLABELLED: _("Unlabelled"),
        QueueState.UNSOLVED: _("No solution"),
        QueueState.SNOOZED: _("Snoozed"),
        QueueState.IGNORED: _("Ignored"),
        QueueState.ALL: _("All"),
    }[wanted.state]
    if wanted.text:
        yield _("Search “%(text)s”", text=wanted.text)
    if wanted.seen:
        yield _("Seen in %(span)s", span=_("24 h") if wanted.seen is SeenWithin.DAY else _("7 d"))
    if wanted.service:
        yield _("Service %(name)s", name=wanted.service)
    if shown.owner:
        yield _("Owner %(name)s", name=_("nobody") if wanted.unowned else wanted.owner)
    if wanted.growing:
        yield _("Growing")
    if wanted.proposed:
        yield _("Proposals")
