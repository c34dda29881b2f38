"""Attaching solutions to categories: a new one, a new version, an existing one, or none."""

from __future__ import annotations

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.solving.attached import named_in, require_attached
from knowledge_base.errors import StaleVersion
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Solution


def attach(
    store: Store,
    project: str,
    category_id: str,
    text: SolutionText,
    *,
    actor: str,
    based_on: int | None = None,
    seen: str | None = None,
) -> Done:
    """Write a category's solution: its first version, or the next one of the solution that it has.

    ``based_on`` is the version that the writer saw, None where they saw no solution, ``seen`` the solution that it was
    of, empty for none; where that is None, only the version is compared. Raises NotFound, and StaleVersion where
    somebody else was faster.
    """
    with act(store, project, actor) as this:
        number = this.category(category_id)
        present = this.state(number).solution
        if seen:
            named_in(this, seen)
        if present is None:
            if based_on is not None or seen:
                raise StaleVersion("the solution was detached meanwhile; reload the page, then save again")
            return _attach_first(this, number, text)
        if based_on is None:
            newest = solutions.get(this.db, project, present)
            raise StaleVersion(
                f"{newest.author} attached {newest.title!r} meanwhile; compare it with yours, then save again"
            )
        require_attached(this, number, seen)
        version = solutions.revise(this.db, project, present, text, author=this.actor, now=this.now, based_on=based_on)
        entry = this.keep(
            "revise",
            number,
            detail={"solution": public_id(Prefix.SOLUTION, present), "version": version, "title": text.title},
            undo={"solution": present, "version": version, "before": based_on},
        )
        return this.done(entry, number, solutions.get(this.db, project, present))


def _attach_first(this: Act, number: int, text: SolutionText) -> Done:
    made = solutions.create(this.db, this.project, text, author=this.actor, now=this.now)
    categories.set_fields(this.db, this.project, number, solution=made)
    proposals.offer_label(this.db, this.project, number, this.now)
    entry = this.keep(
        "attach",
        number,
        detail={"solution": public_id(Prefix.SOLUTION, made), "version": 1, "title": text.title},
        undo={"solution": made, "before": None},
    )
    return this.done(entry, number, solutions.get(this.db, this.project, made))


def link(
    store: Store, project: str, category_id: str, solution_id: str, *, actor: str, seen: str | None = None
) -> Done:
    """Give a category a solution that is there already, in place of the one it has.

    Raises NotFound, and StaleVersion where it does not have the one that was ``seen``, empty for none.
    """
    with act(store, project, actor) as this:
        number = this.category(category_id)
        require_attached(this, number, seen)
        wanted = solutions.get(this.db, project, number_of(Prefix.SOLUTION, solution_id))
        entry = link_within(this, number, wanted)
        return this.done(entry, number, solutions.get(this.db, project, number_of(Prefix.SOLUTION, solution_id)))


def link_within(this: Act, number: int, wanted: Solution) -> int:
    """Do the same within a running act, by the category's number; tell the audit entry."""
    before = this.state(number).solution
    solution = number_of(Prefix.SOLUTION, wanted.id)
    categories.set_fields(this.db, this.project, number, solution=solution)
    proposals.offer_label(this.db, this.project, number, this.now)
    return this.keep(
        "link",
        number,
        detail={"solution": wanted.id, "title": wanted.title},
        undo={"solution": solution, "before": before},
    )


def detach(store: Store, project: str, category_id: str, *, actor: str, seen: str | None = None) -> Done:
    """Take the solution off a category; the solution itself stays.

    Raises NotFound, and StaleVersion where it does not have the one that was ``seen``.
    """
    with act(store, project, actor) as this:
        number = this.category(category_id)
        require_attached(this, number, seen)
        before = this.state(number).solution
        categories.set_fields(this.db, project, number, solution=None)
        named = None if before is None else public_id(Prefix.SOLUTION, before)
        entry = this.keep("detach", number, detail={"solution": named}, undo={"solution": None, "before": before})
        return this.done(entry, number)
