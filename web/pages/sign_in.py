"""Signing in with a one-time link, signing out, and what a reader prefers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from knowledge_base.errors import InputError, NotAllowed
from knowledge_base.types import DEFAULT_PROJECT
from web.language import LANGUAGES
from web.parts import Parts
from web.project import PartsOf
from web.session import COOKIE, LIFE, Who, write_session
from web.signin import check_link, clean_name, use_link
from web.visit import LANGUAGE_COOKIE, Visit, read_visit

YEAR = 365 * 86400

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form; the link is used up when it is sent, not when it is looked at."""

    token: str
    name: str
    problem: str


def _visit(request: Request, parts: Parts) -> Visit:
    return read_visit(request.scope, project=DEFAULT_PROJECT, messages=parts.renderer.messages, clock=parts.clock)


def _who(request: Request) -> Who | None:
    who: Who | None = request.state.who
    return who


@router.get("/sign-in")
def show_sign_in(request: Request, parts: PartsOf, token: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Ask for the name to sign in under; without a link that works tell how to get one."""
    visit = _visit(request, parts)
    who = _who(request)
    if not token:
        return RedirectResponse("/", 303) if who else parts.renderer.page(visit, "not_signed_in.html", None)
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
) -> Response:
    """Use the link up and remember the browser for 30 days."""
    visit = _visit(request, parts)
    try:
        cleaned = clean_name(name)
    except InputError as error:
        return parts.renderer.page(visit, "sign_in.html", SignInPage(token, name[:80], str(error)), status=400)
    try:
        use_link(parts.settings.home_path, parts.key, token)
    except NotAllowed as error:
        return parts.renderer.page(visit, "link_refused.html", error, status=403)
    response = RedirectResponse("/", 303)
    response.set_cookie(
        COOKIE,
        write_session(parts.key, cleaned),
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
def sign_out() -> Response:
    """Forget the browser."""
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


@router.post("/preferences")
def keep_preferences(
    request: Request, language: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/"
) -> Response:
    """Keep the language, and go back to the page."""
    response = RedirectResponse(own_path(next), 303)
    if language in LANGUAGES:
        secure = request.url.scheme == "https"
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, samesite="lax", secure=secure)
    return response


def own_path(path: str) -> str:
    """Keep a path within Kea; anything that could lead elsewhere becomes the start page.

    >>> own_path("/ask?project=x"), own_path("//evil.example"), own_path("https://evil.example")
    ('/ask?project=x', '/', '/')
    """
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) < 2000
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"
