"""Who asked about an error that had no solution then and has one now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import col

from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.asking.questions import OPEN_OUTCOMES
from knowledge_base.store.messages.inbox import FAILED
from knowledge_base.store.messages.message_tables import InboxRow
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.store.text import clip

LIMIT = 25


@dataclass(frozen=True, slots=True)
class Asker:
    """Where a question without a solution was asked, and the category and solution that it has by now."""

    question: int
    channel: str
    user: str
    thread: str
    address: Mapping[str, Any]
    detail: Mapping[str, Any]
    text: str
    category: int
    solution: int

    @property
    def place(self) -> tuple[str, str, str, int]:
        """What is told once: a person, in a conversation, of a category."""
        return self.channel, self.thread, self.user, self.category


_PLACE = (col(InboxRow.channel), col(InboxRow.thread), col(InboxRow.user), col(CategoryRow.id))


def askers_to_answer(
    db: Connection, project: str, *, channels: Sequence[str], limit: int = LIMIT
) -> list[tuple[Asker, ...]]:
    """Find questions that ended *known unsolved*, or *unknown* until somebody assigned them, and have a solution now.

    They are grouped by place, oldest first, and no place is cut: about ``limit`` questions, more
    only where a single place has more.
    """
    query = (
        select(
            col(QuestionRow.id),
            col(InboxRow.channel),
            col(InboxRow.user),
            col(InboxRow.thread),
            col(InboxRow.address),
            col(InboxRow.detail),
            col(InboxRow.text),
            col(CategoryRow.id),
            col(CategoryRow.solution),
        )
        .join(InboxRow, (col(InboxRow.project) == project) & (col(InboxRow.question) == col(QuestionRow.id)))
        .join(TemplateRow, (col(TemplateRow.project) == project) & (col(TemplateRow.id) == col(QuestionRow.template)))
        .join(CategoryRow, (col(CategoryRow.project) == project) & (col(CategoryRow.id) == col(TemplateRow.category)))
        .where(
            col(QuestionRow.project) == project,
            col(InboxRow.channel).in_(channels),
            col(InboxRow.state) != FAILED,
            col(QuestionRow.outcome).in_(OPEN_OUTCOMES),
            col(QuestionRow.solution).is_(None),
            col(QuestionRow.template).is_not(None),
            col(CategoryRow.solution).is_not(None),
        )
        .order_by(*_PLACE, col(QuestionRow.id))
    )
    while True:
        found = [Asker(*row) for row in db.execute(query.limit(limit))]
        places = [tuple(each) for _, each in groupby(found, key=lambda asker: asker.place)]
        if len(found) < limit:
            return places
        if len(places) > 1:
            return places[:-1]  # the last one may go on behind the limit
        limit *= 2


def give_up(db: Connection, project: str, asker: Asker, *, error: str) -> None:
    """Note that an asker cannot be told; the event is listed as failed and not taken up again."""
    db.execute(
        update(InboxRow)
        .where(
            col(InboxRow.project) == project,
            col(InboxRow.channel) == asker.channel,
            col(InboxRow.question) == asker.question,
        )
        .values(state=FAILED, error=clip(error, 2000))
    )
