"""What people do on a category's page; each leads back to it with the chance to undo."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.errors import Conflict, InputError, StaleVersion
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import categories, solutions
from knowledge_base.store.solutions import SolutionText
from web.pages.category import show
from web.pages.category_context import Draft, LabelClash
from web.pages.opening import Opened, PageOf

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]


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
    """Name a category; where its name is no longer the one that was ``seen`` both are shown, and nothing is done.

    An empty field counts as left out, so ``is_seen`` tells that the name was seen, be it empty.
    """
    store = page.parts.knowledge.store
    try:
        done = curation.label(
            store, page.project, category_id, label, reason=reason, seen=seen if is_seen else None, actor=page.actor
        )
    except StaleVersion:
        return show(page, category_id, clash=LabelClash(seen, label), status=409)
    return _back(page, done)


@router.post("/categories/{category_id}/apart")
def keep_apart(page: PageOf, category_id: str, other: Text = "", reason: Text = "") -> Response:
    """Keep another category apart from this one for good."""
    store = page.parts.knowledge.store
    return _back(page, curation.keep_apart(store, page.project, category_id, other, reason=reason, actor=page.actor))


@router.post("/categories/{category_id}/ignore")
def ignore(page: PageOf, category_id: str, ignored: Annotated[bool, Form()] = True) -> Response:
    """Put a category aside, or take it back."""
    store = page.parts.knowledge.store
    return _back(page, curation.ignore(store, page.project, category_id, ignored=ignored, actor=page.actor))


@router.post("/categories/{category_id}/merge")
def merge(page: PageOf, category_id: str, others: Texts = [], ids: Text = "", reason: Text = "") -> Response:  # noqa: B006
    """Merge the chosen categories into this one."""
    named = [*others, *(each.strip() for each in re.split(r"[\s,;，、]+", ids[:2000]) if each.strip())]
    done = curation.merge(page.parts.knowledge.store, page.project, category_id, named, reason=reason, actor=page.actor)
    return _back(page, done)


@router.post("/categories/{category_id}/split")
def split(page: PageOf, category_id: str, templates: Texts = [], label: Text = "") -> Response:  # noqa: B006
    """Make a category of its own of the chosen templates."""
    done = curation.split(
        page.parts.knowledge.store, page.project, category_id, templates, label=label or None, actor=page.actor
    )
    return _back(page, done)


@router.post("/proposals/{proposal_id}/accept")
def accept(page: PageOf, proposal_id: str, into: Text = "") -> Response:
    """Do what is proposed."""
    store = page.parts.knowledge.store
    return _back(page, curation.accept(store, page.project, proposal_id, into=into or None, actor=page.actor))


@router.post("/proposals/{proposal_id}/dismiss")
def dismiss(page: PageOf, proposal_id: str, shown: Text = "") -> Response:
    """Say that a proposal is wrong."""
    store = page.parts.knowledge.store
    return _back(page, curation.dismiss(store, page.project, proposal_id, shown=shown or None, actor=page.actor))


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
) -> Response:
    """Publish a solution, or a draft with these words; what cannot be saved stays in the editor, with the reason."""
    base = int(based_on) if based_on.isascii() and based_on.isdigit() and len(based_on) < 10 else None
    kept = Draft(title, cause, body, base, draft)
    words = [each.replace("\r\n", "\n") for each in (title, cause, body)]
    store = page.parts.knowledge.store
    try:
        text = SolutionText(words[0], words[1], words[2])
        if draft:
            done = curation.publish(store, page.project, draft, text=text, based_on=base, actor=page.actor)
        else:
            done = curation.attach(store, page.project, category_id, text, based_on=base, actor=page.actor)
    except StaleVersion as error:
        newest = _newest_version(page, category_id, draft)
        return show(page, category_id, draft=Draft(title, cause, body, newest, draft), conflict=str(error), status=409)
    except InputError as error:
        return show(page, category_id, draft=kept, refused=str(error), status=400)
    return page.go(f"/categories/{category_id}", done=done.audit_id) if draft else _back(page, done)


@router.post("/categories/{category_id}/drafts/{solution_id}/publish")
def publish_draft(
    page: PageOf, category_id: str, solution_id: str, replace: Annotated[bool, Form()] = False
) -> Response:
    """Make a draft the answer for its categories."""
    store = page.parts.knowledge.store
    done = curation.publish(store, page.project, solution_id, actor=page.actor, replace=replace)
    return page.go(f"/categories/{category_id}", done=done.audit_id)


@router.post("/categories/{category_id}/drafts/{solution_id}/discard")
def discard_draft(page: PageOf, category_id: str, solution_id: str) -> Response:
    """Take a draft off the category."""
    store = page.parts.knowledge.store
    return _back(page, curation.discard(store, page.project, category_id, solution_id, actor=page.actor))


@router.post("/categories/{category_id}/solution/unpublish")
def unpublish_solution(page: PageOf, category_id: str) -> Response:
    """Turn the category's solution back into a draft. Raises Conflict where it has none."""
    store = page.parts.knowledge.store
    with store.read() as db:
        attached = categories.get(
            db, page.project, categories.resolve_public(db, page.project, category_id)
        ).solution_id
    if attached is None:
        raise Conflict("the solution was taken off meanwhile; reload the page")
    done = curation.unpublish(store, page.project, attached, actor=page.actor)
    return page.go(f"/categories/{category_id}", done=done.audit_id)


def _newest_version(page: Opened, category_id: str, draft: str) -> int | None:
    with page.parts.knowledge.store.read() as db:
        if draft:
            return solutions.get(db, page.project, number_of(Prefix.SOLUTION, draft)).version
        number = categories.resolve_public(db, page.project, category_id)
        attached = categories.get(db, page.project, number).solution_id
        if attached is None:
            return None
        return solutions.get(db, page.project, number_of(Prefix.SOLUTION, attached)).version


@router.post("/undo/{audit_id}")
def undo(page: PageOf, audit_id: int) -> Response:
    """Take an act back."""
    return _back(page, curation.undo(page.parts.knowledge.store, page.project, audit_id, actor=page.actor))


@router.post("/preview")
def preview(page: PageOf, title: Text = "", cause: Text = "", body: Text = "") -> Response:
    """Show what the editor holds as readers will see it."""
    return page.show("preview.html", Draft(title, cause, body))
