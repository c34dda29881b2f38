"""Whom an admin may look after, and where: in the project, or in all projects."""

from __future__ import annotations

from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.store.accounts import people
from knowledge_base.store.accounts.people import Person
from knowledge_base.store.store import Store
from web.guarding.roles import Need, require
from web.identity.session import Who


def scope_of(who: Who, project: str, *, everywhere: bool) -> str:
    """Tell where a role shall hold. Raises NotAllowed where somebody who is not admin of all projects says in all."""
    if everywhere:
        require(Need.ADMIN_OF_ALL, who, project)
    return EVERYWHERE if everywhere else project


def read_person(store: Store, who: Who, project: str, person_id: str) -> Person:
    """Read somebody who has a role in the project or in all; an admin of all projects reads anybody.

    Raises NotFound.
    """
    with store.read() as db:
        return people.get(db, person_id, project, roleless=who.may(Role.ADMIN, EVERYWHERE))
