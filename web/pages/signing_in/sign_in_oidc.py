"""Leaving for the OpenID provider and coming back from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from knowledge_base.errors import NotAllowed, NotFound
from web.identity.cookies import read_cookies
from web.identity.oidc import Flow, Provider
from web.identity.oidc_roles import recognise
from web.pages.signing_in.signing import is_secure, let_in, own_path
from web.parts import Parts
from web.project import PartsOf

FLOW_COOKIE = "kea_oidc"
FLOW_SECONDS = 600
FOLDER = "/sign-in/oidc"

router = APIRouter(include_in_schema=False)


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise NotFound("no OpenID provider is set up; docs/access.md tells how")
    return provider


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="kea.oidc")


def _return_address(request: Request, parts: Parts) -> str:
    base = parts.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}{FOLDER}/callback"


@router.get(FOLDER)
def leave(request: Request, parts: PartsOf, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Lead to the provider; what must come back is kept in a signed cookie for ten minutes."""
    url, flow = _provider(request).begin(_return_address(request, parts))
    response = RedirectResponse(url, 303)
    response.set_cookie(
        FLOW_COOKIE,
        _signer(parts.key).dumps({**asdict(flow), "next": own_path(next)}),
        max_age=FLOW_SECONDS,
        path=FOLDER,
        httponly=True,
        samesite="lax",
        secure=is_secure(request, parts),
    )
    return response


@router.get(FOLDER + "/callback")
def come_back(request: Request, parts: PartsOf) -> Response:
    """Check what the provider says, and let in whom it vouches for."""
    provider = _provider(request)
    try:
        kept = _signer(parts.key).loads(read_cookies(request.headers).get(FLOW_COOKIE, ""), max_age=FLOW_SECONDS)
        flow = Flow(kept["state"], kept["nonce"], kept["verifier"])
    except (BadData, KeyError, TypeError):
        raise NotAllowed("this sign-in took too long or began in another browser; begin again") from None
    claims = provider.finish(flow, dict(request.query_params), _return_address(request, parts))
    person = recognise(parts.knowledge.store, claims, parts.settings)
    response = let_in(request, parts, person=person.number, name=person.name, path=own_path(str(kept["next"])))
    response.delete_cookie(FLOW_COOKIE, path=FOLDER, httponly=True, samesite="lax", secure=is_secure(request, parts))
    return response
