"""How long people waited: from an error's first line to its solution, from a question to its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, select
from sqlmodel import col

from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.grouping import category_sums
from knowledge_base.store.intake.counts import EPOCH, minute_of
from knowledge_base.store.messages import outbox
from knowledge_base.store.messages.message_tables import InboxRow, OutboxRow
from knowledge_base.store.tables import CategoryRow, SolutionRow, TemplateRow
from knowledge_base.types import Outcome

MOST_SOLVED, MOST_REPLIED = 5000, 1000
"""So many of the newest are looked at: a median of more says nothing else."""
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Solved:
    """When a category got its solution, and how long its lines had been coming by then."""

    at: datetime
    waited: timedelta


@dataclass(frozen=True, slots=True)
class Replied:
    """When an answer arrived in a chat or a ticket, and how long after the question."""

    at: datetime
    waited: timedelta


def solved_since(db: Connection, project: str, since: datetime, *, service: str = "") -> list[Solved]:
    """Read the categories that got a first solution since a time.

    Those that had it before their first line do not count. ``service`` restricts to categories with templates of it.
    """
    published = col(SolutionRow.first_published_minute)
    query = (
        select(col(CategoryRow.id), published)
        .join(SolutionRow, and_(col(SolutionRow.project) == project, col(SolutionRow.id) == col(CategoryRow.solution)))
        .where(
            col(CategoryRow.project) == project,
            col(CategoryRow.solution).is_not(None),
            col(CategoryRow.state) == "active",
            published >= minute_of(since),
        )
        .order_by(col(CategoryRow.id).desc())
        .limit(MOST_SOLVED)
    )
    minutes: dict[int, int] = {category: minute or 0 for category, minute in db.execute(query)}
    times = {category: EPOCH + timedelta(minutes=minute) for category, minute in minutes.items()}
    seen = _first_seen(db, project, list(times), service)
    # A solution is dated by the minute, so lines of the same minute were there before it.
    return [
        Solved(times[each], max(timedelta(0), times[each] - first))
        for each, first in seen.items()
        if minute_of(first) <= minutes[each]
    ]


def _first_seen(db: Connection, project: str, categories: list[int], service: str) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    if category_sums.are_kept(db, project):
        if not service:
            return category_sums.first_seen(db, project, categories)
        categories = category_sums.of_service(db, project, categories, service)
    for start in range(0, len(categories), CHUNK):
        query = (
            select(col(TemplateRow.category), func.min(col(TemplateRow.first_seen)))
            .where(
                col(TemplateRow.project) == project, col(TemplateRow.category).in_(categories[start : start + CHUNK])
            )
            .group_by(col(TemplateRow.category))
        )
        if service:
            query = query.where(col(TemplateRow.service) == service)
        found.update((category, at) for category, at in db.execute(query))
    return found


def replied_since(db: Connection, project: str, since: datetime, *, kind: str) -> list[Replied]:
    """Read the answers with a solution that were queued since a time and have arrived, the newest first.

    ``kind`` is ``reply`` for those that came at once, ``later`` for those to whom a solution was sent afterwards.
    """
    o, q = OutboxRow, QuestionRow
    asked = func.coalesce(col(InboxRow.received_at), col(q.at))
    query = (
        select(col(o.sent_at), asked)
        .join(q, and_(col(q.project) == project, col(q.id) == col(o.question)))
        .outerjoin(InboxRow, and_(col(InboxRow.project) == project, col(InboxRow.question) == col(q.id)))
        .where(
            col(o.project) == project,
            col(o.state) == outbox.SENT,
            col(o.created_at) >= since,
            col(o.kind) == kind,
            col(o.sent_at).is_not(None),
        )
        .order_by(col(o.created_at).desc(), col(o.id).desc())
        .limit(MOST_REPLIED)
    )
    if kind == "reply":
        query = query.where(col(q.outcome).in_([Outcome.ANSWERED, Outcome.SUGGESTED]))
    return [Replied(at, max(timedelta(0), at - asked)) for at, asked in db.execute(query) if at is not None]
