"""People who sign in, and what they may do in which project.

A person is one over all projects, so these functions take no project unless they are about a role.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlmodel import col

from knowledge_base.errors import Conflict, InputError, NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.store.accounts.account_tables import PersonRoleRow, PersonRow, SessionRow
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.text import storable
from knowledge_base.store.upserts import insert_new, insert_or_replace

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
EMAIL_LIMIT = 254


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; ``roles`` by project, where ``*`` stands for all."""

    number: int
    name: str
    email: str | None
    has_password: bool
    from_provider: bool
    created_at: datetime
    seen_at: datetime | None
    roles: Mapping[str, Role] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The public id."""
        return public_id(Prefix.PERSON, self.number)


_COLUMNS = (
    col(PersonRow.id),
    col(PersonRow.name),
    col(PersonRow.email),
    col(PersonRow.password).is_not(None),
    col(PersonRow.subject).is_not(None),
    col(PersonRow.created_at),
    col(PersonRow.seen_at),
)


def fold(text: str) -> str:
    """Write a name or an e-mail as it is compared.

    >>> fold("Lin  WEI ")
    'lin wei'
    """
    return " ".join(storable(text).casefold().split())


def clean_email(text: str) -> str | None:
    """Give an e-mail in the form in which it is kept, None for an empty one; raises InputError."""
    email = fold(text)
    if not email:
        return None
    if not EMAIL.fullmatch(email) or len(email) > EMAIL_LIMIT:
        raise InputError("that is no e-mail address; leave it empty or write one such as lin@example.com")
    return email


def add(
    db: Connection,
    *,
    name: str,
    now: datetime,
    email: str | None = None,
    password: str | None = None,
    subject: str | None = None,
) -> int:
    """Add a person without a role; tell the number. ``password`` is a hash.

    Raises Conflict where somebody has the name or the e-mail.
    """
    # Both name somebody at the door, so no name may be another one's e-mail either.
    for taken in filter(None, (fold(name), email)):
        if find(db, taken) is not None:
            raise Conflict(f"there is somebody called {taken[:80]!r} already; choose another name or e-mail")
    number = take_numbers(db, "person")[0]
    row = {"id": number, "name": name, "name_key": fold(name), "email": email, "password": password}
    if not insert_new(db, PersonRow, {**row, "subject": subject, "created_at": now}):
        raise Conflict(f"there is somebody called {name[:80]!r} already; choose another name or e-mail")
    return number


def find(db: Connection, login: str) -> tuple[int, str, str | None] | None:
    """Find who has a name or e-mail: number, name, hash of the password."""
    key = fold(login)
    query = select(col(PersonRow.id), col(PersonRow.name), col(PersonRow.password)).where(
        or_(col(PersonRow.name_key) == key, col(PersonRow.email) == key)
    )
    row = db.execute(query).first()
    return None if row is None else (row[0], row[1], row[2])


def find_subject(db: Connection, subject: str) -> int | None:
    """Find whom the OpenID provider knows under a subject."""
    found = db.execute(select(col(PersonRow.id)).where(col(PersonRow.subject) == subject)).scalar()
    return None if found is None else int(found)


def password_of(db: Connection, person: int) -> str | None:
    """Read the hash of a person's password."""
    return db.execute(select(col(PersonRow.password)).where(col(PersonRow.id) == person)).scalar()


def get(db: Connection, public: str, project: str = EVERYWHERE, *, roleless: bool = False) -> Person:
    """Read a person by id; raises NotFound, also for one without a role in the project.

    With ``roleless`` who has no role anywhere is found too.
    """
    return get_number(db, number_of(Prefix.PERSON, public), project, roleless=roleless)


