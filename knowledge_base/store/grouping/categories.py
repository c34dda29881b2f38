"""Categories: found by id or alias, and what belongs to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select, update
from sqlmodel import col

from knowledge_base.errors import NotFound
from knowledge_base.ids import Prefix, number_of, public_id
from knowledge_base.store.grouping import category_sums
from knowledge_base.store.grouping.category_kept import KeptView
from knowledge_base.store.grouping.category_view import CategoryView, read_category
from knowledge_base.store.grouping.tombstones import tombstone
from knowledge_base.store.solving import solutions
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.store.wanted.demand_counting import in_parts
from knowledge_base.types import Category


def resolve(db: Connection, project: str, number: int) -> int:
    """Follow a merged category to the one that it is part of now; raises NotFound."""
    row = db.execute(_resolved(), {"project": project, "number": number}).first()
    if row is None:
        raise NotFound(f"there is no category {public_id(Prefix.CATEGORY, number)} in project {project!r}")
    return int(row[0] if row[1] is None else row[1])


@cache
def _resolved() -> Any:
    return select(col(CategoryRow.id), col(CategoryRow.merged_into)).where(
        col(CategoryRow.project) == bindparam("project"), col(CategoryRow.id) == bindparam("number")
    )


def resolve_public(db: Connection, project: str, public: str) -> int:
    """Do the same for a public id."""
    return resolve(db, project, number_of(Prefix.CATEGORY, public))


def aliases_of(db: Connection, project: str, number: int) -> list[int]:
    """Name every category that was ever merged into this one."""
    return _ordered(db.execute(_aliases(), {"project": project, "number": number}).scalars())


@cache
def _aliases() -> Any:
    return select(col(CategoryRow.id)).where(
        col(CategoryRow.project) == bindparam("project"), col(CategoryRow.merged_into) == bindparam("number")
    )


def aliases_by_category(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, list[int]]:
    """Do the same for several categories."""
    query = select(col(CategoryRow.merged_into), col(CategoryRow.id)).where(
        col(CategoryRow.project) == project, col(CategoryRow.merged_into).in_(numbers)
    )
    return _grouped(db.execute(query))


def templates_by_category(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, list[int]]:
    """Name the templates of several categories."""
    query = select(col(TemplateRow.category), col(TemplateRow.id)).where(
        col(TemplateRow.project) == project, col(TemplateRow.category).in_(numbers)
    )
    return _grouped(db.execute(query))


def _ordered(numbers: Iterable[int]) -> list[int]:
    """Order numbers here: asked to do it, SQLite walks through the whole project by number."""
    return sorted(numbers)


def _grouped(rows: Iterable[Any]) -> dict[int, list[int]]:
    """Group numbers, each group in order; for the same reason that is done here."""
    found: dict[int, list[int]] = {}
    for key, value in sorted((row[0], row[1]) for row in rows):
        found.setdefault(key, []).append(value)
    return found


def templates_of(db: Connection, project: str, number: int) -> list[int]:
    """Name the templates of a category."""
    query = select(col(TemplateRow.id)).where(col(TemplateRow.project) == project, col(TemplateRow.category) == number)
    return _ordered(db.execute(query).scalars())


def active_templates_of(db: Connection, project: str, number: int, since: datetime) -> list[int]:
    """Name the templates of a category that were seen since then."""
    query = select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project,
        col(TemplateRow.category) == number,
        col(TemplateRow.last_seen) >= since,
    )
    return _ordered(db.execute(query).scalars())


def living_templates_of(db: Connection, project: str, number: int) -> list[int]:
    """Name the templates of a category that were not evicted: those that people can say something of."""
    return _ordered(db.execute(_living(project, number)).scalars())


def _living(project: str, number: int) -> Select[int]:
    return select(col(TemplateRow.id)).where(
        col(TemplateRow.project) == project,
        col(TemplateRow.category) == number,
        col(TemplateRow.evicted_at).is_(None),
    )


def living_among(db: Connection, project: str, number: int, numbers: Sequence[int]) -> set[int]:
    """Tell which of these templates a category has that were not evicted."""
    found: set[int] = set()
    for chunk in in_parts(numbers):
        query = _living(project, number).where(col(TemplateRow.id).in_(chunk))
        found |= set(db.execute(query).scalars())
    return found


def count_living(db: Connection, project: str, number: int) -> int:
    """Count the templates of a category that were not evicted."""
    return int(db.execute(select(func.count()).select_from(_living(project, number).subquery())).scalar_one())


def first_template_of(db: Connection, project: str, number: int) -> int:
    """Name the oldest template of a category that has any, without fetching the others."""
    # The sum keeps SQLite from looking for it through the whole project by number.
    query = select(func.min(col(TemplateRow.id) + 0)).where(
        col(TemplateRow.project) == project, col(TemplateRow.category) == number
    )
    return int(db.execute(query).scalar_one())


def get(db: Connection, project: str, number: int) -> Category:
    """Read one category, following aliases, also one that was evicted; raises NotFound."""
    if category_sums.is_crowded(db, project, number):
        row = db.execute(KeptView(project).one(number)).first()
        if row is not None:
            named = category_sums.services_of(db, project, number)
            return read_category(row, aliases_of(db, project, number), named)
    row = db.execute(_one(), {"project": project, "number": number}).first()
    if row is None:
        # It may be merged into another: what is active is part of none.
        number = resolve(db, project, number)
        row = db.execute(_one(), {"project": project, "number": number}).first()
    if row is None:
        return tombstone(db, project, number, aliases_of(db, project, number))
    systems = [name for name in db.execute(_services(), {"project": project, "number": number}).scalars() if name]
    return read_category(row, aliases_of(db, project, number), systems)


@cache
def _one() -> Any:
    number: BindParameter[int] = bindparam("number")
    return CategoryView(bindparam("project"), only=number).query.where(col(CategoryRow.id) == number)


@cache
def _services() -> Any:
    return (
        select(col(TemplateRow.service))
        .where(col(TemplateRow.project) == bindparam("project"), col(TemplateRow.category) == bindparam("number"))
        .distinct()
        .order_by(col(TemplateRow.service))
    )


def solutions_of(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, int]:
    """Tell the solution of each category that has one."""
    rows = db.execute(_solutions_of(), {"project": project, "numbers": list(numbers)}).all()
    return {number: solution for number, solution in rows if solution is not None}


@cache
def _solutions_of() -> Any:
    # Those without one are left out by the caller: asked to do it, SQLite walks through all that have one.
    return select(col(CategoryRow.id), col(CategoryRow.solution)).where(
        col(CategoryRow.project) == bindparam("project"),
        col(CategoryRow.id).in_(bindparam("numbers", expanding=True)),
    )


def standing(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """Tell for each category which one it is part of now, and the solution of that one."""
    found = db.execute(_standing(), {"project": project, "numbers": list(numbers)})
    rows = [(row[0], row[1], row[2]) for row in found]
    merged = sorted({into for _, into, _ in rows if into is not None})
    solved = solutions_of(db, project, merged) if merged else {}
    return {number: (number, solution) if into is None else (into, solved.get(into)) for number, into, solution in rows}


@cache
def _standing() -> Any:
    return select(col(CategoryRow.id), col(CategoryRow.merged_into), col(CategoryRow.solution)).where(
        col(CategoryRow.project) == bindparam("project"),
        col(CategoryRow.id).in_(bindparam("numbers", expanding=True)),
    )


def answered_by(db: Connection, project: str, solutions: Sequence[int], *, limit: int) -> dict[int, int]:
    """Tell which categories some solutions answer for, each with its solution; up to ``limit``.

    The oldest of each solution come first, so that one which answers for very many leaves room for the others.
    """
    if not solutions:
        return {}
    rows = sorted(db.execute(_answered_by(), {"project": project, "solutions": list(solutions)}).all())
    counted: Counter[int] = Counter()
    placed = []
    for category, solution in rows:
        placed.append((counted[solution], category, solution))
        counted[solution] += 1
    return {category: solution for _, category, solution in sorted(placed)[:limit]}


@cache
def _answered_by() -> Any:
    return select(col(CategoryRow.id), col(CategoryRow.solution)).where(
        col(CategoryRow.project) == bindparam("project"),
        col(CategoryRow.solution).in_(bindparam("solutions", expanding=True)),
        col(CategoryRow.state) == "active",
    )


def set_fields(db: Connection, project: str, number: int, **values: object) -> None:
    """Change columns of a category's row, if any are given; raises Conflict where its solution would be a draft."""
    if values:
        if isinstance(solution := values.get("solution"), int):
            solutions.require_published(db, project, solution)
        row = (col(CategoryRow.project) == project, col(CategoryRow.id) == number)
        db.execute(update(CategoryRow).where(*row).values(**values))
