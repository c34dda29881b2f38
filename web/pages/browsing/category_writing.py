"""What is typed in the editor of a category's page outlives the page, as that of a solution's own editor does."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base.curation.solving.solution_form import SolutionForm
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import drafts, solution_reviews, solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Solution
from web.pages.browsing.category_context import Draft
from web.pages.opening import Opened, PageOf
from web.pages.solving.solutions_compare import compare_texts
from web.pages.solving.solutions_context import Autosaved, Meanwhile

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]


@router.post("/categories/{category_id}/solution/autosave")
def autosave(
    page: PageOf,
    category_id: str,
    title: Text = "",
    cause: Text = "",
    body: Text = "",
    based_on: Annotated[int | None, Form(ge=1, lt=2**31)] = None,
    seen: Text = "",
) -> Response:
    """Keep what is typed for whoever types it; says so where somebody else saved a version meanwhile.

    Words for a solution that was ``seen`` are no words for another one that the category has by now: they are kept for
    the category, to be compared.
    """
    now = page.parts.clock()
    with page.parts.knowledge.store.write() as db:
        number = categories.resolve_public(db, page.project, category_id)
        present = written(db, page.project, number)
        is_other = present is not None and bool(seen) and seen != present.id
        about = None if is_other else present
        kept = _kept(db, page, number, about)
        form = _form(page, category_id, about) if kept is None else SolutionForm.read(kept.fields)
        is_kept = solution_reviews.autosave(
            db,
            page.project,
            _slot(number, about),
            page.actor,
            replace(form, title=title, cause=cause, body=body).pairs(),
            based_on=0 if is_other else based_on or 0,
            now=now,
        )
    is_behind = present is not None and (is_other or present.version > (based_on or 0))
    shown = Autosaved(now if is_kept else None, present if is_behind else None, f"/categories/{category_id}")
    return page.show("solution_saved.html", shown)


@router.post("/categories/{category_id}/solution/autosave/discard")
def discard_autosave(page: PageOf, category_id: str) -> Response:
    """Throw away what was typed and not saved; what is there now is shown."""
    with page.parts.knowledge.store.write() as db:
        number = categories.resolve_public(db, page.project, category_id)
        forget(db, page, number, written(db, page.project, number))
    return page.go(f"/categories/{category_id}")


def written(db: Connection, project: str, number: int) -> Solution | None:
    """Read what the editor of a category is about: its solution, else the first draft for it."""
    attached = categories.get(db, project, number).solution_id
    found = [number_of(Prefix.SOLUTION, attached)] if attached else drafts.of_category(db, project, number)
    return solutions.get(db, project, found[0]) if found else None


def read_kept(db: Connection, page: Opened, number: int, present: Solution | None) -> Draft | None:
    """Read what the reader typed and has not saved; None where there is none, or where it says what is there."""
    kept = _kept(db, page, number, present)
    if kept is None:
        return None
    form = SolutionForm.read(kept.fields)
    there = ("", "", "") if present is None else (present.title, present.cause, present.body)
    if (form.title, form.cause, form.body) == there:
        return None
    is_draft = present is not None and present.state == "draft"
    return Draft(
        form.title,
        form.cause,
        form.body,
        present.version if present else None,
        present.id if present and is_draft else "",
        present.id if present else "",
        restored=kept.at,
        is_behind=present is not None and present.version > kept.based_on,
    )


def compare_with(present: Solution | None, draft: Draft) -> Meanwhile | None:
    """Set what somebody saved meanwhile beside what is in the editor."""
    if present is None:
        return None
    theirs = SolutionText.of(present)
    mine = SolutionText(draft.title.strip() or "–", draft.cause, draft.body, theirs.details)
    return Meanwhile(present.version, present.author, present.at, compare_texts(theirs, mine))


def forget_saved(page: Opened, category_id: str) -> None:
    """Drop what was typed once it was saved; what the solution's own editor holds beyond these words stays."""
    with page.parts.knowledge.store.write() as db:
        number = categories.resolve_public(db, page.project, category_id)
        present = written(db, page.project, number)
        kept = _kept(db, page, number, present)
        forget(db, page, number, present)
        if kept is None or present is None:
            return
        there = SolutionForm.of(SolutionText.of(present))
        rest = replace(SolutionForm.read(kept.fields), title=there.title, cause=there.cause, body=there.body)
        if replace(rest, categories=()) != there and kept.based_on:
            solution_reviews.autosave(
                db,
                page.project,
                _slot(number, present),
                page.actor,
                rest.pairs(),
                based_on=present.version,
                now=kept.at,
            )


def forget(db: Connection, page: Opened, number: int, present: Solution | None) -> None:
    """Drop what the reader typed about a category."""
    for slot in {_slot(number, present), _slot(number, None)}:
        solution_reviews.forget_autosave(db, page.project, slot, page.actor)


def _kept(db: Connection, page: Opened, number: int, present: Solution | None) -> solution_reviews.Autosave | None:
    """Read it, also where it was begun before there was any solution."""
    mine = solution_reviews.autosaved(db, page.project, _slot(number, present), page.actor)
    return mine or solution_reviews.autosaved(db, page.project, _slot(number, None), page.actor)


def _slot(number: int, present: Solution | None) -> int:
    """Tell where it is kept: with the solution, or below 0 for the first one of a category."""
    return -number if present is None else number_of(Prefix.SOLUTION, present.id)


def _form(page: Opened, category_id: str, present: Solution | None) -> SolutionForm:
    if present is None:
        return SolutionForm(language=page.visit.language, categories=(category_id,))
    return SolutionForm.of(SolutionText.of(present))
