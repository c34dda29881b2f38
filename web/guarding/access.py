"""Who may come in: a session cookie or a token for everything but the few open doors, and a role for each route.

With a cookie, requests that change something must come from Kea's own pages (the browser says so in
``Sec-Fetch-Site`` and ``Origin``); a token cannot be sent by a foreign page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from knowledge_base.errors import KeaError, NotAllowed
from knowledge_base.store.accounts import people, sessions, tokens
from knowledge_base.store.projects import no_project
from knowledge_base.store.store import Store
from web.failures import respond
from web.guarding.addresses import counted_address
from web.guarding.limits import BY_ADDRESS, LIMITED, Limit, Limits
from web.guarding.roles import Entries, Need, require
from web.guarding.roles_table import ROUTES
from web.identity.cookies import read_cookies
from web.identity.session import BY_LINK, COOKIE, Who, read_session
from web.problems import NOT_SIGNED_IN, Problem, problem_of
from web.project import named_project

OPEN_PATHS = frozenset(name.partition(" ")[2] for name, need in ROUTES.items() if need == "open" and "{" not in name)
# What platforms send to /hooks/ is signed by them; each adapter checks it.
OPEN_FOLDERS = ("/static/", "/hooks/")
NAMELESS = ("/static/", "/hooks/", "/healthz", "/readyz")
"""Where nobody is asked for: they answer also while the database does not."""
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
            who = None if scope["path"].startswith(NAMELESS) else await self._who(headers)
            scope.setdefault("state", {})["who"] = who
            problem = self._refusal(scope, headers, who)
        except KeaError as error:
            problem = problem_of(error)
        if problem is None:
            await self.app(scope, receive, send)
        else:
            await respond(problem, scope, receive, send)

    async def _who(self, headers: Headers) -> Who | None:
        token = read_token(headers)
        if token is not None:
            return await run_in_threadpool(read_program, self.store, token)
        cookie = read_session(self.key, read_cookies(headers).get(COOKIE, ""))
        if cookie is None:
            return None
        return await run_in_threadpool(read_browser, self.store, cookie.secret)

    def _refusal(self, scope: Scope, headers: Headers, who: Who | None) -> Problem | None:
        by_cookie = read_token(headers) is None
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


def read_browser(store: Store, secret: str) -> Who | None:
    """Tell who a browser's session stands for now; None where it is over."""
    with store.read() as db:
        session = sessions.read(db, secret, store.clock())
        if session is None:
            return None
        roles = BY_LINK if session.person is None else people.roles_of(db, session.person)
    return Who(session.name, roles=roles, person=session.person, session=secret)


def read_program(store: Store, secret: str) -> Who | None:
    """Tell who a token stands for now, and note that it was used; None where it works no longer."""
    now = store.clock()
    with store.read() as db:
        token = tokens.find(db, secret)
    if token is None or token.is_over(now):
        return None
    if token.used_at is None or now - token.used_at >= tokens.USE_NOTED:
        with store.write() as db:
            tokens.note_use(db, token, now)
    return Who(token.name, token.project, {token.project: token.role})


async def check_role(request: Request) -> None:
    """Refuse whoever may not do what the route does, by the table of roles, and what is done too often.

    Every route of the application depends on it. Raises NotAllowed, NotFound for a project that whoever asks has no
    part in, and TooOften.
    """
    found: Entries = request.app.state.entries
    entry = found.get((id(request.scope["route"]), request.method))
    who: Who | None = request.state.who
    need = None if entry is None else entry.need
    project = named_project(request, who)
    if who is not None and need not in (Need.OPEN, Need.SIGNED_IN, Need.ADMIN_OF_ALL):
        if who.project is None and not who.roles:
            raise NotAllowed("you have no role in any project yet; ask an admin for one")
        if who.role_in(project) is None:
            raise no_project(project)
    require(need, who, project)
    limit = None if entry is None else LIMITED.get(entry.name)
    # A program was given a token so that it may ask for many people; whoever gave it can take it away.
    if limit is not None and (who is None or who.project is None or limit in BY_ADDRESS):
        limits: Limits = request.app.state.limits
        await run_in_threadpool(limits.count, limit, _counted(request, who, limit))


def _counted(request: Request, who: Who | None, limit: Limit) -> str:
    """Name whom a limit counts for: an address at the door, behind it somebody."""
    return counted_address(request) if who is None or limit in BY_ADDRESS else who.key


def read_token(headers: Headers) -> str | None:
    """Read the token that a program sent; None where there is none and the cookie counts."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def is_same_origin(headers: Headers) -> bool:
    """Whether a browser says that one of our own pages sent this; a program says nothing and passes.

    Browsers always send ``Origin`` with what is neither GET nor HEAD, and no page can forge it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:  # no address at all
        return False
