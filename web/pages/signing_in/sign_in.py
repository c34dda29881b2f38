"""Signing in with a password or a one-time link, signing out, and what a reader prefers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from knowledge_base.errors import Conflict, InputError, NotAllowed, TooOften
from knowledge_base.store.accounts import sessions
from knowledge_base.types import DEFAULT_PROJECT
from web.guarding.addresses import counted_address
from web.identity import accounts
from web.identity.cookies import read_cookies
from web.identity.devices import DEVICE_COOKIE, read_device
from web.identity.passwords import check_strength
from web.identity.session import COOKIE, Who
from web.identity.signin import check_link, clean_name, use_link
from web.pages.signing_in.signing import is_secure, let_in, own_path
from web.parts import Parts
from web.project import PartsOf
from web.showing.language import LANGUAGES
from web.showing.visit import LANGUAGE_COOKIE, Visit, read_visit

YEAR = 365 * 86400

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form of a link; it is used up when the form is sent, not when it is looked at."""

    token: str
    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class DoorPage:
    """The form for name and password; ``next`` is where it leads to."""

    login: str
    next: str
    problem: str


def _visit(request: Request, parts: Parts) -> Visit:
    return read_visit(request.scope, project=DEFAULT_PROJECT, messages=parts.renderer.messages, clock=parts.clock)


def _who(request: Request) -> Who | None:
    who: Who | None = request.state.who
    return who


@router.get("/sign-in")
def show_sign_in(
    request: Request,
    parts: PartsOf,
    token: Annotated[str, Query(max_length=500)] = "",
    next: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:
    """Ask for name and password, or with a link for the name to sign in under."""
    visit = _visit(request, parts)
    who = _who(request)
    if not token:
        door = DoorPage("", own_path(next), "")
        return RedirectResponse("/", 303) if who else parts.renderer.page(visit, "not_signed_in.html", door)
    try:
        check_link(parts.settings.home_path, parts.key, token)
    except NotAllowed as error:
        # Whoever opens a used link in the browser that used it is in already.
        if who is not None:
            return RedirectResponse("/", 303)
        return parts.renderer.page(visit, "link_refused.html", error, status=403)
    return parts.renderer.page(visit, "sign_in.html", SignInPage(token, who.name if who else "", ""))


@router.post("/sign-in")
def sign_in(
    request: Request,
    parts: PartsOf,
    token: Annotated[str, Form(max_length=500)] = "",
    name: Annotated[str, Form(max_length=2000)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Use the link up and remember the browser for 30 days; with a password make an admin's account."""
    visit = _visit(request, parts)
    try:
        cleaned = clean_name(name)
        if password:
            check_strength(password, cleaned)
            # Before the link is used up, and only to whom it lets in: a name tells who has an account.
            check_link(parts.settings.home_path, parts.key, token)
            accounts.check_link_name(parts.knowledge.store, cleaned)
    except (InputError, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 400
        return parts.renderer.page(visit, "sign_in.html", SignInPage(token, name[:80], str(error)), status=status)
    except NotAllowed as error:
        return parts.renderer.page(visit, "link_refused.html", error, status=403)
    try:
        use_link(parts.settings.home_path, parts.key, token)
    except NotAllowed as error:
        return parts.renderer.page(visit, "link_refused.html", error, status=403)
    number = accounts.be_admin(parts.knowledge.store, cleaned, password).number if password else None
    return let_in(request, parts, person=number, name=cleaned)


@router.post("/sign-in/password")
def sign_in_with_password(
    request: Request,
    parts: PartsOf,
    login: Annotated[str, Form(max_length=2000)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Sign in by name or e-mail and password."""
    try:
        device = read_device(parts.key, read_cookies(request.headers).get(DEVICE_COOKIE, ""))
        address = counted_address(request)
        person = accounts.sign_in(parts.knowledge.store, login, password, address=address, device=device)
    except (NotAllowed, TooOften) as error:
        status, wait = (429, {"Retry-After": str(error.seconds)}) if isinstance(error, TooOften) else (403, {})
        door = DoorPage(login[:200], own_path(next), str(error))
        visit = _visit(request, parts)
        return parts.renderer.page(visit, "not_signed_in.html", door, status=status, headers=wait)
    return let_in(request, parts, person=person.number, name=person.name, path=own_path(next))


@router.post("/sign-out")
def sign_out(request: Request, parts: PartsOf) -> Response:
    """End the session and forget the browser."""
    who = _who(request)
    if who is not None and who.session:
        with parts.knowledge.store.write() as db:
            sessions.end(db, who.session)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=is_secure(request, parts))
    return response


@router.post("/preferences")
def keep_preferences(
    request: Request, parts: PartsOf, language: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/"
) -> Response:
    """Keep the language, and go back to the page."""
    response = RedirectResponse(own_path(next), 303)
    if language in LANGUAGES:
        secure = is_secure(request, parts)
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, samesite="lax", secure=secure)
    return response
