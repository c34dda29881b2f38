"""What is done to categories in the queue, one or many at once; each act is kept by itself and can be taken back.

What changes answers is shown first (``what_if``); the others are done at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.demand_keeping import refresh
from knowledge_base.errors import InputError, KeaError, StaleVersion
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import briefs
from web.pages.browsing.care import NOBODY, read_time
from web.pages.correcting.what_if import QUEUE, show_correction
from web.pages.opening import Opened, PageOf
from web.pages.queueing.queue import numbers_in
from web.pages.queueing.queue_answer import answer, concerned_in, numbers_of
from web.pages.queueing.queue_conflict import read_seen, show_conflict
from web.pages.queueing.queue_reading import read_acted
from web.replaying.replays import Wanted

MOST = 200
router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=1000)]
Texts = Annotated[list[str], Form(max_length=MOST)]


@router.post("/queue/acts")
def act(
    page: PageOf,
    act: Text,
    ids: Texts = [],  # noqa: B006
    label: Text = "",
    owner: Text = "",
    other: Text = "",
    until: Text = "",
    back: Text = "",
    seen: Texts = [],  # noqa: B006
) -> Response:
    """Do one thing to the chosen categories. What one of them refuses is told; the others are done.

    A label that takes the place of another one is shown as a correction. ``other`` is the owner's name where it was
    typed; the owner ``-`` stands for nobody. ``seen`` says for each category what the list showed (``read_seen``).
    """
    store, project, actor = page.parts.knowledge.store, page.project, page.actor
    chosen, saw = list(dict.fromkeys(ids)), read_seen(ids, seen)
    owner = "" if owner == NOBODY else owner or other
    if not chosen:
        raise InputError("choose at least one category first")
    if act == "label":
        return _label(page, chosen, label, back)
    one_by_one: dict[str, Callable[[str], Done]] = {
        "assign": lambda each: curation.assign(store, project, each, owner, seen=saw.get(each), actor=actor),
        "snooze": lambda each: curation.snooze(
            store, project, each, read_time(until, page), seen=saw.get(each), actor=actor
        ),
        "unsnooze": lambda each: curation.snooze(store, project, each, None, seen=saw.get(each), actor=actor),
        "ignore": lambda each: curation.ignore(store, project, each, seen=saw.get(each), actor=actor),
        "unignore": lambda each: curation.ignore(store, project, each, ignored=False, seen=saw.get(each), actor=actor),
    }
    if act not in one_by_one:
        raise InputError(f"there is no act {act[:40]!r} in the queue")
    try:
        done, refused = _each(one_by_one[act], chosen)
    except StaleVersion:
        fields = {"act": act, "owner": owner or NOBODY, "until": until, "back": back}
        return show_conflict(page, chosen, fields)
    return answer(page, [each.audit_id for each in done], chosen, back, refused)


@router.post("/queue/undo")
def undo(page: PageOf, acts: Annotated[str, Form(max_length=4000)], back: Text = "") -> Response:
    """Take acts back, in the order in which they are named."""
    store, project = page.parts.knowledge.store, page.project
    with store.read() as db:
        entries = read_acted(db, project, numbers_in(acts)).entries
    if not entries:
        raise InputError("there is nothing to take back")

    def take_back(number: str) -> Done:
        return curation.undo(store, project, int(number), actor=page.actor)

    done, refused = _each(take_back, [str(each.id) for each in entries])
    concerned = {number for each in entries for number in concerned_in(each)}
    refresh(store, project, concerned)
    return answer(
        page, [each.audit_id for each in done], [public_id(Prefix.CATEGORY, n) for n in concerned], back, refused
    )


def _label(page: Opened, chosen: Sequence[str], label: str, back: str) -> Response:
    """Name what has no name yet; where one would be replaced, also one that was given meanwhile, show that first."""
    store, project = page.parts.knowledge.store, page.project
    wanted = Wanted(
        kind="label",
        category=chosen[0],
        others=tuple(chosen[1:]),
        label=curation.name_of(label),
        back=QUEUE,
        address=back,
    )
    with store.read() as db:
        known = briefs.briefs(db, project, numbers_of(chosen))
    if any((each.label or wanted.label) != wanted.label for each in known.values()):
        return show_correction(page, wanted)

    def name(each: str) -> Done:
        return curation.label(store, project, each, label, seen="", actor=page.actor)

    unnamed = [each for each in chosen if not any(brief.id == each and brief.label for brief in known.values())]
    try:
        done, refused = _each(name, unnamed or chosen)
    except StaleVersion:
        return show_correction(page, wanted)
    return answer(page, [each.audit_id for each in done], chosen, back, refused)


def _each(do: Callable[[str], Done], chosen: Sequence[str]) -> tuple[list[Done], str]:
    """Do something to each; what refuses first is told, and raised where nothing was done at all."""
    done: list[Done] = []
    refused: KeaError | None = None
    for each in chosen[:MOST]:
        try:
            done.append(do(each))
        except KeaError as error:
            refused = refused or error
    if refused is not None and not done:
        raise refused
    return done, str(refused or "")
