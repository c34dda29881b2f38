"""Why a correction cannot be tried or done, in the dialog or on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

from knowledge_base.errors import KeaError
from knowledge_base.store.audit import Entry
from web.pages.opening import Opened
from web.problems import problem_of


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """Why a correction cannot be tried; ``back`` and ``filters`` lead to where it was begun.

    ``meanwhile`` has what others did.
    """

    detail: str
    back: str
    meanwhile: tuple[Entry, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)


def refused(
    page: Opened,
    error: KeaError,
    back: str,
    *,
    filters: Mapping[str, str] | None = None,
    meanwhile: tuple[Entry, ...] = (),
    status: int | None = None,
) -> Response:
    """Say why; the status is that of the error unless it is given."""
    problem = problem_of(error)
    shown = RefusedPage(problem.detail, back, meanwhile, filters or {})
    return page.show("what_if_refused.html", shown, status=status or problem.kind.status)
