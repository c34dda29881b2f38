"""Taking an act back, exactly, as far as nothing newer stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.assigning import undo_assign, undo_snooze
from knowledge_base.curation.grouping.merging import move_templates
from knowledge_base.curation.grouping.moving import put_back
from knowledge_base.curation.grouping.reviving import revive
from knowledge_base.curation.grouping.unrearranging import undo_recluster
from knowledge_base.curation.keeping.keep_changes import ACTIONS as KEEPING
from knowledge_base.curation.keeping.keep_undoing import undo_keep
from knowledge_base.curation.keeping.keep_waiting import let_wait
from knowledge_base.curation.learning.learning import take_back
from knowledge_base.curation.said import former_reasons, restore_fitting, withdraw_between
from knowledge_base.curation.solving.publishing import undo_discard, undo_draft, undo_publish, undo_unpublish
from knowledge_base.curation.standing import require_last, require_untouched
from knowledge_base.errors import Conflict
from knowledge_base.store import audit, projects
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import categories, facts, proposals, reclusterings
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind, Solution, Why

Undo = Mapping[str, Any]

_IGNORED_ANEW = "it was ignored, or no longer, meanwhile; take that back first"


def undo(store: Store, project: str, audit_id: int, *, actor: str) -> Done:
    """Take back an act by the number of its audit entry.

    Raises NotFound, and Conflict where it was taken back before, cannot be, or something newer
    builds on it.
    """
    action = _action(store, project, audit_id)
    if action == reclusterings.ACTION:
        undo_recluster(store, project, audit_id, actor=actor)
        return _shown(store, project, audit_id)
    with act(store, project, actor) as this:
        former = keep_rules.read(this.db, project) if action in KEEPING.values() else None
        done = undo_within(this, audit_id)
    if former is not None:
        let_wait(store, project, former)
    return done


def undo_within(this: Act, audit_id: int) -> Done:
    """Do the same within a running act; an act of many categories is taken back by ``undo_many``."""
    entry = audit.get(this.db, this.project, audit_id)
    if entry.undone_at is not None:
        raise Conflict("this was taken back before")
    if entry.undo is None or entry.category is None or entry.action not in _UNDO:
        raise Conflict("this act cannot be taken back here")
    require_last(this, entry)
    if entry.action == "split":
        require_untouched(this, entry)
    shown = _UNDO[entry.action](this, entry.category, entry.undo)
    this.touched |= _touched(this, entry, entry.undo)
    audit.mark_undone(this.db, this.project, audit_id, this.now)
    kept = this.keep("undo", shown, detail={"undone": entry.action, "audit": audit_id}, undo=None)
    return this.done(kept, shown)


def _touched(this: Act, entry: Entry, undo: Undo) -> set[int]:
    """Name the categories that are no longer what they were, so that what is proposed is settled for all of them."""
    found = {merged["source"] for merged in undo.get("merges", ())}
    found |= {number for number in (entry.category, undo.get("source")) if number is not None}
    if "proposal" in entry.detail:
        found |= proposals.reconsider(this.db, this.project, entry.detail["proposal"])
    return found


def _action(store: Store, project: str, audit_id: int) -> str:
    with store.read() as db:
        projects.require_project(db, project)
        return audit.get(db, project, audit_id).action


def _shown(store: Store, project: str, audit_id: int) -> Done:
    """Show the first category of a reclustering, which has too many to show."""
    with store.read() as db:
        category = audit.get(db, project, audit_id).category
        return Done(audit_id, categories.get(db, project, category or 0))


def _undo_label(this: Act, category: int, undo: Undo) -> int:
    conflict = "the label was changed again meanwhile; take that back first"
    return _put_back(this, category, "label", present=undo["label"], before=undo["before"], conflict=conflict)


def _undo_ignore(this: Act, category: int, undo: Undo) -> int:
    # On the row of the act itself: what it was merged into was never asked about.
    if this.state(category).ignored != undo.get("present", not undo["before"]):
        raise Conflict(_IGNORED_ANEW)
    categories.set_fields(this.db, this.project, category, ignored=undo["before"])
    return categories.resolve(this.db, this.project, category)


def _undo_link(this: Act, category: int, undo: Undo) -> int:
    conflict = "another solution was attached meanwhile; take that back first"
    return _put_back(this, category, "solution", present=undo["solution"], before=undo["before"], conflict=conflict)


def _undo_adopt(this: Act, category: int, undo: Undo) -> int:
    conflict = "the label or the solution was changed again meanwhile; take that back first"
    for field in ("label", "solution"):
        if undo[field] is not None:
            _put_back(this, category, field, present=undo[field], before=None, conflict=conflict)
    return categories.resolve(this.db, this.project, category)


def _undo_dismiss(this: Act, category: int, undo: Undo) -> int:
    facts.forget(this.db, this.project, undo["facts"])
    return categories.resolve(this.db, this.project, category)


def _put_back(this: Act, category: int, field: str, *, present: object, before: object, conflict: str) -> int:
    """Give a field its former value, in the category that shows it now and in the row that the act was on."""
    number = categories.resolve(this.db, this.project, category)
    if getattr(this.state(number), field) != present:
        raise Conflict(conflict)
    for each in {number, category}:
        if getattr(this.state(each), field) == present:
            categories.set_fields(this.db, this.project, each, **{field: before})
    return number


def _undo_revise(this: Act, category: int, undo: Undo) -> int:
    number = categories.resolve(this.db, this.project, category)
    newest, revised, old = (
        solutions.get(this.db, this.project, undo["solution"], version)
        for version in (None, undo["version"], undo["before"])
    )
    # Versions are only ever added, also by taking back: what counts is whether the words are those of the act.
    if _words(newest) != _words(revised):
        raise Conflict(f"version {newest.version} was saved meanwhile; take that back first")
    solutions.revise(
        this.db, this.project, undo["solution"], _words(old), author=this.actor, now=this.now, based_on=newest.version
    )
    return number


def _words(solution: Solution) -> SolutionText:
    return SolutionText.of(solution)


def _undo_merge(this: Act, category: int, undo: Undo) -> int:
    target = categories.resolve(this.db, this.project, category)
    present = set(categories.templates_of(this.db, this.project, target))
    living = set(categories.living_templates_of(this.db, this.project, target))
    parts: list[list[int]] = []
    reasons = former_reasons(undo)
    for merged in reversed(undo["merges"]):
        back = [template for template in merged["templates"] if template in present]
        if not back or not present - set(back):
            raise Conflict("the templates were moved on meanwhile; take that back first")
        present -= set(back)
        if living.isdisjoint(back) or living.isdisjoint(present):
            raise Conflict("the templates were evicted meanwhile; only their counts are left, under one id")
        parts.append([each for each in back if each in living])
        revive(this, merged, target)
        why = {"why": Why.PERSON, "actor": this.actor}
        move_templates(
            this.db,
            this.project,
            dict.fromkeys(back, merged["source"]),
            dict.fromkeys(back, why) | {each: reasons[each] for each in back if each in reasons},
            now=this.now,
        )
    facts.withdraw(this.db, this.project, undo["facts"], this.now)
    restore_fitting(this, undo["withdrawn"])
    rest = present & living
    _keep_apart(this, [undo["anchor"] if undo["anchor"] in rest else min(rest)], sorted(rest), parts)
    return target


def _keep_apart(this: Act, anchors: list[int], present: list[int], parts: list[list[int]]) -> None:
    """Say that what was taken apart differs; otherwise the next window would merge it again."""
    settled = list(present)
    for part in parts:
        withdraw_between(this, FactKind.MUST_LINK, part, settled)
        pairs = [(anchor, template) for anchor in anchors for template in part]
        facts.add(this.db, this.project, FactKind.CANNOT_LINK, pairs, actor=this.actor, now=this.now)
        anchors = [*anchors, part[0]]
        settled += part


def _undo_split(this: Act, category: int, undo: Undo) -> int:
    source = categories.resolve(this.db, this.project, undo["source"])
    made = categories.resolve(this.db, this.project, category)
    if made != category or set(categories.templates_of(this.db, this.project, made)) != set(undo["templates"]):
        raise Conflict("the new category has changed meanwhile; take that back first")
    state = this.state(made)
    if state.solution is not None and this.state(source).solution not in (None, state.solution):
        raise Conflict("the new category has a solution of its own; detach it first or merge the two")
    if state.solution is not None:
        categories.set_fields(this.db, this.project, source, solution=state.solution)
    why: dict[str, object] = {"why": Why.PERSON, "actor": this.actor}
    moves: dict[int, int] = dict.fromkeys(undo["templates"], source)
    move_templates(this.db, this.project, moves, dict.fromkeys(moves, why) | former_reasons(undo), now=this.now)
    for number in (made, *categories.aliases_of(this.db, this.project, made)):
        categories.set_fields(this.db, this.project, number, state="merged", merged_into=source)
    facts.withdraw(this.db, this.project, undo["facts"], this.now)
    together = categories.templates_of(this.db, this.project, source)
    withdraw_between(this, FactKind.CANNOT_LINK, undo["templates"], together)
    restore_fitting(this, undo["withdrawn"])
    return source


_UNDO: dict[str, Callable[[Act, int, Undo], int]] = {
    "label": _undo_label,
    "ignore": _undo_ignore,
    "unignore": _undo_ignore,
    "assign": undo_assign,
    "snooze": undo_snooze,
    "unsnooze": undo_snooze,
    "attach": _undo_link,
    "link": _undo_link,
    "detach": _undo_link,
    "revise": _undo_revise,
    "adopt": _undo_adopt,
    "dismiss": _undo_dismiss,
    "apart": _undo_dismiss,
    "merge": _undo_merge,
    "split": _undo_split,
    "move": put_back,
    "confirm": take_back,
    "reject": take_back,
    "pick": take_back,
    "draft": undo_draft,
    "discard": undo_discard,
    "publish": undo_publish,
    "unpublish": undo_unpublish,
    **dict.fromkeys(KEEPING.values(), undo_keep),
}
