"""Agreeing to what the machine proposes, or saying that it is wrong; both are acts that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.curation.acts import Act, Done, act
from knowledge_base.curation.grouping.moves import merge_within, split_within
from knowledge_base.errors import Conflict, InputError
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import categories, facts, proposals
from knowledge_base.store.grouping.proposal_settling import settle
from knowledge_base.store.grouping.proposal_values import Proposal, ProposalKind, ProposalState
from knowledge_base.store.solving import solutions
from knowledge_base.store.store import Store
from knowledge_base.types import FactKind

MOST_PAIRS = 400
"""Facts that one dismissal makes at most where both categories are large: then one template speaks for each side."""


def accept(
    store: Store,
    project: str,
    proposal_id: str,
    *,
    actor: str,
    into: str | None = None,
    reason: str = "",
    basis: str | None = None,
) -> Done:
    """Do what a proposal says, in the name of a person; the audit entry names the proposal.

    A merge keeps the category ``into``, which is the labelled one, else the older one, unless given. A split makes a
    category of the templates that would go. A label is taken over together with the solution, and the two categories
    stay apart: the same words help with errors of different systems, whose counts and volumes are not the same; whoever
    means that it is one error merges them. Raises NotFound, Conflict where the proposal is not open, InputError where
    ``into`` is not one of the two, StaleVersion where the two are not as ``basis`` says.
    """
    with act(store, project, actor) as this:
        found = _open(this, proposal_id)
        this.require(basis, {found.left, found.right})
        this.proposal = found.public_id
        target = _side(this, found, into)
        proposals.set_state(this.db, project, [found.id], ProposalState.ACCEPTED)
        if found.kind is ProposalKind.MERGE:
            target = kept_by(this, found) if target is None else target
            return merge_within(this, target, [found.right if target == found.left else found.left], reason=reason)
        if found.kind is ProposalKind.SPLIT:
            return split_within(this, found.left, [each.template for each in found.grounds.going], reason=reason)
        return _adopt(this, found, reason)


def dismiss(
    store: Store,
    project: str,
    proposal_id: str,
    *,
    actor: str,
    shown: str | None = None,
    reason: str = "",
    basis: str | None = None,
) -> Done:
    """Say that a proposal is wrong; it never comes again.

    Templates of a merge or a label are kept apart by cannot-links, those of a split together by must-links, whatever
    joins either side later. The act stands under the category ``shown``, the first of the two unless given. Raises
    NotFound, Conflict where the proposal is not open, InputError where ``shown`` is not one of the two, StaleVersion
    where the two are not as ``basis`` says.
    """
    with act(store, project, actor) as this:
        found = _open(this, proposal_id)
        this.require(basis, {found.left, found.right})
        this.proposal = found.public_id
        category = _side(this, found, shown) or found.left
        this.touched |= {found.left, found.right}
        kind, pairs = contrary(this, found)
        made = facts.add(this.db, project, kind, pairs, actor=this.actor, now=this.now)
        proposals.set_state(this.db, project, [found.id], ProposalState.DISMISSED)
        other = found.right if category == found.left else found.left
        entry = this.keep(
            "dismiss",
            category,
            detail={
                "kind": found.kind,
                "other": public_id(Prefix.CATEGORY, other),
                "templates": [public_id(Prefix.TEMPLATE, each.template) for each in found.grounds.going],
                "score": found.score,
                **({"reason": reason[:500]} if reason else {}),
            },
            undo={"facts": made},
        )
        return this.done(entry, category)


def _open(this: Act, proposal_id: str) -> Proposal:
    """Read a proposal that waits for an answer; raises NotFound, Conflict."""
    known = proposals.get(this.db, this.project, proposal_id)
    settle(this.db, this.project, {known.left, known.right})
    found = proposals.get(this.db, this.project, proposal_id)
    require_open(found)
    return found


def require_open(found: Proposal) -> None:
    """Go on only where a proposal waits for an answer; raises Conflict."""
    if found.state is ProposalState.CLOSED:
        raise Conflict(f"{found.public_id} fits no longer: its categories have changed meanwhile; reload the page")
    if found.state is not ProposalState.OPEN:
        raise Conflict(f"{found.public_id} was {found.state} before; take that act back first")


def _side(this: Act, found: Proposal, public: str | None) -> int | None:
    """Resolve a category that must be one of the two; raises NotFound, InputError."""
    if public is None:
        return None
    number = this.category(public)
    if number not in (found.left, found.right):
        raise InputError(f"{public} is not one of the categories that {found.public_id} is about")
    return number


def kept_by(this: Act, found: Proposal) -> int:
    """Choose what a merge keeps: a solution weighs more than a label, a label more than age."""

    def rank(number: int) -> tuple[bool, bool, int]:
        state = this.state(number)
        return (state.solution is None, state.label is None, number)

    return min(found.left, found.right, key=rank)


def contrary(this: Act, found: Proposal) -> tuple[FactKind, list[tuple[int, int]]]:
    """Say the contrary of a proposal about the templates that are there now."""
    left = categories.living_templates_of(this.db, this.project, found.left)
    if found.kind is ProposalKind.SPLIT:
        going = [each.template for each in found.grounds.going]
        return FactKind.MUST_LINK, _joined(going, [each for each in left if each not in set(going)])
    right = categories.living_templates_of(this.db, this.project, found.right)
    return FactKind.CANNOT_LINK, all_pairs(left, right)


def all_pairs(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int]]:
    """Pair the templates of two categories that are to be kept apart."""
    if len(left) * len(right) <= MOST_PAIRS:
        return [(one, other) for one in left for other in right]
    return _joined(left, right)


def _joined(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int]]:
    """Pair the oldest of each side with all of the other."""
    return [*((each, min(right)) for each in left), *((min(left), each) for each in right)]


def _adopt(this: Act, found: Proposal, reason: str) -> Done:
    """Give a category the label and the solution of another one."""
    other = this.state(found.right)
    given = {"label": other.label, "solution": other.solution}
    categories.set_fields(
        this.db, this.project, found.left, **{name: value for name, value in given.items() if value is not None}
    )
    solution = None if other.solution is None else solutions.get(this.db, this.project, other.solution)
    entry = this.keep(
        "adopt",
        found.left,
        detail={
            "from": public_id(Prefix.CATEGORY, found.right),
            "label": other.label or "",
            "solution": None if solution is None else solution.id,
            "title": "" if solution is None else solution.title,
            **({"reason": reason[:500]} if reason else {}),
        },
        undo=given,
    )
    # The answer names all categories of the solution, this one too.
    solution = (
        None if solution is None else solutions.get(this.db, this.project, number_of(Prefix.SOLUTION, solution.id))
    )
    return this.done(entry, found.left, solution)
