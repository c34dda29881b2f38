"""Categories that have to do with one: those that may be the same, were ruled out, share its solution, or are apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from knowledge_base.ids import Prefix, number_of
from knowledge_base.store.grouping import briefs, facts, templates
from knowledge_base.types import Category, FactKind, Solution, Template
from web.pages.browsing.proposed import ProposedPart
from web.showing.segments import Segment, template_segments

SHOWN = 20
TEMPLATES_READ = 200


@dataclass(slots=True)
class Ties:
    """Why a category is related: the best score as a proposal, as a runner-up, and what people said."""

    proposed: float | None = None
    runner_up: float | None = None
    shares_solution: bool = False
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """One related category, with its oldest template in pieces."""

    id: str
    label: str
    pieces: tuple[Segment, ...]
    ties: Ties


@dataclass(slots=True)
class _Found:
    ties: dict[int, Ties] = field(default_factory=dict)

    def of(self, number: int) -> Ties:
        return self.ties.setdefault(number, Ties())


def find_related(
    db: Connection,
    project: str,
    category: Category,
    *,
    members: Sequence[Template],
    proposed: ProposedPart,
    solution: Solution | None,
) -> tuple[Related, ...]:
    """Read what is related to a category, nearest first."""
    own = number_of(Prefix.CATEGORY, category.id)
    found = _Found()
    for near in proposed.merges:
        found.of(near.other.number).proposed = near.proposal.score
    if proposed.label is not None:
        ties = found.of(proposed.label.other.number)
        ties.proposed = max(ties.proposed or 0.0, proposed.label.proposal.score)
    for member in members:
        if member.reason.runner_up:
            ties = found.of(number_of(Prefix.CATEGORY, member.reason.runner_up))
            ties.runner_up = max(ties.runner_up or 0.0, member.reason.runner_up_score)
    for each in solution.category_ids if solution else ():
        found.of(number_of(Prefix.CATEGORY, each)).shares_solution = True
    for number in _apart(db, project, members):
        found.of(number).is_apart = True
    found.ties.pop(own, None)
    ordered = sorted(found.ties.items(), key=lambda pair: _rank(pair[1]))[:SHOWN]
    known = briefs.briefs(db, project, [number for number, _ in ordered])
    return tuple(
        Related(known[number].id, known[number].label or "", template_segments(known[number].template), ties)
        for number, ties in ordered
        # One without a template of its own became part of another.
        if number in known and known[number].template
    )


def _apart(db: Connection, project: str, members: Sequence[Template]) -> Iterable[int]:
    """Name the categories of the templates that people keep apart from these."""
    inside = {number_of(Prefix.TEMPLATE, each.id) for each in members[:TEMPLATES_READ]}
    others = {
        side
        for fact in facts.about(db, project, inside)
        if fact.kind is FactKind.CANNOT_LINK
        for side in (fact.left, fact.right)
    }
    return sorted(set(templates.homes(db, project, sorted(others - inside)).values()))


def _rank(ties: Ties) -> tuple[float, bool]:
    return (-max(ties.proposed or 0.0, ties.runner_up or 0.0), not ties.shares_solution)
