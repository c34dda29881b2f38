"""What people do on a category's page; each leads back to it with the chance to undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import Field
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.errors import Conflict, InputError, StaleVersion
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving.solutions import SolutionText
from web.pages.browsing.category import show
from web.pages.browsing.category_context import Draft, LabelClash
from web.pages.browsing.category_writing import forget_saved, written
from web.pages.correcting.what_if import show_correction
from web.pages.opening import Opened, PageOf
from web.replaying.replays import Wanted

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Texts = Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Form(), Field(max_length=200)]
Version = Annotated[int | None, Form(ge=1, lt=2**31)]


def _back(page: Opened, done: Done) -> Response:
    return page.go(f"/categories/{done.category.id}", done=done.audit_id)


@router.post("/categories/{category_id}/label")
def label(
    page: PageOf,
    category_id: str,
    label: Text = "",
    reason: Text = "",
    seen: Text = "",
    is_seen: Annotated[bool, Form()] = False,
) -> Response:
    """Name a category that has no name; what another name would change is shown first.

    Where its name is no longer the one that was ``seen`` both are shown, and nothing is done. An empty field counts as
    left out, so ``is_seen`` tells that the name was seen, be it empty.
    """
    store = page.parts.knowledge.store
    with store.read() as db:
        number = categories.resolve_public(db, page.project, category_id)
        present = categories.get(db, page.project, number).label or ""
    name = curation.name_of(label)
    is_other = is_seen and seen != present
    # A script asks for the dialog alone, which shows both names whatever was seen.
    if page.visit.fragment or (present not in ("", name) and not is_other):
        wanted = Wanted(kind="label", category=category_id, label=name)
        return show_correction(page, wanted, reason=reason)
    try:
        done = curation.label(
            store, page.project, category_id, label, reason=reason, seen=seen if is_seen else present, actor=page.actor
        )
    except StaleVersion:
        return show(page, category_id, clash=LabelClash(seen, label), status=409)
    return _back(page, done)


@router.post("/categories/{category_id}/ignore")
def ignore(
    page: PageOf, category_id: str, ignored: Annotated[bool, Form()] = True, seen: Annotated[str | None, Form()] = None
) -> Response:
    """Put a category aside, or take it back; ``seen`` is its status as it was shown."""
    store = page.parts.knowledge.store
    saw = None if seen is None else "ignored" if seen == "ignored" else ""
    try:
        done = curation.ignore(store, page.project, category_id, ignored=ignored, seen=saw, actor=page.actor)
    except StaleVersion as error:
        return show(page, category_id, stale=str(error), status=409)
    return _back(page, done)


@router.get("/categories/{category_id}/solution")
def reload_solution(page: PageOf, category_id: str) -> Response:
    """Lead a reload of a refused save to the page itself."""
    return page.go(f"/categories/{category_id}")


@router.post("/categories/{category_id}/solution")
def save_solution(
    page: PageOf,
    category_id: str,
    title: Text = "",
    cause: Text = "",
    body: Text = "",
    based_on: Text = "",
    draft: Text = "",
    seen: Text = "",
) -> Response:
    """Publish a solution, or a draft with these words; what cannot be saved stays in the editor, with the reason.

    ``based_on`` is the version that the editor started from, ``seen`` the solution that it was of.
    """
    base = int(based_on) if based_on.isascii() and based_on.isdigit() and len(based_on) < 10 else None
    kept = Draft(title, cause, body, base, draft, seen)
    words = [each.replace("\r\n", "\n") for each in (title, cause, body)]
    store = page.parts.knowledge.store
    try:
        text = SolutionText(words[0], words[1], words[2])
        if draft:
            done = curation.publish(store, page.project, draft, text=text, based_on=base, actor=page.actor)
        else:
            done = curation.attach(store, page.project, category_id, text, based_on=base, seen=seen, actor=page.actor)
    except Conflict as error:
        return show(page, category_id, draft=_upon_newest(page, category_id, kept), conflict=str(error), status=409)
    except InputError as error:
        return show(page, category_id, draft=kept, refused=str(error), status=400)
    forget_saved(page, category_id)
    return page.go(f"/categories/{category_id}", done=done.audit_id) if draft else _back(page, done)


@router.post("/categories/{category_id}/drafts/{solution_id}/publish")
def publish_draft(
    page: PageOf,
    category_id: str,
    solution_id: str,
    replaces: Texts = (),
    based_on: Version = None,
) -> Response:
    """Make a draft the answer for its categories, where ``based_on`` is its version still.

    ``replaces`` are the solutions in whose place it comes.
    """
    store = page.parts.knowledge.store
    try:
        done = curation.publish(
            store, page.project, solution_id, based_on=based_on, actor=page.actor, replaces=replaces
        )
    except StaleVersion as error:
        return show(page, category_id, stale=str(error), status=409)
    return page.go(f"/categories/{category_id}", done=done.audit_id)


@router.post("/categories/{category_id}/drafts/{solution_id}/discard")
def discard_draft(page: PageOf, category_id: str, solution_id: str, based_on: Version = None) -> Response:
    """Take a draft off the category, where ``based_on`` is its version still."""
    store = page.parts.knowledge.store
    try:
        done = curation.discard(store, page.project, category_id, solution_id, based_on=based_on, actor=page.actor)
    except StaleVersion as error:
        return show(page, category_id, stale=str(error), status=409)
    return _back(page, done)


@router.post("/categories/{category_id}/solution/unpublish")
def unpublish_solution(page: PageOf, category_id: str, based_on: Version = None) -> Response:
    """Turn the category's solution back into a draft, where ``based_on`` is its version still.

    Raises Conflict where it has none.
    """
    store = page.parts.knowledge.store
    with store.read() as db:
        attached = categories.get(
            db, page.project, categories.resolve_public(db, page.project, category_id)
        ).solution_id
    if attached is None:
        raise Conflict("the solution was taken off meanwhile; reload the page")
    try:
        done = curation.unpublish(store, page.project, attached, based_on=based_on, actor=page.actor)
    except StaleVersion as error:
        return show(page, category_id, stale=str(error), status=409)
    return page.go(f"/categories/{category_id}", done=done.audit_id)


def _upon_newest(page: Opened, category_id: str, draft: Draft) -> Draft:
    """Put what was typed upon what is there by now, so that saving it once more follows that."""
    with page.parts.knowledge.store.read() as db:
        present = written(db, page.project, categories.resolve_public(db, page.project, category_id))
    if present is None:
        return replace(draft, based_on=None, id="", seen="")
    return replace(
        draft,
        based_on=present.version,
        id=present.id if present.state == "draft" else "",
        seen=present.id,
        is_other=draft.seen not in ("", present.id),
    )


@router.post("/undo/{audit_id}")
def undo(page: PageOf, audit_id: int) -> Response:
    """Take an act back."""
    return _back(page, curation.undo(page.parts.knowledge.store, page.project, audit_id, actor=page.actor))


@router.post("/preview")
def preview(page: PageOf, title: Text = "", cause: Text = "", body: Text = "") -> Response:
    """Show what the editor holds as readers will see it."""
    return page.show("preview.html", Draft(title, cause, body))
