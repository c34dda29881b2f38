"""Views of the queue that people saved: filters and an order under a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select
from sqlmodel import col

from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.text import storable
from knowledge_base.store.upserts import insert_or_replace
from knowledge_base.store.wanted.queue_tables import QueueViewRow

NAME_LENGTH, ADDRESS_LENGTH = 80, 1000
MOST_VIEWS = 50
KEY = ("project", "owner", "name")


@dataclass(frozen=True, slots=True)
class View:
    """A saved view; ``address`` is the query string that it stands for."""

    id: int
    owner: str
    name: str
    is_shared: bool
    address: str


def list_views(db: Connection, project: str, owner: str) -> list[View]:
    """Read what somebody saved and what others share, by name."""
    v = QueueViewRow
    query = (
        select(col(v.id), col(v.owner), col(v.name), col(v.is_shared), col(v.address))
        .where(col(v.project) == project, or_(col(v.owner) == owner, col(v.is_shared).is_(True)))
        .order_by(col(v.name), col(v.id))
    )
    return [View(*row) for row in db.execute(query)]


def save_view(
    db: Connection, project: str, owner: str, name: str, *, address: str, is_shared: bool, now: datetime
) -> View:
    """Keep a view; one of the same name and person is replaced.

    Raises InputError for a name or an address that is too long or missing, Conflict beyond 50 views of one person.
    """
    name = " ".join(storable(name).split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise InputError(f"give the view a name of 1 to {NAME_LENGTH} characters")
    if len(address) > ADDRESS_LENGTH:
        raise InputError(f"the filters have {len(address)} characters, {ADDRESS_LENGTH} can be saved")
    mine = (col(QueueViewRow.project) == project, col(QueueViewRow.owner) == owner)
    known = db.execute(select(col(QueueViewRow.id)).where(*mine, col(QueueViewRow.name) == name)).scalar()
    if known is None and db.execute(select(func.count()).where(*mine)).scalar_one() >= MOST_VIEWS:
        raise Conflict(f"you have {MOST_VIEWS} saved views; delete one first")
    number = known or take_numbers(db, "queue_view")[0]
    row = {"project": project, "id": number, "owner": owner, "name": name, "is_shared": is_shared}
    insert_or_replace(db, QueueViewRow, KEY, [row | {"address": storable(address), "at": now}])
    return View(number, owner, name, is_shared, address)


def delete_view(db: Connection, project: str, owner: str, number: int) -> View:
    """Delete a view of one's own, and give what it was.

    Raises NotFound for one that is not there or somebody else's.
    """
    v = QueueViewRow
    found = next((each for each in list_views(db, project, owner) if each.id == number and each.owner == owner), None)
    if found is None:
        raise NotFound("you have no such view; reload the page to see those that are there")
    db.execute(delete(v).where(col(v.project) == project, col(v.id) == number))
    return found
