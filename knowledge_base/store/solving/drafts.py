"""Which categories a draft of a solution is for; nothing that answers looks here."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from knowledge_base.store.solving.draft_tables import DraftRow
from knowledge_base.store.tables import CategoryRow
from knowledge_base.store.upserts import insert_or_skip


def link(db: Connection, project: str, solution: int, categories: Iterable[int]) -> None:
    """Say that a draft is for these categories, too."""
    rows = [{"project": project, "solution": solution, "category": each} for each in categories]
    insert_or_skip(db, DraftRow, rows)


def unlink(db: Connection, project: str, solution: int, categories: Iterable[int]) -> None:
    """Say that a draft is not for these categories."""
    db.execute(
        delete(DraftRow).where(
            col(DraftRow.project) == project,
            col(DraftRow.solution) == solution,
            col(DraftRow.category).in_(list(categories)),
        )
    )


def links_of(db: Connection, project: str, solution: int) -> list[int]:
    """Name the categories that a draft was given to, also those that are merged or evicted by now."""
    query = select(col(DraftRow.category)).where(col(DraftRow.project) == project, col(DraftRow.solution) == solution)
    return sorted(db.execute(query).scalars())


def homes(db: Connection, project: str, *, solution: int | None = None, after: int = 0) -> dict[int, list[int]]:
    """Name the categories of today that drafts are for, by draft: of one, or of all with numbers behind ``after``."""
    is_wanted = col(DraftRow.solution) == solution if solution is not None else col(DraftRow.solution) > after
    return _homes(db, project, is_wanted)


def homes_of(db: Connection, project: str, solutions: Collection[int]) -> dict[int, list[int]]:
    """Do the same for several drafts; those that are for no category are left out."""
    return _homes(db, project, col(DraftRow.solution).in_(list(solutions)))


def _homes(db: Connection, project: str, is_wanted: ColumnElement[bool]) -> dict[int, list[int]]:
    home = aliased(CategoryRow)
    query = (
        select(col(DraftRow.solution), col(home.id))
        .join(
            CategoryRow,
            (col(CategoryRow.project) == col(DraftRow.project)) & (col(CategoryRow.id) == col(DraftRow.category)),
        )
        .join(
            home,
            (col(home.project) == col(DraftRow.project))
            & (col(home.id) == func.coalesce(col(CategoryRow.merged_into), col(CategoryRow.id))),
        )
        .where(
            col(DraftRow.project) == project,
            is_wanted,
            col(home.state) == "active",
        )
        .distinct()
    )
    found: dict[int, list[int]] = {}
    for draft, category in sorted((row[0], row[1]) for row in db.execute(query)):
        found.setdefault(draft, []).append(category)
    return found


def of_category(db: Connection, project: str, category: int) -> list[int]:
    """Name the drafts for a category, and for those that were merged into it, in the order of their numbers."""
    query = (
        select(col(DraftRow.solution))
        .join(
            CategoryRow,
            (col(CategoryRow.project) == col(DraftRow.project)) & (col(CategoryRow.id) == col(DraftRow.category)),
        )
        .where(
            col(DraftRow.project) == project,
            or_(col(CategoryRow.id) == category, col(CategoryRow.merged_into) == category),
        )
        .distinct()
    )
    return sorted(db.execute(query).scalars())
