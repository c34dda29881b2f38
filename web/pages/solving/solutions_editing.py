"""The editor of solutions: a preview while typing, text that survives, and two people at once."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base.curation.solving import reviewing
from knowledge_base.curation.solving.reviewing import Worked
from knowledge_base.curation.solving.solution_form import SolutionForm
from knowledge_base.errors import Conflict, InputError, NotAllowed, NotFound, StaleVersion
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.grouping import categories
from knowledge_base.store.solving import solution_reviews, solution_services, solutions
from knowledge_base.store.solving.solution_reviews import NEW
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Solution
from web.pages.opening import Opened, PageOf
from web.pages.solving.solutions_acts import back
from web.pages.solving.solutions_compare import compare_texts
from web.pages.solving.solutions_context import Autosaved, EditorPage, Meanwhile
from web.pages.solving.solutions_form import FormOf
from web.pages.solving.solutions_one import show
from web.pages.solving.solutions_rights import may_publish

router = APIRouter(include_in_schema=False)

BasedOn = Annotated[int, Form(ge=0, lt=2**31)]
About = Annotated[str, Form(max_length=40)]


@router.get("/solutions/new")
def write_new(page: PageOf, category: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Open the editor for a solution that is not there yet."""
    with page.parts.knowledge.store.read() as db:
        return page.show("solution_editor.html", _opened(db, page, None, about=category))


@router.get("/solutions/{solution_id}/edit")
def edit_solution(page: PageOf, solution_id: str) -> Response:
    """Open the editor with what the reader typed before, else with what waits for review, else with what is there."""
    with page.parts.knowledge.store.read() as db:
        solution = solutions.get(db, page.project, number_of(Prefix.SOLUTION, solution_id))
        return page.show("solution_editor.html", _opened(db, page, solution))


@router.post("/solutions/preview")
def preview_solution(page: PageOf, form: FormOf, of: Literal["first", "other"] = "first") -> Response:
    """Show what the editor holds as readers will see it."""
    if of == "other":
        form = SolutionForm(form.other_title, form.other_cause, form.other_body)
    return page.show("preview.html", form)


@router.get("/solutions/more/{kind}")
def another_row(page: PageOf, kind: Literal["condition", "link"]) -> Response:
    """Give the fields of one more condition or link."""
    return page.show("solution_row.html", kind)


@router.post("/solutions/{solution_id}/autosave")
def autosave(page: PageOf, solution_id: str, form: FormOf, based_on: BasedOn = 0, about: About = "") -> Response:
    """Keep what is typed for whoever types it; says so where somebody else saved a version meanwhile.

    A new one is kept by the category that it is ``about``, the one that the editor was opened for.
    """
    number, now = _number(solution_id), page.parts.clock()
    with page.parts.knowledge.store.write() as db:
        newest = solutions.get(db, page.project, number) if number != NEW else None
        slot = _slot(db, page, number, about)
        is_kept = solution_reviews.autosave(
            db, page.project, slot, page.actor, form.pairs(), based_on=based_on, now=now
        )
    is_behind = newest is not None and newest.version > based_on
    path = f"/solutions/{newest.id}/edit" if newest else "/solutions/new"
    return page.show("solution_saved.html", Autosaved(now if is_kept else None, newest if is_behind else None, path))


@router.post("/solutions/{solution_id}/autosave/discard")
def discard_autosave(page: PageOf, solution_id: str, about: About = "") -> Response:
    """Throw away what was typed and not saved."""
    number = _number(solution_id)
    with page.parts.knowledge.store.write() as db:
        solution_reviews.forget_autosave(db, page.project, _slot(db, page, number, about), page.actor)
    if number == NEW:
        return page.go("/solutions/new", **({"category": about} if about else {}))
    return page.go(f"/solutions/{solution_id}/edit")


@router.get("/solutions/{solution_id}/save")
def reload_save(page: PageOf, solution_id: str) -> Response:
    """Lead a reload of a refused save back to the editor."""
    return page.go("/solutions/new" if solution_id == "new" else f"/solutions/{solution_id}/edit")


