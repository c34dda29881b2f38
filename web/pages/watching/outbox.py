"""What Kea sent to chats and tickets: what waits, what failed, and sending it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base.errors import Conflict, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.messages import outbox, outbox_pages
from knowledge_base.store.messages.outbox import OutgoingDelivery
from web.pages.asking.questions import capped
from web.pages.opening import Opened, PageOf
from web.showing.formats import Formats
from web.showing.visit import Visit

PAGE_SIZE = 30
AT_ONCE = 200

STATES: Mapping[str, tuple[str, ...]] = {
    "failed": (outbox.DEAD,),
    "uncertain": (outbox.UNCERTAIN,),
    "waiting": (outbox.WAITING, outbox.SENDING, outbox.DOUBTFUL),
    "sent": (outbox.SENT,),
    "given_up": (outbox.DISMISSED,),
    "withdrawn": (outbox.WITHDRAWN,),
}
"""What the list can be narrowed to; a delivery that is being sent or looked for waits."""

Ids = Annotated[list[str], Form(max_length=AT_ONCE)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery; ``group`` is what the list calls its state."""

    delivery: OutgoingDelivery
    group: str
    headline: str
    question_id: str | None

    @property
    def can_resend(self) -> bool:
        """Whether it can be sent again by hand."""
        return self.group in ("failed", "uncertain", "given_up")

    @property
    def can_give_up(self) -> bool:
        """Whether somebody has to say what becomes of it."""
        return self.group in ("failed", "uncertain")


@dataclass(frozen=True, slots=True)
class Told:
    """What was done just now: how many deliveries, and how many had changed meanwhile."""

    act: str
    count: int
    missed: int


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """The list and what it is narrowed to."""

    state: str
    channel: str
    states: tuple[tuple[str, Markup, str], ...]
    channels: tuple[str, ...]
    rows: tuple[Row, ...]
    names: Mapping[str, Markup]
    kinds: Mapping[str, Markup]
    failed: str
    following: str | None
    told: Told | None

    def address(self, visit: Visit, **changed: str) -> str:
        """Write the address of the list with some filters changed, from its first page on."""
        return visit.url("/outbox", **({"state": self.state, "channel": self.channel} | changed))


@router.get("/outbox")
def show_outbox(
    page: PageOf,
    state: Annotated[str, Query()] = "",
    channel: Annotated[str, Query()] = "",
    cursor: Annotated[str, Query(max_length=40)] = "",
    act: Annotated[str, Query()] = "",
    done: Annotated[int | None, Query(ge=0, le=AT_ONCE)] = None,
    missed: Annotated[int, Query(ge=0, le=AT_ONCE)] = 0,
) -> Response:
    """Show the list, or its part for the script that swaps it."""
    state = state if state in STATES else ""
    told = None if done is None else Told(act, done, missed)
    context = _load(page, state, channel[:64].replace("\x00", ""), cursor, told)
    return page.show("outbox_list.html" if page.visit.fragment else "outbox.html", context)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The deliveries that an act is about, and the list to go back to."""

    ids: tuple[str, ...]
    state: str
    channel: str


def _chosen(
    ids: Ids = [],  # noqa: B006
    only: Annotated[str, Form()] = "",
    state: Annotated[str, Form()] = "",
    channel: Annotated[str, Form(max_length=64)] = "",
) -> _Chosen:
    """Take the delivery whose button it was, else all that were ticked."""
    return _Chosen((only,) if only else tuple(dict.fromkeys(ids)), state if state in STATES else "", channel)


ChosenOf = Annotated[_Chosen, Depends(_chosen)]


@router.post("/outbox/resend")
def resend(page: PageOf, chosen: ChosenOf) -> Response:
    """Send deliveries again; one that has changed meanwhile is left alone."""
    now = page.parts.clock()
    answer = _each(page, "resend", chosen, lambda db, each: outbox.resend(db, page.project, each, now))
    page.parts.desk.notify()
    return answer


@router.post("/outbox/give-up")
def give_up(page: PageOf, chosen: ChosenOf) -> Response:
    """Take deliveries off the list of those that need somebody; they can be sent again all the same."""
    return _each(page, "give_up", chosen, lambda db, each: outbox.dismiss(db, page.project, each))


def _each(page: Opened, act: str, chosen: _Chosen, do: Callable[[Connection, str], object]) -> Response:
    """Do something to each, as far as it has not changed meanwhile, and tell how often that was."""
    count = 0
    for each in chosen.ids:
        try:
            with page.parts.knowledge.store.write() as db:
                do(db, each)
            count += 1
        except (Conflict, NotFound):
            continue
    missed = len(chosen.ids) - count
    return page.go("/outbox", state=chosen.state, channel=chosen.channel, act=act, done=count, missed=missed or "")


def _load(page: Opened, state: str, channel: str, cursor: str, told: Told | None) -> OutboxPage:
    formats = page.visit.formats
    with page.parts.knowledge.store.read() as db:
        found = outbox_pages.find_deliveries(
            db,
            page.project,
            states=STATES.get(state, ()),
            channel=channel,
            limit=PAGE_SIZE + 1,
            before=_before(cursor),
        )
        counts = outbox_pages.state_counts(db, page.project)
        channels = outbox_pages.channels(db, page.project)
    names = names_of_states(formats)
    in_group = {name: sum(counts[each] for each in states) for name, states in STATES.items()}
    parameters = {"state": state, "channel": channel}
    following = None
    if len(found) > PAGE_SIZE:
        following = page.visit.url("/outbox", **parameters, cursor=found[PAGE_SIZE - 1].public_id)
    return OutboxPage(
        state=state,
        channel=channel,
        states=tuple((name, names[name], capped(formats, in_group[name])) for name in STATES),
        channels=tuple(channels),
        rows=tuple(_row(each) for each in found[:PAGE_SIZE]),
        names=names,
        kinds=names_of_kinds(formats),
        failed=capped(formats, in_group["failed"] + in_group["uncertain"]),
        following=following,
        told=told,
    )


def names_of_states(formats: Formats) -> dict[str, Markup]:
    """Name the states that the list can be narrowed to."""
    _ = formats.translator.text
    return {
        "failed": _("Failed"),
        "uncertain": _("Uncertain"),
        "waiting": _("Waiting"),
        "sent": _("Sent"),
        "given_up": _("Given up"),
        "withdrawn": _("Withdrawn"),
    }


def names_of_kinds(formats: Formats) -> dict[str, Markup]:
    """Name the kinds of deliveries."""
    _ = formats.translator.text
    return {"reply": _("answer"), "later": _("later answer"), "handover": _("handed over")}


def _row(delivery: OutgoingDelivery) -> Row:
    group = next(name for name, states in STATES.items() if delivery.state in states)
    question = None if delivery.question is None else public_id(Prefix.QUESTION, delivery.question)
    return Row(delivery, group, str(delivery.payload.get("headline", ""))[:300], question)


def _before(cursor: str) -> int | None:
    try:
        return number_of(Prefix.DELIVERY, cursor) if cursor else None
    except NotFound:
        return None
