"""What the machine proposes: reading it, agreeing, and saying that it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlalchemy import Connection

from knowledge_base import curation
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import categories, proposals
from knowledge_base.store.grouping.briefs import Brief, briefs
from knowledge_base.store.grouping.proposal_values import Proposal, ProposalKind, ProposalState
from knowledge_base.store.grouping.proposals import Chosen
from web.api.bases import Basis, bound
from web.api.curation import DoneOut, Id
from web.api.models import Shape
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(prefix="/proposals", tags=["proposals"])


class GoingOut(Shape):
    """A template that a split would take out, and how alike it is to those that stay."""

    id: str = Field(examples=["T-34"])
    score: float = Field(examples=[0.31])


class ProposalOut(Shape):
    """A proposal and its grounds. It follows its categories when these are merged."""

    id: str = Field(examples=["P-7"])
    kind: ProposalKind = Field(description="merge, split, or label: `left` takes over label and solution of `right`.")
    state: ProposalState = Field(description="closed: makes no sense at present; open again once it does.")
    left: str = Field(examples=["KE-12"])
    right: str = Field(examples=["KE-34"], description="The same as `left` where it would be split.")
    score: float = Field(examples=[0.71], description="0..1; of a split, how far apart its parts are.")
    threshold: float = Field(examples=[0.5], description="Score from which this is proposed.")
    runner_up: str | None = Field(examples=["KE-9"], description="The category that came next.")
    runner_up_score: float = Field(examples=[0.42])
    words: list[str] = Field(examples=[["table", "found"]], description="In common.")
    codes: list[str] = Field(examples=[["ODPS-0130131"]], description="Error codes in common.")
    concepts: list[str] = Field(examples=[["not-found"]], description="Concepts of the glossary in common, by name.")
    against: list[str] = Field(examples=[["table / column"]], description="What contradicts.")
    inside: float = Field(examples=[0.0], description="Of a split: how alike templates are within its parts.")
    templates: list[GoingOut] = Field(description="Of a split: those that would go.")
    label: str | None = Field(examples=["Table not found"], description="The label that is offered, as it is now.")
    solution_id: str | None = Field(examples=["S-3"], description="The solution that is offered with it.")
    version: str = Field(examples=["pairs-1"], description="What the score was made with.")
    at: datetime = Field(description="When the score was made.")

    @classmethod
    def of(cls, proposal: Proposal, offered: Brief | None) -> ProposalOut:
        """Show a proposal; ``offered`` is the category whose label would be taken over."""
        grounds = proposal.grounds
        return cls(
            id=proposal.public_id,
            kind=proposal.kind,
            state=proposal.state,
            left=public_id(Prefix.CATEGORY, proposal.left),
            right=public_id(Prefix.CATEGORY, proposal.right),
            score=round(proposal.score, 4),
            threshold=round(grounds.threshold, 4),
            runner_up=None if grounds.runner_up is None else public_id(Prefix.CATEGORY, grounds.runner_up),
            runner_up_score=round(grounds.runner_up_score, 4),
            words=list(grounds.words),
            codes=list(grounds.codes),
            concepts=list(grounds.concepts),
            against=list(grounds.against),
            inside=round(grounds.inside, 4),
            templates=[
                GoingOut(id=public_id(Prefix.TEMPLATE, each.template), score=round(each.score, 4))
                for each in grounds.going
            ],
            label=offered.label if offered else None,
            solution_id=public_id(Prefix.SOLUTION, offered.solution) if offered and offered.solution else None,
            version=grounds.version,
            at=proposal.at,
        )


class AcceptIn(Shape):
    """How to agree; everything has a default."""

    into: Annotated[
        Id | None,
        Field(description="Of a merge: the category to keep; the solved, labelled or older one unless given."),
    ] = None
    reason: Annotated[str, Field(max_length=500)] = ""
    basis: Basis = None


class DismissIn(Shape):
    """Why a proposal is wrong; everything has a default."""

    reason: Annotated[str, Field(max_length=500)] = ""
    basis: Basis = None


@router.get("", summary="List proposals")
def list_proposals(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    kind: Annotated[list[ProposalKind] | None, Query(description="Only these; all unless given.")] = None,
    state: Annotated[list[ProposalState] | None, Query(description="Only these; open ones unless given.")] = None,
    category: Annotated[
        str | None, Query(max_length=40, description="Only those about it.", examples=["KE-12"])
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[ProposalOut]:
    """List them, best first; 404 for a category that is not in the project."""
    after = None if cursor is None else proposals.read_place(cursor)
    states = tuple(state or (ProposalState.OPEN,))
    with parts.knowledge.store.read() as db:
        number = None if category is None else categories.resolve_public(db, project, category)
        chosen = Chosen(tuple(kind or ()), states, number)
        found = proposals.list_proposals(db, project, chosen, limit=limit + 1, after=after)
        items = _shown(db, project, found[:limit])
    following = proposals.write_place(found[limit - 1]) if len(found) > limit else None
    link_next(request, response, following)
    return PageOut(items=items, cursor=following)


@router.get("/{proposal_id}", summary="Read a proposal")
def read_proposal(parts: PartsOf, project: ProjectOf, proposal_id: str) -> ProposalOut:
    """Read one, in whatever state it is."""
    with parts.knowledge.store.read() as db:
        return _shown(db, project, [proposals.get(db, project, proposal_id)])[0]


@router.post("/{proposal_id}/accept", summary="Do what a proposal says")
def accept_proposal(
    parts: PartsOf, project: ProjectOf, who: WhoOf, proposal_id: str, how: AcceptIn | None = None
) -> DoneOut:
    """Merge, split, or take label and solution over, in your name; `POST /undo` takes it back.

    409 where the proposal was accepted, dismissed or closed meanwhile; 400 where `into` is not one of its categories.
    """
    store, how = parts.knowledge.store, how or AcceptIn()
    with bound(parts, project, how.basis, *_sides(parts, project, proposal_id)) as basis:
        done = curation.accept(
            store, project, proposal_id, into=how.into, reason=how.reason, basis=basis, actor=who.name
        )
    return DoneOut.of(done)


@router.post("/{proposal_id}/dismiss", summary="Say that a proposal is wrong")
def dismiss_proposal(
    parts: PartsOf, project: ProjectOf, who: WhoOf, proposal_id: str, why: DismissIn | None = None
) -> DoneOut:
    """Keep its templates apart (merge, label) or together (split) for ever; `POST /undo` takes it back.

    409 where the proposal was accepted, dismissed or closed meanwhile.
    """
    store, why = parts.knowledge.store, why or DismissIn()
    with bound(parts, project, why.basis, *_sides(parts, project, proposal_id)) as basis:
        done = curation.dismiss(store, project, proposal_id, reason=why.reason, basis=basis, actor=who.name)
    return DoneOut.of(done)


def _sides(parts: PartsOf, project: str, proposal_id: str) -> tuple[str, str]:
    with parts.knowledge.store.read() as db:
        found = proposals.get(db, project, proposal_id)
    return public_id(Prefix.CATEGORY, found.left), public_id(Prefix.CATEGORY, found.right)


def _shown(db: Connection, project: str, found: Sequence[Proposal]) -> list[ProposalOut]:
    offering = {each.right for each in found if each.kind is ProposalKind.LABEL}
    known = briefs(db, project, offering)
    return [ProposalOut.of(each, known.get(each.right) if each.kind is ProposalKind.LABEL else None) for each in found]
