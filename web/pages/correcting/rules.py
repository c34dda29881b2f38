"""The masking rules of a project: listed, tried, changed and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from assistant.what_if import Rules
from knowledge_base.curation.masking import rule_changes
from knowledge_base.errors import InputError, KeaError, NotFound, StaleVersion
from knowledge_base.signature.custom.user_rules import Action, Example, RuleSet, UserRule
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.rules import rule_sets
from web.pages.correcting.refusing import refused
from web.pages.correcting.rules_context import read_hits, read_rules_page
from web.pages.correcting.what_if_context import TemplateRow, WhatIfPage
from web.pages.correcting.what_if_reading import answer_rows, try_out
from web.pages.opening import Opened, PageOf
from web.replaying.rule_replays import NOTHING, Step, WantedRules, read_rules, write_rules
from web.showing.segments import template_segments

router = APIRouter(include_in_schema=False)

TEMPLATES, LINES = 200, 1_000
"""What is looked at while somebody waits; `kea rules preview` looks at all."""

Text = Annotated[str, Form()]
Flag = Annotated[bool, Form()]


@router.get("/rules")
def show_rules(
    page: PageOf,
    done: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
    keep: Annotated[str, Query(max_length=40, description="The category that a rule is begun for.")] = "",
    template: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """List the rules in the order in which they are tried."""
    with page.parts.knowledge.store.read() as db:
        shown = read_rules_page(db, page.project, done, keep=keep, template=template)
    return page.show("rules.html", shown)


@router.get("/rules/hits")
def show_hits(page: PageOf) -> Response:
    """Count how many recent lines each rule matches."""
    with page.parts.knowledge.store.read() as db:
        shown = read_hits(db, page.project)
    return page.show("rules_hits.html", shown)


@router.post("/rules/what-if")
def try_rules(
    page: PageOf,
    step: Annotated[Step, Form()],
    name: Text = "",
    new_name: Text = "",
    pattern: Text = "",
    action: Annotated[Action, Form()] = Action.MASK,
    kind: Text = "str",
    contains: Text = "",
    examples: Text = "",
    enabled: Flag = False,
    position: Annotated[int, Form(ge=0, le=1000)] = 0,
    only_switch: Flag = False,
) -> Response:
    """Show what a change of the rules would change; nothing is done. ``only_switch`` leaves all but on and off."""
    try:
        number, present = _present(page)
        rule: UserRule | None = None
        if only_switch:
            place = present.place_of(name)
            if place is None:
                raise NotFound(f"there is no rule {name[:40]!r} any more; reload the page")
            rule = replace(present.rules[place], enabled=enabled)
        elif step in ("add", "edit"):
            rule = UserRule(
                name=new_name.strip(),
                pattern=pattern,
                action=action,
                kind=kind if action is Action.MASK else "",
                contains=contains,
                enabled=enabled,
                examples=_examples(examples),
            )
        subject = rule.name if step == "add" and rule else name
        wanted = WantedRules(step=step, name=subject, number=number, rule=rule, position=position)
        shown = _work_out(page, wanted)
    except KeaError as error:
        return refused(page, error, "/rules")
    return page.show("what_if.html", shown)


@router.post("/rules/what-if/answers")
def ask_again_rules(page: PageOf, replay: Text = "", reason: Text = "") -> Response:
    """Ask recent questions again, for what was shown already; nothing is done."""
    wanted = read_rules(page.parts.key, page.project, replay)
    try:
        shown = _work_out(page, wanted, reason=reason, asks=True)
    except KeaError as error:
        return refused(page, error, "/rules")
    return page.show("what_if_asked.html", shown)


@router.post("/rules/confirm")
def confirm_rules(page: PageOf, replay: Text = "", reason: Text = "") -> Response:
    """Do what was shown. Where others changed the rules meanwhile nothing is done, and it is shown anew."""
    wanted = read_rules(page.parts.key, page.project, replay)
    store, project = page.parts.knowledge.store, page.project
    try:
        done = rule_changes.change_rules(
            store, project, _guarded(page, wanted), action=wanted.step, subject=wanted.name, actor=page.actor,
            reason=reason,
        )  # fmt: skip
    except StaleVersion:
        try:
            number, _ = _present(page)
            shown = _work_out(page, replace(wanted, number=number), reason=reason, since=wanted)
        except KeaError as error:
            return refused(page, error, "/rules", status=409)
        return page.show("what_if.html", shown, status=409)
    except KeaError as error:
        return refused(page, error, "/rules")
    page.parts.background.clusterer.notify()
    return page.go_from_dialog("/rules", done=done.audit_id)


@router.post("/rules/undo/{audit_id}")
def undo_rules(page: PageOf, audit_id: int) -> Response:
    """Put the rules back that held before a change."""
    done = rule_changes.undo_rules(page.parts.knowledge.store, page.project, audit_id, actor=page.actor)
    page.parts.background.clusterer.notify()
    return page.go("/rules", done=done.audit_id)


def _present(page: Opened) -> tuple[int, RuleSet]:
    with page.parts.knowledge.store.read() as db:
        found = rule_sets.newest(db, page.project)
    return (found[0].number, found[0].rules) if found else (NOTHING, RuleSet())


def _guarded(page: Opened, wanted: WantedRules) -> rule_changes.Edit:
    """Make the edit of a change that is refused where the rules are not those that it was shown for."""
    number, seen = _present(page)
    edit = wanted.edit

    def guarded(present: RuleSet) -> RuleSet:
        if number != wanted.number or present != seen:
            raise StaleVersion("somebody changed the rules meanwhile; look at what would change now")
        return edit(present)

    return guarded


def _work_out(
    page: Opened, wanted: WantedRules, *, reason: str = "", since: WantedRules | None = None, asks: bool = False
) -> WhatIfPage:
    store, project = page.parts.knowledge.store, page.project
    before, behind = rule_changes.changed_rules(store, project, wanted.edit)
    if before == behind:
        raise InputError("that changes nothing; the rules are as they were")
    act = Rules(behind.rules, TEMPLATES, LINES)
    found, asked = try_out(page, act, asks=asks)
    preview = found.preview
    assert preview is not None  # noqa: S101 - other rules always have one
    homes = {template: joined.category_ids[0] for joined in preview.joined if not joined.conflict
             for template in joined.template_ids}  # fmt: skip
    with store.read() as db:
        answers = answer_rows(db, project, asked)
        meanwhile: tuple[Entry, ...] = ()
        if since is not None:
            acts = audit.of_actions(db, project, {*rule_changes.ACTIONS.values(), rule_changes.UNDONE}, limit=5)
            meanwhile = tuple(each for each in acts if each.detail.get("number", 0) > since.number)
    _ = page.visit.formats.translator.text
    title = {
        "add": _("Add the rule %(name)s.", name=wanted.name),
        "edit": _("Change the rule %(name)s.", name=wanted.name),
        "remove": _("Remove the rule %(name)s.", name=wanted.name),
        "move": _("Try the rule %(name)s in place %(n)s.", name=wanted.name, n=wanted.position),
    }[wanted.step]
    verb = {
        "add": _("Add 1 rule"),
        "edit": _("Change 1 rule"),
        "remove": _("Remove 1 rule"),
        "move": _("Move 1 rule"),
    }[wanted.step]
    return WhatIfPage(
        replay=write_rules(page.parts.key, project, wanted),
        confirm="/rules/confirm",
        ask="/rules/what-if/answers",
        cancel=page.visit.url("/rules"),
        title=title,
        found=found,
        before=(),
        after=(),
        flow=None,
        asked=asked,
        answers=answers,
        templates=tuple(
            TemplateRow(
                each.template_id,
                template_segments(each.after),
                each.category_id,
                homes.get(each.template_id, each.category_id),
                each.lines,
                template_segments(each.before),
            )
            for each in preview.changed
        ),
        verb=verb,
        promise=_("No solution comes off a category. You can undo it."),
        reason=reason[:500],
        is_stale=since is not None,
        meanwhile=meanwhile,
    )


def _examples(text: str) -> tuple[Example, ...]:
    """Read one example from each line, with => between the line and its template; raises InputError."""
    found = []
    for line in text[:100_000].replace("\r\n", "\n").split("\n"):
        if line.strip():
            before, arrow, after = line.partition("=>")
            if not arrow:
                raise InputError("write each example as: line => template")
            found.append(Example(before.strip(), after.strip()))
    return tuple(found[:100])
