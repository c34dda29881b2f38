"""What every page starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from knowledge_base.store.projects import list_projects
from knowledge_base.store.watching import live
from web.parts import Parts
from web.project import PartsOf, ProjectOf
from web.showing.visit import Visit, read_visit


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that was asked for within a project."""

    parts: Parts
    visit: Visit
    project: str
    projects: tuple[str, ...]

    @property
    def actor(self) -> str:
        """The name that an act stands under."""
        assert self.visit.who is not None  # noqa: S101 - the guard lets nobody else through
        return self.visit.who.name

    def show(
        self, template: str, page: object, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Render a page."""
        return self.parts.renderer.page(
            self.visit, template, page, projects=self.projects, status=status, headers=headers
        )

    def go(self, path: str, **parameters: object) -> Response:
        """Lead to a page after something was done."""
        return RedirectResponse(self.visit.url(path, **parameters), 303)

    def go_from_dialog(self, path: str, **parameters: object) -> Response:
        """Lead to a page from a dialog, whose script loads it whole."""
        if not self.visit.fragment:
            return self.go(path, **parameters)
        return Response(status_code=204, headers={"HX-Redirect": self.visit.url(path, **parameters)})


def open_page(request: Request, parts: PartsOf, project: ProjectOf) -> Opened:
    """Open a page for whoever asks."""
    with parts.knowledge.store.read() as db:
        projects = list_projects(db)
        seen = live.seen(db, project)
    shown = tuple(name for name in projects if request.state.who.role_in(name) is not None)
    visit = read_visit(request.scope, project=project, messages=parts.renderer.messages, clock=parts.clock, seen=seen)
    return Opened(parts, visit, project, shown)


PageOf = Annotated[Opened, Depends(open_page)]
