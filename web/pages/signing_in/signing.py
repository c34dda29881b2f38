"""What all ways in have in common: the cookie of a new session."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from web.identity.accounts import start_session
from web.identity.cookies import read_cookies
from web.identity.devices import DEVICE_COOKIE, DEVICE_LIFE, read_device, write_device
from web.identity.session import COOKIE, LIFE, read_session, write_session
from web.parts import Parts


def is_secure(request: Request, parts: Parts) -> bool:
    """Whether the browser reaches Kea by HTTPS, also where something before Kea ends it."""
    public = urlsplit(parts.settings.public_url)
    return request.url.scheme == "https" or (public.scheme == "https" and request.url.hostname == public.hostname)


def let_in(request: Request, parts: Parts, *, person: int | None, name: str, path: str = "/") -> Response:
    """Begin a new session, in place of the browser's former one, and lead to a page."""
    former = read_session(parts.key, read_cookies(request.headers).get(COOKIE, ""))
    secret = start_session(
        parts.knowledge.store, person=person, name=name, former="" if former is None else former.secret
    )
    response = RedirectResponse(path, 303)
    response.set_cookie(
        COOKIE,
        write_session(parts.key, name, secret),
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(request, parts),
    )
    if person is not None:
        _know_again(response, request, parts, person)
    return response


def _know_again(response: Response, request: Request, parts: Parts, person: int) -> None:
    """Remember that the person signed in with this browser; one that is known as theirs stays the one that it is."""
    kept = read_cookies(request.headers).get(DEVICE_COOKIE, "")
    known = read_device(parts.key, kept)
    response.set_cookie(
        DEVICE_COOKIE,
        kept if known is not None and known.person == person else write_device(parts.key, person),
        max_age=int(DEVICE_LIFE.total_seconds()),
        path="/sign-in",
        httponly=True,
        samesite="lax",
        secure=is_secure(request, parts),
    )


def own_path(path: str) -> str:
    """Keep a path within Kea; anything that could lead elsewhere becomes the start page.

    >>> own_path("/ask?project=x"), own_path("//evil.example"), own_path("https://evil.example")
    ('/ask?project=x', '/', '/')
    """
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) < 2000
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"
