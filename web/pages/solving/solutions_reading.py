"""What a solution's page shows, read in one state of the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.solution_details import language_of
from knowledge_base.store import audit
from knowledge_base.store.audit import Entry
from knowledge_base.store.grouping import categories
from knowledge_base.store.grouping.briefs import Brief, briefs
from knowledge_base.store.solving import solution_health, solution_reviews, solution_versions, solutions
from knowledge_base.store.solving.solution_health import Measured
from knowledge_base.store.solving.solution_reviews import Review
from knowledge_base.store.solving.solution_versions import Version
from knowledge_base.store.solving.solutions import SolutionText
from knowledge_base.types import Solution, SolutionState
from web.drawing.sparkline import Bar
from web.pages.opening import Opened
from web.pages.solving.solutions_compare import Part, compare_texts
from web.pages.solving.solutions_rights import may_publish, may_write

VERSIONS_SHOWN = 50
CATEGORIES_SHOWN = 100
HEALTH_WIDTH = 400
VIEWS = ("side", "inline")
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Reading:
    """The words in one language; ``foreign`` is its name where it is not that of the page."""

    language: str
    title: str
    cause: str
    body: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions beside each other; ``right`` is the number of a version, or ``review``."""

    left: int
    right: str
    view: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SolutionPage:
    """Everything on the page; ``is_stale`` where an act was refused because of what others did meanwhile.

    ``taken`` are the solutions in whose place a draft would come.
    """

    solution: Solution
    readings: tuple[Reading, ...]
    review: Review | None
    measured: Measured | None
    health: tuple[Bar, ...]
    categories: tuple[Brief, ...]
    more_categories: int
    taken: tuple[str, ...]
    versions: tuple[Version, ...]
    compared: Compared | None
    unsaved: bool
    done: Entry | None
    refused: str
    is_stale: bool
    may_write: bool
    may_publish: bool

    @property
    def is_draft(self) -> bool:
        """Whether nobody gets it yet."""
        return self.solution.state is SolutionState.DRAFT


def read_solution_page(
    db: Connection,
    page: Opened,
    solution_id: str,
    *,
    left: str = "",
    right: str = "",
    view: str = "",
    done: int | None = None,
    refused: str = "",
    is_stale: bool = False,
) -> SolutionPage:
    """Read the page. Raises NotFound."""
    number = number_of(Prefix.SOLUTION, solution_id)
    solution = solutions.get(db, page.project, number)
    review = solution_reviews.waiting(db, page.project, number)
    versions = solution_versions.newest(db, page.project, number, VERSIONS_SHOWN)
    measured = None
    if solution.state is SolutionState.PUBLISHED:
        measured = solution_health.measure_one(db, page.project, number, page.parts.clock())
    homes = [number_of(Prefix.CATEGORY, each) for each in solution.category_ids[:CATEGORIES_SHOWN]]
    known = briefs(db, page.project, homes)
    return SolutionPage(
        solution=solution,
        readings=readings_of(solution, page.visit.language),
        review=review,
        measured=measured,
        health=_bars(measured) if measured else (),
        categories=tuple(known[each] for each in homes if each in known),
        more_categories=max(0, len(solution.category_ids) - CATEGORIES_SHOWN),
        taken=_taken(db, page.project, solution),
        versions=tuple(versions),
        compared=_compared(db, page.project, solution, review, left=left, right=right, view=view),
        unsaved=solution_reviews.autosaved(db, page.project, number, page.actor) is not None,
        done=_entry(db, page.project, done),
        refused=refused,
        is_stale=is_stale,
        may_write=may_write(page),
        may_publish=may_publish(page),
    )


def _taken(db: Connection, project: str, solution: Solution) -> tuple[str, ...]:
    if solution.state is SolutionState.PUBLISHED:
        return ()
    homes = [number_of(Prefix.CATEGORY, each) for each in solution.category_ids]
    others = sorted(set(categories.solutions_of(db, project, homes).values()))
    return tuple(public_id(Prefix.SOLUTION, each) for each in others)


def readings_of(solution: Solution, language: str) -> tuple[Reading, ...]:
    """Give the words in each language that is there; the one of the page is shown first."""
    own = solution.details.language or language_of(f"{solution.title} {solution.cause} {solution.body}")
    texts = [(own, solution.title, solution.cause, solution.body)]
    texts += [(each.language, each.title, each.cause, each.body) for each in solution.details.variants]
    spoken = [each[0] for each in texts]
    first = language if language in spoken else own
    return tuple(Reading(*each, is_first=each[0] == first) for each in texts)


def _compared(
    db: Connection,
    project: str,
    solution: Solution,
    review: Review | None,
    *,
    left: str,
    right: str,
    view: str,
) -> Compared | None:
    """Compare what is asked for; else what waits with what is there, or the newest version with the one before."""
    waits = review is not None and not SolutionText.says_the_same_as(review.text, solution)
    new = REVIEW if right == REVIEW or (not right and waits) else _version(right, solution.version)
    if new == REVIEW and review is None:
        new = str(solution.version)
    newest = review.based_on if new == REVIEW and review is not None else int(new) - 1
    old = int(_version(left, newest)) if newest >= 1 else 0
    if old < 1:
        return None
    number = number_of(Prefix.SOLUTION, solution.id)
    try:
        before = SolutionText.of(solutions.get(db, project, number, old))
        is_review = new == REVIEW and review is not None
        after = review.text if is_review and review else SolutionText.of(solutions.get(db, project, number, int(new)))
    except NotFound:
        return None
    return Compared(old, new, view if view in VIEWS else VIEWS[0], compare_texts(before, after))


def _version(text: str, otherwise: int) -> str:
    return text if text.isascii() and text.isdigit() and len(text) < 10 else str(otherwise)


def _entry(db: Connection, project: str, number: int | None) -> Entry | None:
    try:
        return None if number is None else audit.get(db, project, number)
    except NotFound:
        return None


def _bars(measured: Measured) -> tuple[Bar, ...]:
    total = measured.helpful + measured.not_helpful
    if not total:
        return ()
    good = HEALTH_WIDTH * measured.helpful / total
    parts = ((0.0, good, "good"), (good, HEALTH_WIDTH - good, "bad"))
    return tuple(Bar(round(x, 1), 0, round(max(1.0, width - 2), 1), 8, css) for x, width, css in parts if width)
