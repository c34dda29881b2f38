"""Who takes care of which category, and which ones are put off until later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select
from sqlmodel import col

from knowledge_base.roles import EVERYWHERE
from knowledge_base.store.accounts.account_tables import PersonRoleRow, PersonRow
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.store.wanted.queue_tables import CareRow

KEY = ("project", "category")
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Care:
    """Who takes care of a category, and until when it is put off; once that time has come it means nothing."""

    owner: str = ""
    snoozed_until: datetime | None = None


def read_care(db: Connection, project: str, categories: Collection[int]) -> dict[int, Care]:
    """Read it for some categories; nothing of those that nobody said anything of."""
    query = select(col(CareRow.category), col(CareRow.owner), col(CareRow.snoozed_until)).where(
        col(CareRow.project) == project, col(CareRow.category).in_(sorted(categories))
    )
    return {row[0]: Care(row[1], row[2]) for row in db.execute(query)}


def write_care(db: Connection, project: str, category: int, care: Care) -> None:
    """Keep it for one category."""
    row = {"project": project, "category": category, "owner": care.owner, "snoozed_until": care.snoozed_until}
    insert_or_replace(db, CareRow, KEY, [row])


def people(db: Connection, project: str) -> list[str]:
    """Name those who may be given a category: who has a role in the project, and who takes care of one already."""
    has_role = and_(
        col(PersonRoleRow.person) == col(PersonRow.id), col(PersonRoleRow.project).in_([project, EVERYWHERE])
    )
    with_role = select(col(PersonRow.name)).join(PersonRoleRow, has_role).distinct().limit(MOST_PEOPLE)
    owners = select(col(CareRow.owner)).where(col(CareRow.project) == project).distinct().limit(MOST_PEOPLE)
    return sorted({name for query in (with_role, owners) for name in db.execute(query).scalars() if name})
