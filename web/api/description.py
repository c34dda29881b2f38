"""The description of the API (OpenAPI): what FastAPI tells of the routes, with what Kea knows of all of them.

How one signs in, which role a route takes, which problems it may answer with and what they look like: each is said in
one place of the code, and shown here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from web.api.described_examples import example_of, with_example
from web.api.models import ProblemOut
from web.guarding.hosts import UNKNOWN_HOST
from web.guarding.limits import LIMITED
from web.guarding.roles_table import OPEN, ROUTES, SIGNED_IN
from web.identity.session import COOKIE
from web.problems import INVALID, KINDS, MEDIA_TYPE, NOT_SIGNED_IN, TOO_LARGE, Kind, Problem

Document = dict[str, Any]

TAGS: Mapping[str, str] = {
    "questions": "Ask, see what was asked, and say whether the answer helped.",
    "learning": "Right and wrong answers, as engineers say, and what Kea learnt of them.",
    "logs": "Send lines, look one up, see how it is read.",
    "categories": "The errors: what they say, how often they come, what was done to them.",
    "curation": "Label, merge, split, move, solve, take back. Each act is kept with who did it.",
    "queue": "What waits for an engineer.",
    "demand": "What is asked and seen most and has no solution.",
    "proposals": "What Kea would merge or split, with its grounds.",
    "rules": "Masking rules of the project.",
    "thresholds": "From which confidence on Kea answers and suggests.",
    "solutions": "Solutions, their versions, and drafts.",
    "channels": "Chats and ticket systems.",
    "deliveries": "Replies on their way to chats and tickets.",
    "people": "Accounts, roles and tokens.",
    "data": "All of a project out and in; a person forgotten.",
    "projects": "Projects, and how full one is.",
    "health": "For whoever watches the server.",
}

SECURITY: Mapping[str, Document] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of a project: `kea token NAME`, or the page of people.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The session of a browser. What changes something must come from Kea's own pages.",
    },
}

_TOLD = {
    400: "The input cannot be used",
    401: "Not signed in",
    403: "Not allowed with this role",
    404: "Not in this project",
    409: "The state has changed meanwhile",
    413: "The body is too large",
    421: "The server does not go by this name",
    422: "The request does not have the right shape",
    429: "Asked too often",
    503: "The database or the model cannot be used now",
}
_DONE = {"200": "What was asked for", "201": "What was made", "204": "Done; there is no body"}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_LINK = {"Link": {"description": 'The next page, `rel="next"` (RFC 8288).', "schema": {"type": "string"}}}
_REFUSALS = {
    400: "the cursor is not one that this list gave; start from the first page",
    403: "that takes the role admin, yours in default is viewer; ask an admin for it",
    404: "there is no category KE-12 in project 'default'",
    409: "somebody saved version 4 meanwhile; read it, then save again",
    429: "that was more than 60 times within a minute; try again in 20 s",
    503: "the database is locked; try again",
}


def describe(app: FastAPI) -> Document:
    """Give the description; it is made once and kept by the application."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        complete(document)
        app.openapi_schema = document
    return app.openapi_schema


def complete(document: Document) -> None:
    """Add what is true of all routes."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(_problem_schemas())
    components["securitySchemes"] = dict(SECURITY)
    used = set()
    for method, path, operation in operations(document):
        used.update(operation.get("tags", ()))
        _complete(operation, f"{method.upper()} {path}", schemas)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["tags"] = [{"name": name, "description": told} for name, told in TAGS.items() if name in used]


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Give method, path and operation of each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _complete(operation: Document, name: str, schemas: Document) -> None:
    need = ROUTES.get(name)
    is_open = need in (None, OPEN)
    operation["security"] = [] if is_open else [{each: []} for each in SECURITY]
    if need is not None and not is_open:
        role = "Takes no role." if need == SIGNED_IN else f"Takes the role **{need}**."
        operation["description"] = f"{operation.get('description', '')}\n\n{role}".strip()
    parameters = operation.get("parameters", [])
    for each in parameters:
        with_example(each)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" not in content and "examples" not in content:
            content["example"] = example_of(content["schema"], schemas)
    answers = operation["responses"]
    if any(each["name"] == "cursor" for each in parameters):
        answers["200"]["headers"] = _LINK
    own = {int(each) for each in answers if each.startswith("4")}
    for done, told in _DONE.items():
        if answers.get(done, {}).get("description") == "Successful Response":
            answers[done]["description"] = told
    for status in sorted({*own, *_statuses(name, operation, is_open=is_open)}):
        answers[str(status)] = _refusal(status, name)


def _statuses(name: str, operation: Document, *, is_open: bool) -> Iterator[int]:
    """Tell what may go wrong, beside what the route itself says."""
    if not is_open:
        yield from (400, 401, 403, 404)
        if not name.startswith("GET "):
            yield 409
    if "requestBody" in operation:
        yield 413
    yield 421
    if name in LIMITED:
        yield 429
    if not name.endswith("/healthz"):
        yield 503


def _refusal(status: int, name: str) -> Document:
    kind = _KIND_OF[status]
    detail = _REFUSALS.get(status, kind.title)
    extra = {"errors": [{"pointer": "/body/text", "detail": "Field required"}]} if kind is INVALID else {}
    told: Document = {
        "description": _TOLD[status],
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/ProblemOut"},
                "example": Problem(kind, detail, extra).document(name.partition(" ")[2]),
            }
        },
    }
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        told["headers"] = _RETRY
    return told


def _problem_schemas() -> Document:
    made = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs", {}), ProblemOut.__name__: made}


_KIND_OF: Mapping[int, Kind] = {
    **{kind.status: kind for kind in reversed(list(KINDS.values()))},
    401: NOT_SIGNED_IN,
    413: TOO_LARGE,
    421: UNKNOWN_HOST,
    422: INVALID,
}