@router.post("/solutions/{solution_id}/save")
def save_solution(
    page: PageOf,
    solution_id: str,
    form: FormOf,
    act: Annotated[Literal["draft", "review", "publish"], Form()] = "draft",
    based_on: BasedOn = 0,
    about: About = "",
) -> Response:
    """Save a draft, send it to review, or publish; what cannot be saved stays in the editor, with the reason."""
    if act == "publish" and not may_publish(page):
        raise NotAllowed("publishing takes another role; send it to review")
    number = _number(solution_id)
    try:
        text = form.text()
        done = _create(page, form, text) if number == NEW else _save(page, solution_id, text, act, based_on)
    except StaleVersion:
        return _again(page, number, form, based_on=based_on, about=about, status=409)
    except Conflict as error:
        return _again(page, number, form, based_on=based_on, about=about, refused=str(error), status=409)
    except InputError as error:
        return _again(page, number, form, based_on=based_on, about=about, refused=str(error), status=400)
    with page.parts.knowledge.store.write() as db:
        solution_reviews.forget_autosave(db, page.project, _slot(db, page, number, about), page.actor)
    if number == NEW and act != "draft":
        try:
            done = _save(page, done.solution.id, text, act, done.solution.version)
        except Conflict as error:  # it is a draft by now; what it takes to publish it is on its page
            return show(page, done.solution.id, refused=str(error), status=409)
    return back(page, done)


def _create(page: Opened, form: SolutionForm, text: SolutionText) -> Worked:
    return reviewing.create_draft(page.parts.knowledge.store, page.project, text, form.categories, actor=page.actor)


def _save(page: Opened, solution_id: str, text: SolutionText, act: str, based_on: int) -> Worked:
    store = page.parts.knowledge.store
    if act == "review":
        return reviewing.ask_review(store, page.project, solution_id, text, based_on=based_on, actor=page.actor)
    publish = act == "publish"
    with store.read() as db:
        present = solutions.get(db, page.project, number_of(Prefix.SOLUTION, solution_id))
    if not publish and present.state == "published":
        # It was published since the editor was opened: a draft must not go out by itself.
        raise Conflict(f"{present.id} was published meanwhile; send yours to review, or publish it")
    return reviewing.save(store, page.project, solution_id, text, based_on=based_on, publish=publish, actor=page.actor)


def _again(
    page: Opened, number: int, form: SolutionForm, *, based_on: int, about: str, refused: str = "", status: int
) -> Response:
    with page.parts.knowledge.store.read() as db:
        solution = solutions.get(db, page.project, number) if number != NEW else None
        context = _editor(db, page, solution, form, based_on=based_on, about=about, refused=refused)
    return page.show("solution_editor.html", context, status=status)


def _opened(db: Connection, page: Opened, solution: Solution | None, *, about: str = "") -> EditorPage:
    number = number_of(Prefix.SOLUTION, solution.id) if solution else NEW
    kept = solution_reviews.autosaved(db, page.project, _slot(db, page, number, about), page.actor)
    if kept is not None:
        form = SolutionForm.read(kept.fields)
        return _editor(db, page, solution, form, based_on=kept.based_on, about=about, restored=kept)
    if solution is None:
        form = SolutionForm(language=page.visit.language, categories=(about,))
        return _editor(db, page, None, form, based_on=0, about=about)
    review = solution_reviews.waiting(db, page.project, number)
    if review is not None:
        return _editor(db, page, solution, SolutionForm.of(review.text), based_on=review.based_on)
    return _editor(db, page, solution, SolutionForm.of(SolutionText.of(solution)), based_on=solution.version)


def _editor(
    db: Connection,
    page: Opened,
    solution: Solution | None,
    form: SolutionForm,
    *,
    based_on: int,
    about: str = "",
    refused: str = "",
    restored: solution_reviews.Autosave | None = None,
) -> EditorPage:
    meanwhile = None
    if solution is not None and based_on < solution.version:
        parts = compare_texts(SolutionText.of(solution), _said(form))
        meanwhile = Meanwhile(solution.version, solution.author, solution.at, parts) if parts else None
    number = number_of(Prefix.SOLUTION, solution.id) if solution else NEW
    return EditorPage(
        solution=solution,
        form=form,
        based_on=solution.version if solution else 0,
        about=about,
        meanwhile=meanwhile,
        refused=refused,
        restored=restored.at if restored else None,
        in_review=solution is not None and solution_reviews.waiting(db, page.project, number) is not None,
        services=tuple(solution_services.names(db, page.project)),
        may_publish=may_publish(page),
    )


def _said(form: SolutionForm) -> SolutionText:
    """Give the words of a form for comparing, also where they could not be saved yet."""
    try:
        return form.text()
    except InputError:
        return SolutionText(form.title.strip() or "–", form.cause[:1000], form.body[:1000])


def _slot(db: Connection, page: Opened, number: int, about: str) -> int:
    """Tell where what is typed is kept: with the solution, or with the category that a new one was begun for."""
    if number != NEW or not about:
        return number
    try:
        return solution_reviews.slot_of_new(categories.resolve_public(db, page.project, about))
    except NotFound:
        return NEW


def _number(solution_id: str) -> int:
    return NEW if solution_id == "new" else number_of(Prefix.SOLUTION, solution_id)
