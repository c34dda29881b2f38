"""What is done to categories in the queue, one or many at once; each act is kept by itself and can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.demand_keeping import refresh
from knowledge_base.errors import InputError, KeaError
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import queue
from knowledge_base.store.audit import Entry
from web.pages.opening import Opened, PageOf
from web.pages.queue import numbers_in
from web.pages.queue_context import QueueActed
from web.pages.queue_reading import read_acted, read_rows
from web.pages.queue_wanted import read_address

MOST = 200
NOBODY = "-"
router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=1000)]
Texts = Annotated[list[str], Form(max_length=MOST)]


@router.post("/queue/acts")
def act(
    page: PageOf,
    act: Text,
    ids: Texts = [],  # noqa: B006
    more: Text = "",
    label: Text = "",
    owner: Text = "",
    other: Text = "",
    until: Text = "",
    into: Text = "",
    reason: Text = "",
    proposal: Text = "",
    back: Text = "",
) -> Response:
    """Do one thing to the chosen categories. What one of them refuses is told; the others are done.

    ``other`` is the owner's name where it was typed; the owner ``-`` stands for nobody.
    """
    store, project, actor = page.parts.knowledge.store, page.project, page.actor
    chosen = list(dict.fromkeys([*ids, *(each for each in re.split(r"[\s,;，、]+", more) if each)]))
    owner = "" if owner == NOBODY else owner or other
    one_by_one: dict[str, Callable[[str], Done]] = {
        "label": lambda each: curation.label(store, project, each, label, actor=actor),
        "assign": lambda each: curation.assign(store, project, each, owner, actor=actor),
        "snooze": lambda each: curation.snooze(store, project, each, _time(until, page), actor=actor),
        "unsnooze": lambda each: curation.snooze(store, project, each, None, actor=actor),
        "ignore": lambda each: curation.ignore(store, project, each, actor=actor),
        "unignore": lambda each: curation.ignore(store, project, each, ignored=False, actor=actor),
    }
    together: dict[str, Callable[[], Done]] = {
        "merge": lambda: curation.merge(store, project, into or chosen[0], chosen, reason=reason, actor=actor),
        "accept": lambda: curation.accept(store, project, proposal, into=into or None, actor=actor),
        "dismiss": lambda: curation.dismiss(store, project, proposal, shown=chosen[0], actor=actor),
    }
    if not chosen:
        raise InputError("choose at least one category first")
    if act in one_by_one:
        done, refused = _each(one_by_one[act], chosen)
    elif act in together:
        done, refused = [together[act]()], ""
        refresh(store, project, _numbers([*chosen, into, done[0].category.id]))
    else:
        raise InputError(f"there is no act {act[:40]!r} in the queue")
    return _answer(page, [each.audit_id for each in done], chosen, back, refused)


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
    concerned = {number for each in entries for number in _concerned(each)}
    refresh(store, project, concerned)
    return _answer(page, [each.audit_id for each in done], [f"{Prefix.CATEGORY}-{n}" for n in concerned], back, refused)


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


def _answer(page: Opened, acts: Sequence[int], ids: Iterable[str], back: str, refused: str) -> Response:
    """Give the rows anew to a script, which takes those that are left out off its list; lead others back."""
    shown = read_address(back)
    if not page.visit.fragment:
        return page.go("/queue", **dict(shown.parameters()), done=",".join(map(str, acts)))
    numbers = tuple(_numbers([*ids]))
    with page.parts.knowledge.store.read() as db:
        acted = read_acted(db, page.project, acts, refused)
        concerned = tuple(dict.fromkeys([*numbers, *(n for each in acted.entries for n in _concerned(each))]))
        only = replace(shown, wanted=replace(shown.wanted, only=concerned))
        part = read_rows(db, page, only, None, limit=max(1, len(concerned)))
        summary = queue.summarise(db, page.project, shown.wanted, now=page.parts.clock())
        states = queue.count_states(db, page.project, now=page.parts.clock())
    left = {each.waiting.number for each in part.rows}
    gone = tuple(f"{Prefix.CATEGORY}-{each}" for each in concerned if each not in left)
    return page.show("queue_acted.html", QueueActed(shown, part, summary, acted, gone, states))


def _concerned(entry: Entry) -> list[int]:
    """Name the categories that an act changed."""
    undo = entry.undo or {}
    found = [entry.category, undo.get("source"), *(merged["source"] for merged in undo.get("merges", ()))]
    return [each for each in found if each is not None]


def _numbers(ids: Iterable[str]) -> list[int]:
    found = []
    for each in ids:
        try:
            found.append(number_of(Prefix.CATEGORY, each))
        except KeaError:
            continue
    return found


def _time(written: str, page: Opened) -> datetime:
    """Read a time; one without a zone is the reader's. Raises InputError."""
    try:
        at = datetime.fromisoformat(written.strip())
    except ValueError:
        raise InputError("choose until when it is put off, such as 2026-11-30 09:00") from None
    return at.replace(tzinfo=page.visit.formats.zone) if at.tzinfo is None else at
