"""Who may come in: a session cookie or a token for everything but the few open doors.

With a cookie, requests that change something must come from Kea's own pages (the browser says so in
``Sec-Fetch-Site`` and ``Origin``); a token cannot be sent by a foreign page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from knowledge_base.errors import KeaError, NotAllowed
from knowledge_base.store.store import Store
from web.cookies import read_cookies
from web.failures import respond
from web.problems import NOT_SIGNED_IN, Problem, problem_of
from web.session import COOKIE, Who, read_session
from web.signin import find_account

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/sign-in", "/sign-out", "/preferences"})
# What platforms send to /hooks/ is signed by them; each adapter checks it.
OPEN_FOLDERS = ("/static/", "/hooks/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class GuardAccess:
    """Refuses what is not signed in (401) or comes from a foreign page (403); tells who is asking."""

    def __init__(self, app: ASGIApp, *, key: str, store: Store) -> None:
        self.app = app
        self.key = key
        self.store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with ``state.who`` set, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            who = await self._who(headers)
            scope.setdefault("state", {})["who"] = who
            problem = self._refusal(scope, headers, who)
        except KeaError as error:
            problem = problem_of(error)
        if problem is None:
            await self.app(scope, receive, send)
        else:
            await respond(problem, scope, receive, send)

    async def _who(self, headers: Headers) -> Who | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await run_in_threadpool(self._program, token.strip())
        return read_session(self.key, read_cookies(headers).get(COOKIE, ""))

    def _program(self, token: str) -> Who | None:
        with self.store.read() as db:
            account = find_account(db, token)
        return None if account is None else Who(account.name, account.project)

    def _refusal(self, scope: Scope, headers: Headers, who: Who | None) -> Problem | None:
        by_cookie = "authorization" not in headers
        if scope["method"] not in SAFE_METHODS and by_cookie and not is_same_origin(headers):
            return problem_of(NotAllowed("the request came from another site; open Kea itself and do it there"))
        path = scope["path"]
        if who is None and path not in OPEN_PATHS and not path.startswith(OPEN_FOLDERS):
            return Problem(
                NOT_SIGNED_IN,
                "Sign in with the link that `kea serve` or `kea sign-in-link` prints, or send a token.",
                headers={"WWW-Authenticate": 'Bearer realm="kea"'},
            )
        return None


def is_same_origin(headers: Headers) -> bool:
    """Whether a browser says that one of our own pages sent this; a program says nothing and passes.

    Browsers always send ``Origin`` with what is neither GET nor HEAD, and no page can forge it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
