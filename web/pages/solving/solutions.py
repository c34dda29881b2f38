"""The list of solutions: searched, narrowed, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from markupsafe import Markup
from starlette.responses import Response

from knowledge_base.store.solving import solution_list, solution_services
from knowledge_base.store.solving.solution_health import Health
from knowledge_base.store.solving.solution_list import Listed, SolutionFilter, Stage
from web.pages.opening import Opened, PageOf
from web.pages.solving.solutions_rights import may_write
from web.showing.visit import Visit

PAGE_SIZE = 30
TEXT_LIMIT = 200
FAILING = "failing"
HEALTHS = (FAILING, Health.FEEDBACK.value, Health.VOLUME.value, Health.HELPS.value)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class WantedSolutions:
    """The parameters of the list's address; an empty one does not restrict."""

    text: str = ""
    state: str = ""
    health: str = ""
    service: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.state or self.health or self.service)

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Give the parameters of the address."""
        yield "q", self.text
        yield "state", self.state
        yield "health", self.health
        yield "service", self.service


@dataclass(frozen=True, slots=True)
class SolutionsPage:
    """The list, or the part of it that is swapped."""

    wanted: WantedSolutions
    rows: tuple[Listed, ...]
    total: int
    states: tuple[tuple[str, Markup, int], ...]
    healths: tuple[tuple[str, Markup, int], ...]
    health_shown: Markup
    services: tuple[str, ...]
    following: str | None
    may_write: bool

    def address(self, visit: Visit, **changed: str) -> str:
        """Write the address of the list with some filters changed, from its first page on."""
        return visit.url("/solutions", **(dict(self.wanted.parameters()) | changed))


def read_wanted(
    q: Annotated[str, Query()] = "",
    state: Annotated[str, Query()] = "",
    health: Annotated[str, Query()] = "",
    service: Annotated[str, Query()] = "",
) -> WantedSolutions:
    """Read the parameters; a value that is none counts as not given."""
    return WantedSolutions(
        text=" ".join(q[:TEXT_LIMIT].replace("\x00", " ").split()),
        state=state if state in [each.value for each in Stage] else "",
        health=health if health in HEALTHS else "",
        service=service[:TEXT_LIMIT].replace("\x00", ""),
    )


@router.get("/solutions")
def show_solutions(
    page: PageOf,
    wanted: Annotated[WantedSolutions, Depends(read_wanted)],
    cursor: Annotated[str | None, Query(max_length=30)] = None,
) -> Response:
    """Show the list, or its part for the script that swaps it."""
    template = "solutions_list.html" if page.visit.fragment else "solutions.html"
    return page.show(template, _load(page, wanted, cursor))


def _load(page: Opened, wanted: WantedSolutions, cursor: str | None) -> SolutionsPage:
    _ = page.visit.formats.translator.text
    condition = SolutionFilter(
        text=wanted.text,
        stage=Stage(wanted.state) if wanted.state else None,
        health=Health(wanted.health) if wanted.health and wanted.health != FAILING else None,
        failing=wanted.health == FAILING,
        service=wanted.service,
    )
    with page.parts.knowledge.store.read() as db:
        found = solution_list.find(db, page.project, condition, limit=PAGE_SIZE, cursor=cursor)
        counted = solution_list.counts(db, page.project)
        services = solution_services.names(db, page.project)
    healths = (
        (FAILING, _("not well"), counted.marks[Health.FEEDBACK] + counted.marks[Health.VOLUME]),
        (Health.FEEDBACK.value, _("does not help"), counted.marks[Health.FEEDBACK]),
        (Health.VOLUME.value, _("still as frequent"), counted.marks[Health.VOLUME]),
        (Health.HELPS.value, _("helps"), counted.marks[Health.HELPS]),
    )
    shown = {name: text for name, text, _n in healths}
    following = dict(wanted.parameters()) | {"cursor": found.cursor} if found.cursor else None
    return SolutionsPage(
        wanted=wanted,
        rows=found.items,
        total=counted.total,
        states=(
            (Stage.DRAFT.value, _("Drafts"), counted.stages[Stage.DRAFT]),
            (Stage.REVIEW.value, _("In review"), counted.stages[Stage.REVIEW]),
            (Stage.PUBLISHED.value, _("Published"), counted.stages[Stage.PUBLISHED]),
        ),
        healths=healths,
        health_shown=shown.get(wanted.health, _("any")),
        services=tuple(services),
        following=page.visit.url("/solutions", **following) if following else None,
        may_write=may_write(page),
    )
