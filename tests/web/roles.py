"""People of every role, and the cookies that they come with."""

from __future__ import annotations

from fastapi import FastAPI

from knowledge_base.roles import EVERYWHERE, Role
from knowledge_base.store.accounts import people
from web.identity.accounts import start_session
from web.identity.session import write_session
from web.parts import Parts

WHERE = {
    "viewer": ("default", Role.VIEWER),
    "engineer": ("default", Role.ENGINEER),
    "admin": ("default", Role.ADMIN),
    "admin of all projects": (EVERYWHERE, Role.ADMIN),
    "stranger": ("other", Role.ADMIN),
}


def cookie_of(app: FastAPI, name: str) -> str:
    """Sign somebody in anew who has the role that the name says."""
    parts: Parts = app.state.parts
    store = parts.knowledge.store
    project, role = WHERE[name]
    with store.write() as db:
        found = people.find(db, name)
        number = people.add(db, name=name, now=store.clock()) if found is None else found[0]
        people.set_role(db, project, number, role)
    return write_session(parts.key, name, start_session(store, person=number, name=name))


def link_cookie(app: FastAPI, name: str = "Lin Wei") -> str:
    """Let a browser in as by a one-time link: a session without an account."""
    parts: Parts = app.state.parts
    return write_session(parts.key, name, start_session(parts.knowledge.store, person=None, name=name))