def get_number(db: Connection, number: int, project: str = EVERYWHERE, *, roleless: bool = False) -> Person:
    """Read a person by number, as ``get`` does by id."""
    rows = db.execute(select(*_COLUMNS).where(col(PersonRow.id) == number)).all()
    people = _with_roles(db, rows)
    roles = set(people[0].roles) if people else set()
    is_here = project == EVERYWHERE or {project, EVERYWHERE} & roles or (roleless and not roles)
    if not people or not is_here:
        raise NotFound(f"there is no person {public_id(Prefix.PERSON, number)} in this project")
    return people[0]


def list_people(
    db: Connection, project: str, *, after: str = "", limit: int = 200, roleless: bool = False
) -> list[Person]:
    """List those with a role in a project or in all, by name from behind ``after``; with ``*`` all there are.

    With ``roleless`` those who have no role anywhere are among them.
    """
    query = select(*_COLUMNS).order_by(col(PersonRow.name_key)).limit(limit)
    if after:
        query = query.where(col(PersonRow.name_key) > fold(after))
    if project != EVERYWHERE:
        mine = select(col(PersonRoleRow.person)).where(col(PersonRoleRow.project).in_((project, EVERYWHERE)))
        here, nowhere = col(PersonRow.id).in_(mine), col(PersonRow.id).not_in(select(col(PersonRoleRow.person)))
        query = query.where(or_(here, nowhere) if roleless else here)
    return _with_roles(db, db.execute(query).all())


def _with_roles(db: Connection, rows: Sequence[Any]) -> list[Person]:
    roles: dict[int, dict[str, Role]] = defaultdict(dict)
    query = select(col(PersonRoleRow.person), col(PersonRoleRow.project), col(PersonRoleRow.role)).where(
        col(PersonRoleRow.person).in_([row[0] for row in rows])
    )
    for person, project, role in db.execute(query):
        roles[person][project] = Role(role)
    return [
        Person(number, name, email, bool(secret), bool(outer), made, seen, roles[number])
        for number, name, email, secret, outer, made, seen in rows
    ]


def roles_of(db: Connection, person: int) -> dict[str, Role]:
    """Read what a person may do, by project."""
    query = select(col(PersonRoleRow.project), col(PersonRoleRow.role)).where(col(PersonRoleRow.person) == person)
    return {project: Role(role) for project, role in db.execute(query)}


def hold(db: Connection, person: int) -> None:
    """Let nobody else change a person until this transaction is over; SQLite has one writer anyway."""
    db.execute(select(col(PersonRow.id)).where(col(PersonRow.id) == person).with_for_update())


def set_role(db: Connection, project: str, person: int, role: Role | None) -> None:
    """Give a person a role in a project or in all (``*``), or with None take it away."""
    if role is None:
        db.execute(
            delete(PersonRoleRow).where(col(PersonRoleRow.project) == project, col(PersonRoleRow.person) == person)
        )
    else:
        row = {"project": project, "person": person, "role": role.value}
        insert_or_replace(db, PersonRoleRow, ("project", "person"), [row])


def replace_roles(db: Connection, person: int, roles: Mapping[str, Role]) -> None:
    """Give a person these roles and no others."""
    db.execute(delete(PersonRoleRow).where(col(PersonRoleRow.person) == person))
    rows = [{"project": project, "person": person, "role": role.value} for project, role in roles.items()]
    if rows:
        db.execute(insert(PersonRoleRow), rows)


def set_password(db: Connection, person: int, password: str | None) -> None:
    """Keep the hash of a new password; None takes the password away."""
    db.execute(update(PersonRow).where(col(PersonRow.id) == person).values(password=password))


def note_seen(db: Connection, person: int, now: datetime) -> None:
    """Note that a person signed in."""
    db.execute(update(PersonRow).where(col(PersonRow.id) == person).values(seen_at=now))


def remove(db: Connection, person: int) -> None:
    """Take a person away with roles and sessions; what they did keeps their name."""
    db.execute(delete(SessionRow).where(col(SessionRow.person) == person))
    db.execute(delete(PersonRoleRow).where(col(PersonRoleRow.person) == person))
    db.execute(delete(PersonRow).where(col(PersonRow.id) == person))
