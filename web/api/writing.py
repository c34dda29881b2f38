"""Writing solutions by their own ids, with the same audit entries as from a category's page."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.curation.acts import act
from knowledge_base.curation.solving.remedies import link_within
from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.solving import solutions
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.store.store import Store
from knowledge_base.types import Solution, SolutionState


def create(store: Store, project: str, text: SolutionText, category_ids: Sequence[str], *, actor: str) -> Solution:
    """Keep a new solution and attach it to categories, all together. Raises NotFound."""
    with act(store, project, actor) as this:
        number = solutions.create(this.db, project, text, author=this.actor, now=this.now)
        made = solutions.get(this.db, project, number)
        for category in dict.fromkeys(map(this.category, category_ids)):
            link_within(this, category, made)
        return solutions.get(this.db, project, number)


def revise(store: Store, project: str, solution_id: str, text: SolutionText, *, based_on: int, actor: str) -> Solution:
    """Add a version. Raises NotFound, and StaleVersion where ``based_on`` is not the newest.

    The act is kept under the first category that the solution is attached to.
    """
    number = number_of(Prefix.SOLUTION, solution_id)
    with act(store, project, actor) as this:
        version = solutions.revise(this.db, project, number, text, author=this.actor, now=this.now, based_on=based_on)
        revised = solutions.get(this.db, project, number)
        if revised.category_ids:
            this.keep(
                "revise",
                this.category(revised.category_ids[0]),
                detail={
                    "solution": revised.id,
                    "version": version,
                    "title": text.title,
                    **({"draft": True} if revised.state is SolutionState.DRAFT else {}),
                },
                undo={"solution": number, "version": version, "before": based_on},
            )
        return revised
