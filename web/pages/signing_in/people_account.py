"""One's own account: roles, password, and signing out everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from knowledge_base.errors import Conflict, InputError, NotAllowed
from knowledge_base.store.accounts import people, sessions
from knowledge_base.store.accounts.people import Person
from knowledge_base.store.projects import list_projects
from knowledge_base.types import DEFAULT_PROJECT
from web.guarding.addresses import counted_address
from web.identity import accounts
from web.identity.session import COOKIE, Who
from web.pages.signing_in.signing import let_in
from web.parts import Parts
from web.project import PartsOf, WhoOf
from web.showing.visit import read_visit

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class AccountPage:
    """What an account says of itself; without ``person`` the browser came by a link, or a program asks."""

    person: Person | None
    sessions: int
    by_link: bool
    problem: str


def _show(request: Request, parts: Parts, who: Who, *, problem: str = "", status: int = 200) -> Response:
    with parts.knowledge.store.read() as db:
        person = None if who.person is None else people.get_number(db, who.person)
        living = 0 if who.person is None else sessions.count(db, who.person, parts.clock())
        names = [name for name in list_projects(db) if who.role_in(name) is not None]
    project = who.home if who.home in names else DEFAULT_PROJECT
    visit = read_visit(request.scope, project=project, messages=parts.renderer.messages, clock=parts.clock)
    page = AccountPage(person, living, who.person is None and who.project is None, problem)
    return parts.renderer.page(visit, "account.html", page, projects=names, status=status)


@router.get("/account")
def show(request: Request, parts: PartsOf, who: WhoOf) -> Response:
    """Show one's own account."""
    return _show(request, parts, who)


@router.post("/account/password")
def change(
    request: Request,
    parts: PartsOf,
    who: WhoOf,
    former: Annotated[str, Form(max_length=2000)] = "",
    wanted: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Change the password and end the other sessions; who came by a link gets an account by it."""
    if who.project is not None:
        raise NotAllowed("a program has no password; make it a new token")
    try:
        if who.person is None:
            number = accounts.be_admin(parts.knowledge.store, who.name, wanted).number
        else:
            accounts.change_password(parts.knowledge.store, who, former, wanted, address=counted_address(request))
            number = who.person
    except (Conflict, InputError, NotAllowed) as error:
        return _show(request, parts, who, problem=str(error), status=400)
    return let_in(request, parts, person=number, name=who.name, path="/account")


@router.post("/account/sign-out")
def sign_out_everywhere(parts: PartsOf, who: WhoOf) -> Response:
    """End all of one's sessions, this one among them; of a link those of all links."""
    with parts.knowledge.store.write() as db:
        if who.person is not None:
            sessions.end_all(db, who.person)
        elif who.project is None:
            sessions.end_links(db)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response
