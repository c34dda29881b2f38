"""How a problem is told: a document to programs, a page to people, a note to a part of a page."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knowledge_base.errors import KeaError
from knowledge_base.types import DEFAULT_PROJECT
from web.guarding.allowed import allowed_methods
from web.problems import INTERNAL, Problem, problem_of
from web.showing.visit import read_visit

API = "/api/"
PLAIN = frozenset({"/healthz", "/readyz"})
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FailurePage:
    """The page that tells a problem."""

    status: int
    title: str
    detail: str
    signed_in: bool
    next: str = "/"
    login: str = ""
    problem: str = ""


def response_to(problem: Problem, scope: Scope) -> Response:
    """Choose the form by who asks."""
    path = scope["path"]
    if path.startswith(API) or path in PLAIN:
        return problem.response(path)
    renderer = scope["app"].state.parts.renderer
    visit = read_visit(scope, project=DEFAULT_PROJECT, messages=renderer.messages, clock=renderer.clock)
    page = FailurePage(problem.kind.status, problem.kind.title, problem.detail, visit.who is not None, next=visit.here)
    if visit.fragment:
        template = "failure_note.html"
    elif problem.kind.status == 401:
        template = "not_signed_in.html"
    else:
        template = "failure.html"
    response: Response = renderer.page(visit, template, page, status=problem.kind.status, headers=problem.headers)
    return response


async def respond(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with a problem."""
    await response_to(problem, scope)(scope, receive, send)


def register_failures(app: FastAPI) -> None:
    """Tell every error that a route raises in the same way."""

    async def handle(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem.kind.status == HTTPStatus.METHOD_NOT_ALLOWED:
            problem = replace(problem, headers={"Allow": allowed_methods(app.routes, request.scope["path"])})
        if problem.kind.status >= 500:
            log.warning("request failed", path=request.url.path, reason=str(error), error=type(error).__name__)
        return response_to(problem, request.scope)

    handler: Callable[[Request, Exception], Awaitable[Response]] = handle
    for kind in (KeaError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, handler)


class CatchUnexpected:
    """Turns an error that nobody expected into a problem of status 500; its inside goes to the log alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and catch what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            # Written out here: a prettier one would print the values of variables, tokens among them.
            log.error("unexpected error", path=scope["path"], traceback=traceback.format_exc())
            if started:
                raise
            await respond(
                problem_of(error) if isinstance(error, KeaError | HTTPException) else _INTERNAL, scope, receive, send
            )


_INTERNAL = Problem(INTERNAL, "The error was written to the server's log; the request was not carried out.")
