"""What the machine proposes about one category, as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.errors import NotFound
from knowledge_base.features.cleaning import cleaned
from knowledge_base.features.ngrams import common_words
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import proposals, template_reading
from knowledge_base.store.grouping.briefs import Brief, briefs
from knowledge_base.store.grouping.proposal_values import Proposal, ProposalKind
from knowledge_base.store.grouping.proposals import Chosen
from knowledge_base.store.solving import solutions
from knowledge_base.types import Category
from web.showing.segments import Segment, template_segments

READ, SHOWN = 40, 5
CARDS = 2
"""Merges that have a card of their own; the others are in the dialog."""

GOING_SHOWN = 20


@dataclass(frozen=True, slots=True)
class GoingTemplate:
    """A template that a split would take out, and how alike it is to those that stay."""

    id: str
    score: float
    pieces: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class ProposedMerge:
    """Another category that may be the same, with its oldest template in pieces; ``words`` stand on both sides."""

    proposal: Proposal
    other: Brief
    pieces: tuple[Segment, ...]
    words: tuple[str, ...]
    runner_up: str | None


@dataclass(frozen=True, slots=True)
class ProposedSplit:
    """The templates that would go; ``more`` of them are not shown."""

    proposal: Proposal
    going: tuple[GoingTemplate, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ProposedLabel:
    """The category whose label and solution would be taken over; ``title`` is that of the solution."""

    proposal: Proposal
    other: Brief
    pieces: tuple[Segment, ...]
    title: str
    runner_up: str | None

    @property
    def name(self) -> str:
        """What the category would be called."""
        return self.other.label or self.title


@dataclass(frozen=True, slots=True)
class ProposedPart:
    """Everything that is proposed, best first."""

    merges: tuple[ProposedMerge, ...]
    split: ProposedSplit | None
    label: ProposedLabel | None

    @property
    def cards(self) -> tuple[ProposedMerge, ...]:
        """The merges that have a card."""
        return self.merges[:CARDS]


def find_proposed(db: Connection, project: str, category: Category) -> ProposedPart:
    """Read what is proposed about a category that is alive."""
    own = number_of(Prefix.CATEGORY, category.id)
    found = proposals.list_proposals(db, project, Chosen(category=own), limit=READ)
    merges = [each for each in found if each.kind is ProposalKind.MERGE][:SHOWN]
    labels = [each for each in found if each.kind is ProposalKind.LABEL and each.left == own][:1]
    splits = [each for each in found if each.kind is ProposalKind.SPLIT][:1]
    known = briefs(db, project, [_other(each, own) for each in (*merges, *labels)])
    clean = cleaned(category.template)
    return ProposedPart(
        tuple(_merge(each, known[_other(each, own)], clean) for each in merges),
        next((_split(db, project, each) for each in splits), None),
        next((_label(db, project, each, known[each.right]) for each in labels), None),
    )


def _other(proposal: Proposal, own: int) -> int:
    return proposal.right if proposal.left == own else proposal.left


def _merge(proposal: Proposal, other: Brief, clean: str) -> ProposedMerge:
    words = proposal.grounds.words or common_words(clean, cleaned(other.template))
    return ProposedMerge(proposal, other, template_segments(other.template), words, _runner_up(proposal))


def _label(db: Connection, project: str, proposal: Proposal, other: Brief) -> ProposedLabel:
    title = "" if other.solution is None else _title(db, project, other.solution)
    return ProposedLabel(proposal, other, template_segments(other.template), title, _runner_up(proposal))


def _title(db: Connection, project: str, solution: int) -> str:
    try:
        return solutions.get(db, project, solution).title
    except NotFound:
        return ""


def _split(db: Connection, project: str, proposal: Proposal) -> ProposedSplit:
    going = proposal.grounds.going
    shown = _texts(db, project, [each.template for each in going[:GOING_SHOWN]])
    pieces = [
        GoingTemplate(public_id(Prefix.TEMPLATE, each.template), each.score, shown.get(each.template, ()))
        for each in going[:GOING_SHOWN]
    ]
    return ProposedSplit(proposal, tuple(pieces), max(0, len(going) - GOING_SHOWN))


def _texts(db: Connection, project: str, templates: Sequence[int]) -> dict[int, tuple[Segment, ...]]:
    found = template_reading.read_templates(db, project, templates)
    return {number_of(Prefix.TEMPLATE, each.id): template_segments(each.text) for each in found}


def _runner_up(proposal: Proposal) -> str | None:
    number = proposal.grounds.runner_up
    return None if number is None else public_id(Prefix.CATEGORY, number)
