"""Drafts of solutions: writing one for a category, publishing it, turning it back, throwing it away.

A draft hangs on its categories by a table of its own; a category's solution is a published one. So publishing is
what makes a category answered, and what later answers follow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.solving.attached import named_in
from knowledge_base.curation.solving.waiting_texts import change_state, restore
from knowledge_base.errors import Conflict, NotFound, StaleVersion
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.solving import drafts, solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Solution, SolutionState

Undo = Mapping[str, Any]


def draft(
    store: Store, project: str, category_id: str, text: SolutionText, *, actor: str, external: str | None = None
) -> Done:
    """Write a draft for a category, beside others that it may have. Raises NotFound."""
    with act(store, project, actor) as this:
        number = this.category(category_id)
        made = solutions.create(
            this.db, project, text, author=this.actor, now=this.now, external=external, state=SolutionState.DRAFT
        )
        drafts.link(this.db, project, made, [number])
        entry = this.keep("draft", number, detail=_named(made, text.title), undo={"solution": made})
        return this.done(entry, number, solutions.get(this.db, project, made))


def discard(
    store: Store, project: str, category_id: str, solution_id: str, *, actor: str, based_on: int | None = None
) -> Done:
    """Take a draft off a category; its words stay. ``based_on`` is the version that was looked at.

    Raises NotFound where it is no draft for that category, and StaleVersion.
    """
    with act(store, project, actor) as this:
        number = this.category(category_id)
        wanted = number_of(Prefix.SOLUTION, solution_id)
        if wanted not in drafts.of_category(this.db, project, number):
            raise NotFound(f"{solution_id} is no draft for {public_id(Prefix.CATEGORY, number)}")
        given = {number, *categories.aliases_of(this.db, project, number)}
        links = sorted(given.intersection(drafts.links_of(this.db, project, wanted)))
        present = solutions.get(this.db, project, wanted)
        _require_version(present, based_on)
        drafts.unlink(this.db, project, wanted, links)
        title = present.title
        undo = {"solution": wanted, "links": links}
        entry = this.keep("discard", number, detail=_named(wanted, title), undo=undo)
        return this.done(entry, number)


def publish(
    store: Store,
    project: str,
    solution_id: str,
    *,
    actor: str,
    text: SolutionText | None = None,
    based_on: int | None = None,
    replaces: Collection[str] = (),
) -> Done:
    """Make a draft the solution of its categories: from now on, and for those who asked before, it is the answer.

    With a text the draft gets these words first, as its next version behind ``based_on``; without one ``based_on`` is
    the version that was looked at. ``replaces`` names the solutions in whose place it comes. Raises NotFound,
    StaleVersion, also where a text follows no version, and Conflict for what is published already, for a draft without
    a category, and for categories that have another solution that is not to be replaced.
    """
    with act(store, project, actor) as this:
        wanted = number_of(Prefix.SOLUTION, solution_id)
        present = solutions.get(this.db, project, wanted)
        if present.state is SolutionState.PUBLISHED:
            raise Conflict(f"{present.id} is published already")
        if not present.category_ids:
            raise Conflict(f"{present.id} is for no category; attach it to one first")
        if text is None:
            _require_version(present, based_on)
        elif not text.says_the_same_as(present):
            if based_on is None:
                raise StaleVersion(f"these words follow no version of {present.id}; compare both, then save again")
            solutions.revise(this.db, project, wanted, text, author=this.actor, now=this.now, based_on=based_on)
            present = solutions.get(this.db, project, wanted)
        entry, first = publish_within(this, present, replaces={named_in(this, each) for each in replaces})
        return this.done(entry, first, solutions.get(this.db, project, wanted))


def publish_within(this: Act, wanted: Solution, *, replaces: Collection[int] | None) -> tuple[int, int]:
    """Do the same within a running act, for a draft that has categories; tell audit entry and first category.

    With None for ``replaces`` it comes in the place of whatever is there.
    """
    number = number_of(Prefix.SOLUTION, wanted.id)
    links = drafts.links_of(this.db, this.project, number)
    homes = [number_of(Prefix.CATEGORY, each) for each in wanted.category_ids]
    rows = sorted({*homes, *links})
    before = {row: this.state(row).solution for row in rows}
    if replaces is not None:
        _require_replaced(homes, before, replaces)
    left = change_state(this, number, SolutionState.PUBLISHED)
    drafts.unlink(this.db, this.project, number, links)
    for row in rows:
        # A merged category remembers it too, so that it has it again when the merge is taken back.
        if row in homes or before[row] is None:
            categories.set_fields(this.db, this.project, row, solution=number)
    for home in homes:
        proposals.offer_label(this.db, this.project, home, this.now)
    first, *others = homes
    this.touched |= set(others)
    entry = this.keep(
        "publish",
        first,
        detail={**_named(number, wanted.title), "categories": list(wanted.category_ids)},
        undo={"solution": number, "links": links, "before": [[row, before[row]] for row in rows], **left},
    )
    return entry, first


def unpublish(store: Store, project: str, solution_id: str, *, actor: str, based_on: int | None = None) -> Done:
    """Turn a solution back into a draft for its categories, which count as unsolved from then on.

    ``based_on`` is the version that was looked at. Raises NotFound, StaleVersion, and Conflict where it is a draft
    already or is attached to no category.
    """
    with act(store, project, actor) as this:
        wanted = number_of(Prefix.SOLUTION, solution_id)
        present = solutions.get(this.db, project, wanted)
        if present.state is SolutionState.DRAFT:
            raise Conflict(f"{present.id} is a draft already")
        if not present.category_ids:
            raise Conflict(f"{present.id} is attached to no category, so nobody gets it")
        _require_version(present, based_on)
        rows, left = _take_off(this, wanted)
        first, *others = (number_of(Prefix.CATEGORY, each) for each in present.category_ids)
        this.touched |= set(others)
        entry = this.keep(
            "unpublish",
            first,
            detail={**_named(wanted, present.title), "categories": list(present.category_ids)},
            undo={"solution": wanted, "rows": rows, "version": present.version, **left},
        )
        return this.done(entry, first, solutions.get(this.db, project, wanted))


def undo_draft(this: Act, category: int, undo: Undo) -> int:
    """Take a draft that was written off again; raises Conflict where it was published meanwhile."""
    _require_state(this, undo["solution"], SolutionState.DRAFT)
    drafts.unlink(this.db, this.project, undo["solution"], [category])
    return categories.resolve(this.db, this.project, category)


def undo_discard(this: Act, category: int, undo: Undo) -> int:
    """Give a draft back; raises Conflict where it was published meanwhile."""
    _require_state(this, undo["solution"], SolutionState.DRAFT)
    drafts.link(this.db, this.project, undo["solution"], undo["links"])
    return categories.resolve(this.db, this.project, category)


def undo_publish(this: Act, category: int, undo: Undo) -> int:
    """Make a draft of it again and give what it replaced back; raises Conflict where something newer builds on it."""
    number = undo["solution"]
    _require_state(this, number, SolutionState.PUBLISHED)
    given = dict(undo["before"])
    present = solutions.rows_with(this.db, this.project, number)
    if not set(present) <= set(given):
        raise Conflict("it was attached to other categories meanwhile; take that back first")
    if any(this.state(row).solution not in (number, before) for row, before in given.items()):
        raise Conflict("another solution was attached meanwhile; take that back first")
    _take_off(this, number)
    # It is a draft for what it was a draft for, not for what it was attached to.
    drafts.unlink(this.db, this.project, number, given)
    drafts.link(this.db, this.project, number, undo["links"])
    for row, before in given.items():
        if before is not None:
            categories.set_fields(this.db, this.project, row, solution=before)
    restore(this, number, undo.get("review"))
    this.touched |= {categories.resolve(this.db, this.project, row) for row in given}
    return categories.resolve(this.db, this.project, category)


def undo_unpublish(this: Act, category: int, undo: Undo) -> int:
    """Publish it again where it was; raises Conflict where another solution is attached or it is published."""
    number, rows = undo["solution"], undo["rows"]
    _require_state(this, number, SolutionState.DRAFT)
    if any(this.state(row).solution is not None for row in rows):
        raise Conflict("another solution was attached meanwhile; take that back first")
    # What was said while it was a draft is a version that nobody got before.
    is_same = solutions.get(this.db, this.project, number).version == undo.get("version")
    minute = undo.get("published_minute") if is_same else None
    change_state(this, number, SolutionState.PUBLISHED, minute=minute)
    restore(this, number, undo.get("review"))
    links = drafts.links_of(this.db, this.project, number)
    drafts.unlink(this.db, this.project, number, links)
    for row in rows:
        categories.set_fields(this.db, this.project, row, solution=number)
    this.touched |= {categories.resolve(this.db, this.project, row) for row in rows}
    return categories.resolve(this.db, this.project, category)


def draft_within(this: Act, solution: int, title: str, homes: Collection[int]) -> None:
    """Give a draft to categories within a running act, each with an audit entry of its own."""
    for home in homes:
        drafts.link(this.db, this.project, solution, [home])
        this.keep("draft", home, detail=_named(solution, title), undo={"solution": solution})


def _take_off(this: Act, number: int) -> tuple[list[int], dict[str, Any]]:
    """Make a draft of a solution for all that it is attached to, merged categories too.

    Tells their numbers, and what ``change_state`` tells.
    """
    rows = solutions.rows_with(this.db, this.project, number)
    for row in rows:
        categories.set_fields(this.db, this.project, row, solution=None)
    left = change_state(this, number, SolutionState.DRAFT)
    drafts.link(this.db, this.project, number, rows)
    return rows, left


def _require_replaced(homes: Collection[int], before: Mapping[int, int | None], replaces: Collection[int]) -> None:
    """Raise Conflict where a category has a solution that nobody said is to be replaced."""
    taken = {home: before[home] for home in homes if before[home] is not None and before[home] not in replaces}
    if not taken:
        return
    if not replaces:
        named = ", ".join(public_id(Prefix.CATEGORY, home) for home in taken)
        raise Conflict(f"{named} has another solution; say that it shall be replaced, or discard the draft there")
    home, other = next(iter(taken.items()))
    raise StaleVersion(
        f"{public_id(Prefix.CATEGORY, home)} has {public_id(Prefix.SOLUTION, other or 0)} by now; read that first"
    )


def _require_version(present: Solution, based_on: int | None) -> None:
    if based_on not in (None, present.version):
        raise StaleVersion(f"{present.author} saved version {present.version} meanwhile; read it first")


def _require_state(this: Act, number: int, state: SolutionState) -> None:
    if solutions.get(this.db, this.project, number).state is not state:
        said = "published" if state is SolutionState.DRAFT else "made a draft"
        raise Conflict(f"{public_id(Prefix.SOLUTION, number)} was {said} meanwhile; take that back first")


def _named(number: int, title: str) -> dict[str, object]:
    return {"solution": public_id(Prefix.SOLUTION, number), "title": title}
