"""Signing in at an OpenID Connect provider: authorization code with PKCE, state and nonce, by Authlib.

OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7; RFC 7636 (PKCE); RFC 9207 (the issuer in the answer).
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from knowledge_base.errors import InputError, NotAllowed, Unavailable
from knowledge_base.settings import Settings
from knowledge_base.store.store import Clock

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by the provider's key; one by our own secret, or none, is no proof of where a token comes from."""
KEPT = timedelta(hours=1)
ASKED_AGAIN = timedelta(minutes=1)
TIMEOUT = 10.0
LEEWAY = 60
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Flow:
    """What a browser keeps between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says of itself, and its keys."""

    metadata: Mapping[str, Any]
    keys: Any
    at: datetime


class Provider:
    """One provider, as the settings name it; what it says of itself is kept for an hour."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.issuer = settings.oidc_issuer.rstrip("/")
        self._lock = threading.Lock()
        self._known: _Known | None = None

    def begin(self, redirect_uri: str) -> tuple[str, Flow]:
        """Give the provider's address for a browser, and what must come back; raises Unavailable."""
        flow = Flow(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        known = self._know()
        with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                _address(known.metadata, "authorization_endpoint"),
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
            )
        return str(url), flow

    def finish(self, flow: Flow, query: Mapping[str, str], redirect_uri: str) -> Mapping[str, Any]:
        """Tell the claims about whoever came back; raises NotAllowed where anything does not fit, Unavailable."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError

        if not hmac.compare_digest(flow.state.encode(), query.get("state", "").encode()):
            raise _refused("the answer belongs to another sign-in")
        known = self._know()
        if query.get("iss", known.metadata["issuer"]) != known.metadata["issuer"]:
            raise _refused("the answer comes from another provider")
        if "error" in query or not query.get("code"):
            raise _refused(f"the provider said {query.get('error', 'nothing')[:80]!r}")
        try:
            with self._client(redirect_uri) as client, _calling():
                token = client.fetch_token(
                    _address(known.metadata, "token_endpoint"), code=query["code"], code_verifier=flow.verifier
                )
            return self._claims(token, flow, known)
        except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("OpenID sign-in refused", reason=str(error)[:300], error=type(error).__name__)
            raise _refused("the provider's answer does not prove who you are") from None

    def _claims(self, token: Mapping[str, Any], flow: Flow, known: _Known) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken

        signed = self._verified(str(token["id_token"]), known)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": known.metadata["issuer"]},
                "aud": {"essential": True, "value": self.settings.oidc_client_id},
                "sub": {"essential": True},
            },
            {
                "nonce": flow.nonce,
                "client_id": self.settings.oidc_client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(self.clock().timestamp()), leeway=LEEWAY)
        return {**self._told(token, known, str(claims["sub"])), **claims}

    def _verified(self, id_token: str, known: _Known) -> Any:
        """Check the signature; a key that is not known may be a new one, which is asked for once."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError
        from joserfc.jwk import KeySet

        try:
            return jwt.decode(id_token, KeySet.import_key_set(known.keys), algorithms=SIGNATURES)
        except InvalidKeyIdError:
            anew = self._know(older=ASKED_AGAIN)
            return jwt.decode(id_token, KeySet.import_key_set(anew.keys), algorithms=SIGNATURES)

    def _told(self, token: Mapping[str, Any], known: _Known, subject: str) -> Mapping[str, Any]:
        """Ask for what the token itself need not say: name, e-mail, groups."""
        if "userinfo_endpoint" not in known.metadata or not token.get("access_token"):
            return {}
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        told = self._get(_address(known.metadata, "userinfo_endpoint"), bearer)
        if told.get("sub") != subject:
            raise ValueError("userinfo is about somebody else")
        return told

    def _know(self, older: timedelta = KEPT) -> _Known:
        with self._lock:
            if self._known is None or self.clock() - self._known.at >= older:
                metadata = self._get(f"{self.issuer}/.well-known/openid-configuration")
                if str(metadata.get("issuer", "")).rstrip("/") != self.issuer:
                    raise Unavailable(f"{self.issuer} says that it is another provider; check KEA_OIDC_ISSUER")
                keys = self._get(_address(metadata, "jwks_uri"))
                self._known = _Known(metadata, keys, self.clock())
            return self._known

    def _get(self, url: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        import httpx2

        with _calling():
            answer = httpx2.get(url, headers=dict(headers or {}), timeout=TIMEOUT)
            answer.raise_for_status()
            found = answer.json()
        if not isinstance(found, dict):
            raise Unavailable(f"{url} does not answer as an OpenID provider; check KEA_OIDC_ISSUER")
        return found

    def _client(self, redirect_uri: str) -> OAuth2Client:
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            client_id=self.settings.oidc_client_id,
            client_secret=self.settings.oidc_client_secret.get_secret_value() or None,
            scope=self.settings.oidc_scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )


def open_provider(settings: Settings, clock: Clock) -> Provider | None:
    """Give the provider of the settings, None where there is none; raises InputError for half of one."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise InputError("KEA_OIDC_CLIENT_ID is missing; docs/access.md tells how a provider is set up")
    if not _is_private(settings.oidc_issuer):
        raise InputError("KEA_OIDC_ISSUER must begin with https://, on this machine http:// will do")
    return Provider(settings, clock)


def _is_private(url: str) -> bool:
    """Whether nobody can listen to a request on its way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))


def _address(metadata: Mapping[str, Any], name: str) -> str:
    url = metadata.get(name)
    if not isinstance(url, str) or not _is_private(url):
        raise Unavailable(f"the OpenID provider names no {name} that can be used; check KEA_OIDC_ISSUER")
    return url


class _calling:  # noqa: N801 - used as a context manager
    """Says of a provider that cannot be reached that it cannot."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        import httpx2

        if isinstance(error, httpx2.HTTPError | httpx2.InvalidURL):
            log.warning("OpenID provider not reached", error=type(error).__name__, reason=str(error)[:300])
            raise Unavailable("the OpenID provider cannot be reached; try again, or sign in another way") from None


def _refused(why: str) -> NotAllowed:
    return NotAllowed(f"{why}; begin again on the sign-in page")
