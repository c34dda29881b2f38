"""The page of people and tokens, for admins: who may do what, accounts, and what programs sign in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from knowledge_base.errors import Conflict, InputError, StaleVersion
from knowledge_base.roles import EVERYWHERE, Role, read_role
from knowledge_base.store.accounts import people, sessions, tokens
from knowledge_base.store.accounts.people import Person
from knowledge_base.store.accounts.tokens import Token
from web.guarding.administering import read_person, scope_of
from web.identity import accounts
from web.identity.session import Who
from web.identity.signin import clean_name, make_token
from web.pages.opening import Opened, PageOf
from web.project import WhoOf

SHOWN = 200
LIVES = (30, 90, 365)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Made:
    """A secret that is shown this once: somebody's password, or a token."""

    kind: str
    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody else gave a person another role meanwhile: ``present``, where ``wanted`` was to be; empty for none."""

    person: Person
    told: str
    wanted: str
    present: str
    scope: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """People with a role here or everywhere, and the project's tokens; ``more`` is where the next page begins."""

    people: tuple[Person, ...]
    tokens: tuple[Token, ...]
    more: str
    me: int | None
    rules_all: bool
    made: Made | None = None
    problem: str = ""
    removing: Person | None = None
    clash: Clash | None = None
    lives: tuple[int, ...] = LIVES
    roles: tuple[Role, ...] = tuple(Role)

    def initials(self, person: Person) -> str:
        """The letters of somebody's round mark, as in the head of their own pages."""
        return Who(person.name).initials


def _show(
    page: Opened,
    who: Who,
    *,
    after: str = "",
    made: Made | None = None,
    problem: str = "",
    removing: Person | None = None,
    clash: Clash | None = None,
) -> Response:
    with page.parts.knowledge.store.read() as db:
        found = people.list_people(
            db, page.project, after=after, limit=SHOWN + 1, roleless=who.may(Role.ADMIN, EVERYWHERE)
        )
        kept = tokens.list_tokens(db, page.project)
    shown = PeoplePage(
        tuple(found[:SHOWN]),
        tuple(kept),
        found[SHOWN - 1].name if len(found) > SHOWN else "",
        who.person,
        who.may(Role.ADMIN, EVERYWHERE),
        made,
        problem,
        removing,
        clash,
    )
    return page.show("people.html", shown, status=409 if clash else 400 if problem else 200)


def _person(page: Opened, who: Who, person_id: str) -> Person:
    return read_person(page.parts.knowledge.store, who, page.project, person_id)


@router.get("/people")
def show(page: PageOf, who: WhoOf, after: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show who may do what."""
    return _show(page, who, after=after)


@router.post("/people")
def add(
    page: PageOf,
    who: WhoOf,
    name: Annotated[str, Form(max_length=2000)] = "",
    email: Annotated[str, Form(max_length=2000)] = "",
    role: Annotated[str, Form(max_length=40)] = Role.VIEWER,
    scope: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Make an account; its first password is shown this once."""
    where = scope_of(who, page.project, everywhere=scope == "all")
    try:
        person, secret = accounts.add_person(
            page.parts.knowledge.store, by=who, project=where, name=name, role=read_role(role), email=email
        )
    except (InputError, Conflict) as error:
        return _show(page, who, problem=str(error))
    return _show(page, who, made=Made("password", person.name, secret))


@router.post("/people/{person_id}/role")
def set_role(
    page: PageOf,
    who: WhoOf,
    person_id: str,
    role: Annotated[str, Form(max_length=40)] = "",
    scope: Annotated[str, Form(max_length=40)] = "",
    seen: Annotated[str | None, Form(max_length=40)] = None,
) -> Response:
    """Give a role, or with none take it away; where it is not the one that was ``seen``, both are shown first."""
    person = _person(page, who, person_id)
    accounts.require_other(who, person)
    where = scope_of(who, page.project, everywhere=scope == "all")
    wanted = read_role(role) if role else None
    try:
        accounts.set_role(page.parts.knowledge.store, who, where, person, wanted, seen=seen)
    except StaleVersion as error:
        present = _person(page, who, person_id).roles.get(where)
        return _show(page, who, clash=Clash(person, str(error), wanted or "", present or "", scope))
    return page.go("/people")


@router.post("/people/{person_id}/password")
def reset_password(page: PageOf, who: WhoOf, person_id: str) -> Response:
    """Set a new password, which is shown this once; all sessions of the person end."""
    person = _person(page, who, person_id)
    secret = accounts.reset_password(page.parts.knowledge.store, who, person)
    return _show(page, who, made=Made("password", person.name, secret))


@router.post("/people/{person_id}/sign-out")
def sign_out(page: PageOf, who: WhoOf, person_id: str) -> Response:
    """End all sessions of a person."""
    person = _person(page, who, person_id)
    with page.parts.knowledge.store.write() as db:
        sessions.end_all(db, person.number)
    return page.go("/people")


@router.post("/people/{person_id}/remove")
def remove(page: PageOf, who: WhoOf, person_id: str, sure: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Take an account away, once it was asked whether that is meant."""
    person = _person(page, who, person_id)
    accounts.require_other(who, person)
    if not sure:
        return _show(page, who, removing=person)
    accounts.remove_person(page.parts.knowledge.store, who, person)
    return page.go("/people")


@router.post("/tokens")
def add_token(
    page: PageOf,
    who: WhoOf,
    name: Annotated[str, Form(max_length=2000)] = "",
    role: Annotated[str, Form(max_length=40)] = Role.ENGINEER,
    days: Annotated[int, Form(ge=0, le=3650)] = 0,
) -> Response:
    """Make a token, which is shown this once; one of the same name has to be revoked first."""
    store = page.parts.knowledge.store
    try:
        cleaned = clean_name(name)
        life = timedelta(days=days) if days else None
        secret = make_token(
            store, page.project, cleaned, role=read_role(role), made_by=who.name, life=life, replaces=False
        )
    except (InputError, Conflict) as error:
        return _show(page, who, problem=str(error))
    return _show(page, who, made=Made("token", cleaned, secret))


@router.post("/tokens/revoke")
def revoke_token(page: PageOf, who: WhoOf, name: Annotated[str, Form(max_length=200)]) -> Response:
    """Let a token stop working."""
    store = page.parts.knowledge.store
    with store.write() as db:
        tokens.revoke(db, page.project, name)
        accounts.note(db, store, page.project, who, "revoke token", {"name": name})
    return page.go("/people")
