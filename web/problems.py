"""Errors as people and programs get them: problem documents (RFC 9457) from Kea's own tree, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from knowledge_base import errors

MEDIA_TYPE = "application/problem+json"
ERRORS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; ``slug`` makes its ``type``."""

    status: int
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as it is told; ``extra`` holds further members."""

    kind: Kind
    detail: str
    extra: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, instance: str) -> dict[str, object]:
        """Give the members of the document."""
        return {
            "type": f"urn:kea:problem:{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "instance": instance,
            **self.extra,
        }

    def response(self, instance: str) -> JSONResponse:
        """Answer a program."""
        return JSONResponse(
            self.document(instance), self.kind.status, headers=dict(self.headers), media_type=MEDIA_TYPE
        )


INTERNAL = Kind(500, "internal", "Something went wrong inside Kea")
NOT_SIGNED_IN = Kind(401, "not-signed-in", "Not signed in")
INVALID = Kind(422, "invalid", "The request does not have the right shape")
TOO_LARGE = Kind(413, "too-large", "The body is too large")

# The most specific class that an error belongs to decides.
KINDS: Mapping[type[errors.KeaError], Kind] = {
    errors.KeaError: Kind(400, "error", "The request cannot be done"),
    errors.InputError: Kind(400, "input", "The input cannot be used"),
    errors.UnreadableInput: Kind(400, "unreadable-input", "The input cannot be read"),
    errors.BadRow: Kind(400, "bad-row", "A row cannot be used"),
    errors.NotFound: Kind(404, "not-found", "Not found"),
    errors.Conflict: Kind(409, "conflict", "The state has changed meanwhile"),
    errors.StaleVersion: Kind(409, "stale-version", "Somebody saved a newer version"),
    errors.LostOwnership: Kind(409, "lost-ownership", "Another worker took over"),
    errors.Evicted: Kind(409, "evicted", "Templates were evicted meanwhile"),
    errors.AlreadyDone: Kind(409, "already-done", "Done before"),
    errors.NotAllowed: Kind(403, "not-allowed", "Not allowed"),
    errors.TooOften: Kind(429, "too-often", "Too often"),
    errors.Unavailable: Kind(503, "unavailable", "Not available now"),
    errors.StorageUnavailable: Kind(503, "storage-unavailable", "The database cannot be used now"),
    errors.ModelUnavailable: Kind(503, "model-unavailable", "The embedding model cannot be used"),
}


def problem_of(error: Exception) -> Problem:
    """Tell an error as a problem; what is not Kea's own gives nothing of the inside away."""
    if isinstance(error, errors.KeaError):
        kind = next(KINDS[each] for each in type(error).__mro__ if each in KINDS)
        headers = {"Retry-After": "5"} if kind.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
        if isinstance(error, errors.TooOften):
            headers = {"Retry-After": str(error.seconds)}
        meanwhile = list(error.meanwhile) if isinstance(error, errors.StaleVersion) else []
        return Problem(kind, str(error), {"meanwhile": meanwhile} if meanwhile else {}, headers)
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        kind = _kind_of(error.status_code)
        phrase = HTTPStatus(error.status_code).phrase
        detail = error.detail if error.detail != phrase else _DETAILS.get(error.status_code, phrase)
        return Problem(kind, detail, headers=error.headers or {})
    return Problem(INTERNAL, "The error was written to the server's log; the request was not carried out.")


_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}


def _kind_of(status: int) -> Kind:
    if status == TOO_LARGE.status:  # what HTTP calls it differs between versions of Python
        return TOO_LARGE
    phrase = HTTPStatus(status).phrase
    return Kind(status, phrase.lower().replace(" ", "-"), phrase)


def _invalid(error: RequestValidationError) -> Problem:
    found = [
        {"pointer": "/" + "/".join(map(str, each["loc"])), "detail": str(each["msg"])}
        for each in error.errors()[:ERRORS_SHOWN]
    ]
    first = f"{found[0]['pointer']}: {found[0]['detail']}" if found else "the request cannot be read"
    return Problem(INVALID, first, {"errors": found})
