"""Rules that keep templates in a category: tried, changed and taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from knowledge_base import curation
from knowledge_base.curation.keeping.keep_changes import change_keep
from knowledge_base.curation.keeping.keep_edits import KeepChange, Step
from knowledge_base.errors import Conflict, InputError, KeaError
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.rules.keep_rules import KeepRule
from web.pages.correcting.keep_context import read_kept_hits
from web.pages.correcting.keep_working_out import work_out_keep
from web.pages.correcting.refusing import refused
from web.pages.opening import PageOf
from web.replaying.keep_replays import read_keep

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form()]
Flag = Annotated[bool, Form()]


@router.get("/rules/keep/hits")
def show_kept_hits(page: PageOf) -> Response:
    """Count how many recent lines each rule holds."""
    with page.parts.knowledge.store.read() as db:
        shown = read_kept_hits(db, page.project)
    return page.show("keep_hits.html", shown)


@router.post("/rules/keep/what-if")
def try_keep(
    page: PageOf,
    step: Annotated[Step, Form()],
    rule: Text = "",
    code: Text = "",
    template: Text = "",
    pattern: Text = "",
    service: Text = "",
    category_id: Text = "",
    q: Text = "",
    enabled: Flag = False,
    position: Annotated[int, Form(ge=0, le=1000)] = 0,
) -> Response:
    """Show what a change of these rules would change; nothing is done.

    ``q`` is what was typed to find the category; it counts as its id where none was chosen.
    """
    try:
        wanted: KeepRule | None = None
        if step in ("add", "edit"):
            chosen = category_id.strip() or q.strip()
            if not chosen:
                raise InputError("choose the category first")
            wanted = KeepRule(
                code=code,
                template=number_of(Prefix.TEMPLATE, template) if template.strip() else 0,
                pattern=pattern,
                service=service,
                category=number_of(Prefix.CATEGORY, chosen),
                enabled=enabled,
            )
        number = number_of(Prefix.RULE, rule) if step != "add" else 0
        change = KeepChange(step=step, rule=wanted, number=number, position=position, enabled=enabled)
        shown = work_out_keep(page, change)
    except KeaError as error:
        return refused(page, error, "/rules")
    return page.show("what_if.html", shown)


@router.post("/rules/keep/what-if/answers")
def ask_again_keep(page: PageOf, replay: Text = "", reason: Text = "") -> Response:
    """Ask recent questions again, for what was shown already; nothing is done."""
    agreed = read_keep(page.parts.key, page.project, replay)
    try:
        shown = work_out_keep(page, agreed.change, reason=reason, asks=True)
    except KeaError as error:
        return refused(page, error, "/rules")
    return page.show("what_if_asked.html", shown)


@router.post("/rules/keep/confirm")
def confirm_keep(page: PageOf, replay: Text = "", reason: Text = "") -> Response:
    """Do what was shown. Where others changed something meanwhile nothing is done, and it is shown anew."""
    agreed = read_keep(page.parts.key, page.project, replay)
    store = page.parts.knowledge.store
    try:
        done = change_keep(store, page.project, agreed.change, actor=page.actor, reason=reason, basis=agreed.basis)
    except Conflict:
        try:
            shown = work_out_keep(page, agreed.change, reason=reason, since=agreed)
        except KeaError as newer:
            return refused(page, newer, "/rules", status=409)
        return page.show("what_if.html", shown, status=409)
    except KeaError as error:
        return refused(page, error, "/rules")
    page.parts.background.clusterer.notify()
    return page.go_from_dialog("/rules", done=done.audit_id)


@router.post("/rules/keep/undo/{audit_id}")
def undo_keep_rule(page: PageOf, audit_id: int) -> Response:
    """Put the rules back that held before a change, and what it moved."""
    done = curation.undo(page.parts.knowledge.store, page.project, audit_id, actor=page.actor)
    page.parts.background.clusterer.notify()
    return page.go("/rules", done=done.audit_id)
