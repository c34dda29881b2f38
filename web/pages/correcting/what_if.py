"""Corrections: what they would change is shown first, and agreed to under what was shown."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from knowledge_base.demand_keeping import refresh
from knowledge_base.errors import Conflict, InputError, KeaError
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import briefs, categories
from knowledge_base.store.grouping.category_pages import Filter, find_page
from web.pages.correcting.refusing import refused
from web.pages.correcting.what_if_context import FoundCategory, SearchPage
from web.pages.correcting.what_if_doing import carry_out
from web.pages.correcting.what_if_reading import acts_since, is_stale, work_out
from web.pages.opening import Opened, PageOf
from web.pages.queueing.queue_answer import answer, numbers_of
from web.pages.queueing.queue_wanted import read_address
from web.replaying.replays import Kind, Wanted, read_replay
from web.showing.segments import template_segments

router = APIRouter(include_in_schema=False)

FOUND, CHOSEN = 8, 50
MOST = 200
QUEUE = "/queue"
OTHERS = frozenset({"merge", "label", "adopt", "apart", "dismiss"})
"""The corrections that are about several categories."""

Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]


@router.post("/what-if")
def try_correction(
    page: PageOf,
    act: Annotated[Kind, Form()],
    category_id: Text = "",
    others: Texts = [],  # noqa: B006
    ids: Text = "",
    templates: Texts = [],  # noqa: B006
    label: Text = "",
    proposal: Text = "",
    reason: Text = "",
    back: Text = "",
    address: Text = "",
) -> Response:
    """Show what a correction would change; nothing is done.

    ``back`` is the page to return to, that of the category unless given, and ``address`` its filters.
    """
    named = [*others, *(each.strip() for each in re.split(r"[\s,;，、]+", ids[:2000]) if each.strip())]
    if len(set(named)) > MOST:
        raise InputError(f"choose {MOST} categories at most")
    wanted = Wanted(
        kind=act,
        category=category_id.strip(),
        others=tuple(each for each in dict.fromkeys(named) if each != category_id.strip()) if act in OTHERS else (),
        templates=tuple(dict.fromkeys(templates))[:1000] if act in ("split", "move") else (),
        label=" ".join(label.split())[:200],
        proposal=proposal,
        back=_own(back),
        address=address[:1000],
    )
    return show_correction(page, wanted, reason=reason)


@router.post("/what-if/confirm")
def confirm(page: PageOf, replay: Text = "", reason: Text = "") -> Response:
    """Do what was shown. Where others changed it meanwhile nothing is done, and it is shown anew with what they did."""
    wanted = read_replay(page.parts.key, page.project, replay)
    store = page.parts.knowledge.store
    try:
        done = carry_out(store, page.project, wanted, reason=reason, actor=page.actor)
    except KeaError as error:
        with store.read() as db:
            stale = isinstance(error, Conflict) or is_stale(db, page.project, wanted)
            meanwhile = acts_since(db, page.project, wanted) if stale else ()
        if not stale:
            return _refused(page, error, wanted)
        try:
            shown = work_out(page, wanted, reason=reason, since=wanted)
        except KeaError as newer:
            return _refused(page, newer, wanted, status=409, meanwhile=meanwhile)
        return page.show("what_if.html", shown, status=409)
    acts = [each.audit_id for each in done]
    if wanted.back == QUEUE:
        concerned = [wanted.category, *wanted.others, *(each.category.id for each in done)]
        refresh(store, page.project, numbers_of(concerned))
        return answer(page, acts, concerned, wanted.address, "")
    path = wanted.back or f"/categories/{done[-1].category.id}"
    return page.go_from_dialog(path, done=acts[-1])


@router.post("/what-if/answers")
def ask_again(page: PageOf, replay: Text = "", reason: Text = "") -> Response:
    """Ask recent questions again, for what was shown already; nothing is done."""
    return show_correction(page, read_replay(page.parts.key, page.project, replay), reason=reason, asks=True)


def show_correction(page: Opened, wanted: Wanted, *, reason: str = "", asks: bool = False) -> Response:
    """Show what a correction would change, or why it cannot be done; its answers too if it ``asks``."""
    try:
        shown = work_out(page, wanted, reason=reason, asks=asks)
    except KeaError as error:
        return _refused(page, error, wanted)
    return page.show("what_if_asked.html" if asks else "what_if.html", shown)


@router.get("/what-if/search")
def search(
    page: PageOf,
    q: Annotated[str, Query(max_length=500)] = "",
    category_id: Annotated[str, Query()] = "",
    others: Annotated[list[str], Query()] = [],  # noqa: B006
    single: Annotated[bool, Query()] = False,
) -> Response:
    """Find categories to merge or to move to; those that are chosen already stay on top."""
    with page.parts.knowledge.store.read() as db:
        own = categories.resolve_public(db, page.project, category_id) if category_id else 0
        numbers = [categories.resolve_public(db, page.project, each) for each in others[:CHOSEN]]
        chosen = briefs.briefs(db, page.project, numbers)
        kept = [
            FoundCategory(each.id, each.label or "", template_segments(each.template), 0, None, is_chosen=True)
            for each in chosen.values()
        ]
        known = {each.id for each in kept} | {f"KE-{own}"}
        matched = find_page(db, page.project, Filter(text=q), limit=FOUND + len(known)).items if q.strip() else ()
    fresh = [
        FoundCategory(
            each.id, each.label or "", template_segments(each.template), each.count, each.last_seen, is_chosen=False
        )
        for each in matched
        if each.id not in known
    ]
    name = "category_id" if single else "others"
    return page.show("what_if_search.html", SearchPage((*kept, *fresh[:FOUND]), q.strip(), single, name))


def _refused(
    page: Opened, error: KeaError, wanted: Wanted, *, status: int | None = None, meanwhile: tuple[Entry, ...] = ()
) -> Response:
    filters = dict(read_address(wanted.address).parameters()) if wanted.back == QUEUE else {}
    return refused(page, error, wanted.back, filters=filters, status=status, meanwhile=meanwhile)


def _own(path: str) -> str:
    """Take a path of Kea itself, with nothing behind it; raises InputError for any other address."""
    if path and not re.fullmatch(r"/(?!/)[\w/.~-]*", path, re.ASCII):
        raise InputError("the page to return to has to be one of Kea's own")
    return path
