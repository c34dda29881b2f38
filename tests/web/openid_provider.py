"""A small OpenID provider in a process of its own: it speaks the protocol over HTTP, and can be told to lie.

Started as ``python -m tests.web.openid_provider``; prints its address. Each code is good once, for the PKCE challenge
and the redirect address that it was given for. ``POST /behave`` sets what goes wrong next.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, RedirectResponse, Response

CLIENT, SECRET = "kea", "the-secret-of-kea"
ROOT = Path(__file__).parents[2]


def provider(issuer: str) -> FastAPI:
    """Make the provider."""
    app = FastAPI()
    key, other = (RSAKey.generate_key(2048, {"kid": name, "use": "sig"}) for name in ("one", "one"))
    codes: dict[str, dict[str, str]] = {}
    behaviour: dict[str, Any] = {}

    @app.get("/.well-known/openid-configuration")
    def configuration() -> dict[str, Any]:
        return {
            "issuer": behaviour.get("issuer", issuer),
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        codes[code] = asked
        back = {"code": code, "state": behaviour.get("state", asked["state"]), "iss": behaviour.get("iss", issuer)}
        if "error" in behaviour:
            back = {"error": behaviour["error"], "state": asked["state"]}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    @app.post("/token")
    def token(
        request: Request, code: str = Form(), redirect_uri: str = Form(), code_verifier: str = Form()
    ) -> Response:
        basic = base64.b64decode(request.headers["authorization"].partition(" ")[2]).decode()
        asked = codes.pop(code, None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        if (
            basic != f"{CLIENT}:{SECRET}"
            or asked is None
            or asked["redirect_uri"] != redirect_uri
            or asked["code_challenge"] != challenge
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": issuer, "sub": "u1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= behaviour.get("claims", {})
        signer = other if behaviour.get("other_key") else key
        header = {"alg": "RS256", "kid": "one"}
        id_token = jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, signer)
        if behaviour.get("unsigned"):
            id_token = ".".join(
                [base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode(), id_token.split(".")[1], ""]
            )
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": id_token})

    @app.get("/userinfo")
    def userinfo(request: Request) -> dict[str, Any]:
        assert request.headers["authorization"] == "Bearer a"
        told = {"sub": "u1", "name": "Lin Wei", "email": "lin@example.com", "email_verified": True}
        return {**told, **behaviour.get("userinfo", {})}

    @app.post("/behave")
    async def behave(request: Request) -> dict[str, str]:
        behaviour.clear()
        behaviour.update(await request.json())
        return {}

    return app


@contextmanager
def running_provider() -> Iterator[str]:
    """Run it as a process; gives its address."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.web.openid_provider"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    try:
        yield started.stdout.readline().strip()
    finally:
        started.terminate()
        started.wait(10)
        started.stdout.close()


def main() -> None:
    """Serve on a free port until it is told to stop."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = provider(issuer)
        print(issuer, flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
