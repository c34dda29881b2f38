"""What people do on a category's page; each leads back to it with the chance to undo."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation import Done
from knowledge_base.errors import InputError, StaleVersion
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store import categories, solutions
from knowledge_base.store.solutions import SolutionText
from web.pages.category import show
from web.pages.category_context import Draft
from web.pages.opening import Opened, PageOf

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]


def _back(page: Opened, done: Done) -> Response:
    return page.go(f"/categories/{done.category.id}", done=done.audit_id)


@router.post("/categories/{category_id}/label")
def label(page: PageOf, category_id: str, label: Text = "") -> Response:
    """Name a category."""
    return _back(page, curation.label(page.parts.knowledge.store, page.project, category_id, label, actor=page.actor))


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
    page: PageOf, category_id: str, title: Text = "", cause: Text = "", body: Text = "", based_on: Text = ""
) -> Response:
    """Publish a solution; what cannot be saved stays in the editor, with the reason."""
    base = int(based_on) if based_on.isascii() and based_on.isdigit() and len(based_on) < 10 else None
    draft = Draft(title, cause, body, base)
    text = [each.replace("\r\n", "\n") for each in (title, cause, body)]
    store = page.parts.knowledge.store
    try:
        done = curation.attach(store, page.project, category_id, SolutionText(*text), based_on=base, actor=page.actor)
    except StaleVersion as error:
        newest = _newest_version(page, category_id)
        return show(page, category_id, draft=Draft(title, cause, body, newest), conflict=str(error), status=409)
    except InputError as error:
        return show(page, category_id, draft=draft, refused=str(error), status=400)
    return _back(page, done)


def _newest_version(page: Opened, category_id: str) -> int | None:
    with page.parts.knowledge.store.read() as db:
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
