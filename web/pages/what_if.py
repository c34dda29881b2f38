"""Corrections: what they would change is shown first, and agreed to under what was shown."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.errors import Conflict, InputError, KeaError
from knowledge_base.store import briefs, categories
from knowledge_base.store.audit import Entry
from knowledge_base.store.category_pages import Filter, find_page
from web.pages.opening import Opened, PageOf
from web.pages.what_if_context import FoundCategory, RefusedPage, SearchPage
from web.pages.what_if_reading import acts_since, is_stale, work_out
from web.problems import problem_of
from web.replays import Kind, Wanted, read_replay
from web.segments import template_segments

router = APIRouter(include_in_schema=False)

FOUND, CHOSEN = 8, 50
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
) -> Response:
    """Show what a merge, a split or a move would change; nothing is done.

    ``back`` is the page to return to, that of the category unless given.
    """
    named = [*others, *(each.strip() for each in re.split(r"[\s,;，、]+", ids[:2000]) if each.strip())]
    wanted = Wanted(
        kind=act,
        category=category_id.strip(),
        others=tuple(dict.fromkeys(named))[:200] if act == "merge" else (),
        templates=tuple(dict.fromkeys(templates))[:1000] if act != "merge" else (),
        label=" ".join(label.split())[:200],
        proposal=proposal,
        back=_own(back),
    )
    try:
        shown = work_out(page, wanted, reason=reason)
    except KeaError as error:
        return _refused(page, error, wanted.back)
    return page.show("what_if.html", shown)


@router.post("/what-if/confirm")
def confirm(page: PageOf, replay: Text = "", reason: Text = "") -> Response:
    """Do what was shown. Where others changed it meanwhile nothing is done, and it is shown anew with what they did."""
    wanted = read_replay(page.parts.key, page.project, replay)
    store = page.parts.knowledge.store
    try:
        done = _do(page, wanted, reason)
    except KeaError as error:
        with store.read() as db:
            stale = isinstance(error, Conflict) or is_stale(db, page.project, wanted)
            meanwhile = acts_since(db, page.project, wanted) if stale else ()
        if not stale:
            return _refused(page, error, wanted.back)
        try:
            shown = work_out(page, wanted, reason=reason, since=wanted)
        except KeaError as newer:
            return _refused(page, newer, wanted.back, status=409, meanwhile=meanwhile)
        return page.show("what_if.html", shown, status=409)
    path = wanted.back or f"/categories/{done.category.id}"
    if not page.visit.fragment:
        return page.go(path, done=done.audit_id)
    return Response(status_code=204, headers={"HX-Redirect": page.visit.url(path, done=done.audit_id)})


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


def _do(page: Opened, wanted: Wanted, reason: str) -> Done:
    store, project, actor = page.parts.knowledge.store, page.project, page.actor
    if wanted.proposal:
        into = wanted.category if wanted.kind == "merge" else None
        return curation.accept(
            store, project, wanted.proposal, into=into, reason=reason, basis=wanted.basis, actor=actor
        )
    if wanted.kind == "merge":
        return curation.merge(
            store, project, wanted.category, wanted.others, reason=reason, basis=wanted.basis, actor=actor
        )
    if wanted.kind == "move":
        return curation.move(
            store, project, wanted.templates[0], wanted.category, reason=reason, basis=wanted.basis, actor=actor
        )
    return curation.split(
        store,
        project,
        wanted.category,
        wanted.templates,
        label=wanted.label or None,
        reason=reason,
        basis=wanted.basis,
        actor=actor,
    )


def _refused(
    page: Opened, error: KeaError, back: str, *, status: int | None = None, meanwhile: tuple[Entry, ...] = ()
) -> Response:
    problem = problem_of(error)
    shown = RefusedPage(problem.detail, back, meanwhile)
    return page.show("what_if_refused.html", shown, status=status or problem.kind.status)


def _own(path: str) -> str:
    """Take a path of Kea itself, with nothing behind it; raises InputError for any other address."""
    if path and not re.fullmatch(r"/(?!/)[\w/.~-]*", path, re.ASCII):
        raise InputError("the page to return to has to be one of Kea's own")
    return path
