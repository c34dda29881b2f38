"""Choosing the templates that leave a category, over the list of the queue."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store.grouping import categories, proposals, template_reading
from knowledge_base.store.grouping.proposal_values import ProposalKind
from knowledge_base.store.grouping.proposals import Chosen
from knowledge_base.store.grouping.tombstones import require_alive
from knowledge_base.store.rules.keep_rules import rules_of
from web.pages.opening import PageOf
from web.showing.segments import Segment, template_segments

SHOWN = 50
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SplitMember:
    """A template that can be chosen; ``is_going`` where it is proposed to leave."""

    id: str
    pieces: tuple[Segment, ...]
    count: int
    is_going: bool


@dataclass(frozen=True, slots=True)
class SplitPage:
    """The most frequent templates of a category; ``has_more`` where it has others. ``rules`` keep it."""

    id: str
    members: tuple[SplitMember, ...]
    has_more: bool
    rules: tuple[str, ...]


@router.get("/queue/split/{category_id}")
def choose_templates(page: PageOf, category_id: str) -> Response:
    """Show the templates of a category; those that are proposed to leave it are chosen already."""
    project = page.project
    with page.parts.knowledge.store.read() as db:
        number = categories.resolve_public(db, project, category_id)
        require_alive(db, project, number)
        going = _going(db, project, number)
        members = template_reading.templates_in(db, project, number, SHOWN + 1)
        rules = rules_of(db, project, number)
    shown = tuple(
        SplitMember(each.id, template_segments(each.text), each.count, each.id in going) for each in members[:SHOWN]
    )
    split = SplitPage(public_id(Prefix.CATEGORY, number), shown, len(members) > SHOWN, rules)
    return page.show("queue_split.html", split)


def _going(db: Connection, project: str, number: int) -> frozenset[str]:
    found = proposals.list_proposals(db, project, Chosen((ProposalKind.SPLIT,), category=number), limit=1)
    return frozenset(public_id(Prefix.TEMPLATE, each.template) for one in found for each in one.grounds.going)
