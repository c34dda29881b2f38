"""Solutions: versioned, linked to any number of categories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlmodel import col

from knowledge_base.errors import Conflict, InputError, NotFound, StaleVersion
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.solution_details import BODY_LIMIT, CAUSE_LIMIT, TITLE_LIMIT, Details
from knowledge_base.store.intake.counts import minute_of
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.projects import next_solutions
from knowledge_base.store.solving import drafts, solution_services
from knowledge_base.store.solving.solution_work_tables import SolutionHealthRow, SolutionReviewRow
from knowledge_base.store.tables import CategoryRow, SolutionRow, SolutionVersionRow
from knowledge_base.store.text import clip, storable
from knowledge_base.types import Solution, SolutionState


@dataclass(frozen=True, slots=True)
class SolutionText:
    """The words of a solution; ``body`` is Markdown. Raises InputError for an empty or too long one.

    Without ``details`` a new version keeps those of the one before.
    """

    title: str
    cause: str
    body: str
    details: Details | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("a solution needs a title")
        for name, text, limit in (
            ("title", self.title, TITLE_LIMIT),
            ("cause", self.cause, CAUSE_LIMIT),
            ("body", self.body, BODY_LIMIT),
        ):
            if len(text) > limit:
                raise InputError(f"the {name} has {len(text)} characters, {limit} are allowed")

    @classmethod
    def of(cls, solution: Solution) -> SolutionText:
        """Give all words of a solution."""
        return cls(solution.title, solution.cause, solution.body, solution.details)

    def is_same_as(self, other: SolutionText) -> bool:
        """Whether both would make the same version."""
        words = [(each.title.strip(), each.cause.strip(), each.body.strip()) for each in (self, other)]
        return words[0] == words[1] and (self.details or Details()) == (other.details or Details())

    def says_the_same_as(self, solution: Solution) -> bool:
        """Whether a version with these words would say what the solution says already."""
        same = (self.title.strip(), self.cause.strip(), self.body.strip())
        return same == (solution.title, solution.cause, solution.body) and self.details in (None, solution.details)


def is_newest() -> ColumnElement[bool]:
    """Join each solution with its newest version."""
    return and_(
        col(SolutionVersionRow.project) == col(SolutionRow.project),
        col(SolutionVersionRow.solution) == col(SolutionRow.id),
        col(SolutionVersionRow.version) == col(SolutionRow.version),
    )


def _query(project: str | BindParameter[str]) -> Any:
    return (
        select(
            col(SolutionRow.id),
            col(SolutionVersionRow.version),
            col(SolutionVersionRow.title),
            col(SolutionVersionRow.cause),
            col(SolutionVersionRow.body),
            col(SolutionVersionRow.author),
            col(SolutionVersionRow.at),
            col(SolutionRow.state),
            col(SolutionVersionRow.details),
        )
        .join(
            SolutionVersionRow,
            and_(
                col(SolutionVersionRow.project) == col(SolutionRow.project),
                col(SolutionVersionRow.solution) == col(SolutionRow.id),
            ),
        )
        .where(col(SolutionRow.project) == project)
    )


def get(db: Connection, project: str, number: int, version: int | None = None) -> Solution:
    """Read a solution, its newest version unless another is named; raises NotFound."""
    sought = {"project": project, "number": number, "version": version}
    row = db.execute(_one(is_newest=version is None), sought).first()
    if row is None:
        raise NotFound(f"there is no solution {public_id(Prefix.SOLUTION, number)} in project {project!r}")
    linked = _homes_of_draft(db, project, number) if row.state == SolutionState.DRAFT else _solved(db, project, number)
    return _solution(row, tuple(public_id(Prefix.CATEGORY, each) for each in linked))


@cache
def _one(*, is_newest: bool) -> Any:
    wanted = col(SolutionRow.version) if is_newest else bindparam("version")
    query = _query(bindparam("project")).where(col(SolutionRow.id) == bindparam("number"))
    return query.where(col(SolutionVersionRow.version) == wanted)


def _homes_of_draft(db: Connection, project: str, number: int) -> list[int]:
    return drafts.homes(db, project, solution=number).get(number, [])


def _solved(db: Connection, project: str, number: int) -> list[int]:
    # Ordered here: asked to do it, SQLite walks through the whole project by number.
    return sorted(db.execute(_solved_by(), {"project": project, "number": number}).scalars().all())


@cache
def _solved_by() -> Any:
    return select(col(CategoryRow.id)).where(
        col(CategoryRow.project) == bindparam("project"),
        col(CategoryRow.solution) == bindparam("number"),
        col(CategoryRow.state) == "active",
    )


def _solution(row: Any, categories: tuple[str, ...]) -> Solution:
    return Solution(
        id=public_id(Prefix.SOLUTION, row.id),
        version=row.version,
        title=row.title,
        cause=row.cause,
        body=row.body,
        author=row.author,
        at=row.at,
        category_ids=categories,
        state=SolutionState(row.state),
        details=Details.read(row.details),
    )


def rows_with(db: Connection, project: str, number: int) -> list[int]:
    """Name all categories with a solution, also those that are merged into others by now."""
    query = select(col(CategoryRow.id)).where(col(CategoryRow.project) == project, col(CategoryRow.solution) == number)
    return sorted(db.execute(query).scalars())


def list_all(
    db: Connection, project: str, *, after: int = 0, limit: int = 1000, state: SolutionState | None = None
) -> list[Solution]:
    """Read the newest versions in the order of their numbers, drafts too unless a state is named."""
    linked = {
        draft: [public_id(Prefix.CATEGORY, each) for each in found]
        for draft, found in drafts.homes(db, project, after=after).items()
    }
    for solution, category in db.execute(
        select(col(CategoryRow.solution), col(CategoryRow.id))
        .where(
            col(CategoryRow.project) == project,
            col(CategoryRow.solution) > after,
            col(CategoryRow.state) == "active",
        )
        .order_by(col(CategoryRow.id))
    ):
        linked.setdefault(solution or 0, []).append(public_id(Prefix.CATEGORY, category))
    rows = db.execute(
        _query(project)
        .where(
            col(SolutionVersionRow.version) == col(SolutionRow.version),
            col(SolutionRow.id) > after,
            *(() if state is None else (col(SolutionRow.state) == state,)),
        )
        .order_by(col(SolutionRow.id))
        .limit(limit)
    )
    return [_solution(row, tuple(linked.get(row.id, ()))) for row in rows]


def history(db: Connection, project: str, number: int) -> list[Solution]:
    """Read all versions, newest first."""
    rows = db.execute(
        _query(project).where(col(SolutionRow.id) == number).order_by(col(SolutionVersionRow.version).desc())
    )
    return [_solution(row, ()) for row in rows]


def create(
    db: Connection,
    project: str,
    text: SolutionText,
    *,
    author: str,
    now: datetime,
    external: str | None = None,
    state: SolutionState = SolutionState.PUBLISHED,
) -> int:
    """Keep a new solution as its version 1; tell its number."""
    number = take_numbers(db, "solution")[0]
    minute = minute_of(now) if state is SolutionState.PUBLISHED else None
    db.execute(
        insert(SolutionRow),
        [
            {
                "project": project,
                "id": number,
                "version": 1,
                "external": external,
                "state": state,
                "generation": next_solutions(db, project),
                "created_at": now,
                "published_minute": minute,
                "first_published_minute": minute,
            }
        ],
    )
    _add_version(db, project, number, 1, text, author=author, now=now)
    return number


def revise(
    db: Connection, project: str, number: int, text: SolutionText, *, author: str, now: datetime, based_on: int
) -> int:
    """Add a version; raises StaleVersion where ``based_on`` is not the newest, NotFound without a solution."""
    changed = db.execute(
        update(SolutionRow)
        .where(col(SolutionRow.project) == project, col(SolutionRow.id) == number, col(SolutionRow.version) == based_on)
        .values(
            version=based_on + 1,
            generation=next_solutions(db, project),
            published_minute=case((col(SolutionRow.state) == SolutionState.PUBLISHED, minute_of(now))),
        )
    ).rowcount
    if changed != 1:
        newest = get(db, project, number)
        raise StaleVersion(
            f"{newest.author} saved version {newest.version} meanwhile, yours is based on version {based_on};"
            " compare both and save again"
        )
    if text.details is None:
        text = replace(text, details=get(db, project, number, based_on).details)
    _add_version(db, project, number, based_on + 1, text, author=author, now=now)
    return based_on + 1


def set_state(
    db: Connection, project: str, number: int, state: SolutionState, *, now: datetime, minute: int | None = None
) -> int | None:
    """Make a draft of a solution, or publish it; whoever does that moves what links it to categories.

    ``minute`` is when people first got the newest version, where that is not now; tells what was kept as that before.
    """
    row = (col(SolutionRow.project) == project, col(SolutionRow.id) == number)
    before = db.execute(select(col(SolutionRow.published_minute)).where(*row)).scalar()
    changed: dict[str, Any] = {"state": state, "generation": next_solutions(db, project), "published_minute": None}
    if state is SolutionState.PUBLISHED:
        published = minute_of(now) if minute is None else minute
        changed["published_minute"] = published
        changed["first_published_minute"] = func.coalesce(col(SolutionRow.first_published_minute), published)
    db.execute(update(SolutionRow).where(*row).values(changed))
    # What was to be looked at before it is published is published now, or a draft of other words.
    gone: list[type[SolutionReviewRow | SolutionHealthRow]] = [SolutionReviewRow]
    if state is SolutionState.DRAFT:
        gone.append(SolutionHealthRow)  # nobody gets a draft, so it cannot help
    for table in gone:
        db.execute(delete(table).where(col(table.project) == project, col(table.solution) == number))
    return before


def require_published(db: Connection, project: str, number: int) -> None:
    """Raise Conflict for a draft: no category may answer with it."""
    state = select(col(SolutionRow.state)).where(col(SolutionRow.project) == project, col(SolutionRow.id) == number)
    if db.execute(state).scalar() == SolutionState.DRAFT:
        raise Conflict(f"{public_id(Prefix.SOLUTION, number)} is a draft; publish it first")


def _add_version(
    db: Connection, project: str, number: int, version: int, text: SolutionText, *, author: str, now: datetime
) -> None:
    details = text.details or Details()
    solution_services.write(db, project, number, details.applies)
    db.execute(
        insert(SolutionVersionRow),
        [
            {
                "project": project,
                "solution": number,
                "version": version,
                "title": storable(text.title.strip()),
                "cause": storable(text.cause.strip()),
                "body": storable(text.body.strip()),
                "author": clip(author, 200),
                "at": now,
                "details": _storable(details.document()),
            }
        ],
    )


def _storable(value: Any) -> Any:
    """Make every text in a document storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value


def find_external(db: Connection, project: str, external: str, *, own: bool) -> int | None:
    """Find the solution that an import named so; with ``own`` a public id finds its solution too."""
    found = db.execute(
        select(col(SolutionRow.id)).where(
            col(SolutionRow.project) == project, col(SolutionRow.external) == storable(external)
        )
    ).scalar()
    if found is not None:
        return int(found)
    if not own:
        return None
    try:
        number = number_of(Prefix.SOLUTION, external)
    except NotFound:
        return None
    same = select(col(SolutionRow.id)).where(col(SolutionRow.project) == project, col(SolutionRow.id) == number)
    return db.execute(same).scalar()
