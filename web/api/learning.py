"""What engineers teach about questions, and the list of all that was learnt."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from knowledge_base import curation
from knowledge_base.errors import InputError
from knowledge_base.store.asking import learnt
from knowledge_base.store.asking.learnt import Learnt, LearntKind
from knowledge_base.store.grouping import categories
from web.api.curation import DoneOut, Id
from web.api.models import Shape
from web.api.paging import Cursor, Limit, PageOut, link_next
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(tags=["learning"])


class LearntOut(Shape):
    """What holds for all questions that say the same as one; it follows merges and splits."""

    id: int = Field(examples=[3])
    kind: LearntKind = Field(description="confirmed or picked: they are of that category. rejected: they are not.")
    category_id: str = Field(examples=["KE-12"])
    question_id: str | None = Field(examples=["Q-5"], description="Null for what was imported.")
    text: str = Field(examples=["no space left on <path>"], description="The question without its variables.")
    people: int = Field(examples=[2], description="How many people said so; 0 where an engineer did.")
    actor: str = Field(examples=["Lin Wei"], description="That engineer, or kea.")
    is_represented: bool = Field(description="Whether questions that are alike find it; that takes about a second.")
    audit_id: int | None = Field(examples=[7], description="What `POST /undo` takes it back by.")
    at: datetime

    @classmethod
    def of(cls, known: Learnt) -> LearntOut:
        """Show something that was learnt."""
        return cls(
            id=known.id,
            kind=known.kind,
            category_id=known.category_id,
            question_id=known.question_id,
            text=known.text,
            people=known.people,
            actor=known.actor,
            is_represented=known.representative is not None,
            audit_id=known.act,
            at=known.at,
        )


class PickIn(Shape):
    """The right category."""

    category_id: Id


@router.post("/questions/{question_id}/confirm", summary="Say that an answer was right")
def confirm_answer(parts: PartsOf, project: ProjectOf, who: WhoOf, question_id: str) -> DoneOut:
    """Let questions that say the same be of that category from now on; `POST /undo` takes it back.

    It counts as an engineer's word; what askers say is `POST /feedback`. 409 where that is known already.
    """
    return DoneOut.of(curation.confirm(parts.knowledge.store, project, question_id, actor=who.name))


@router.post("/questions/{question_id}/reject", summary="Say that an answer was wrong")
def reject_answer(parts: PartsOf, project: ProjectOf, who: WhoOf, question_id: str) -> DoneOut:
    """Keep questions that say the same from that category from now on; `POST /undo` takes it back.

    409 where that is known already.
    """
    return DoneOut.of(curation.reject(parts.knowledge.store, project, question_id, actor=who.name))


@router.post("/questions/{question_id}/pick", summary="Say which category a question is about")
def pick_category(parts: PartsOf, project: ProjectOf, who: WhoOf, question_id: str, wanted: PickIn) -> DoneOut:
    """Let it and questions that say the same be of that category; an asker who got no solution gets that one's.

    In place of what was said of it before; `POST /undo` takes it back. 409 where that is known already.
    """
    return DoneOut.of(curation.pick(parts.knowledge.store, project, question_id, wanted.category_id, actor=who.name))


@router.get("/learnt", summary="List what was learnt")
def list_learnt(
    request: Request,
    response: Response,
    parts: PartsOf,
    project: ProjectOf,
    category: Annotated[str | None, Query(max_length=40, description="Only what names it.", examples=["KE-12"])] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOut[LearntOut]:
    """List what holds, newest first; 404 for a category that is not in the project."""
    before = _before(cursor)
    with parts.knowledge.store.read() as db:
        number = None if category is None else categories.resolve_public(db, project, category)
        found = learnt.recent(db, project, limit=limit + 1, before=before, category=number)
    following = str(found[limit - 1].id) if len(found) > limit else None
    link_next(request, response, following)
    return PageOut(items=[LearntOut.of(each) for each in found[:limit]], cursor=following)


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InputError("the cursor is not one that this list gave; start from the first page")
    return int(cursor)
