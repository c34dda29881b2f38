"""Moving templates between categories: the step that people's and the machine's merges share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import categories, projects, proposals, representatives, templates
from knowledge_base.store.tables import CategoryRow

Reasons = Mapping[int, Mapping[str, object]]


def move_templates(db: Connection, project: str, moves: Mapping[int, int], reasons: Reasons, *, now: datetime) -> None:
    """Put templates and their representatives into other categories, and publish it."""
    homes = templates.homes(db, project, list(moves))
    templates.set_category(db, project, moves, reasons)
    representatives.follow_templates(db, project, moves)
    templates.wait_where_unrepresented(db, project, {*homes.values(), *moves.values()})
    projects.publish(
        db,
        project,
        [
            (
                "template_moved",
                {"template": public_id(Prefix.TEMPLATE, each), "category": public_id(Prefix.CATEGORY, category)},
            )
            for each, category in moves.items()
        ],
        now,
    )


def merge_categories(
    db: Connection, project: str, target: int, source: int, reasons: Reasons, *, now: datetime
) -> dict[str, object]:
    """Put one category into another and return what is needed to undo it.

    The source becomes an alias of the target, and so does everything that was an alias of it. The
    target takes over label and solution where it has none: no solution ever comes off.
    """
    moved = categories.templates_of(db, project, source)
    aliases = categories.aliases_of(db, project, source)
    rows = {
        row.id: row
        for row in db.execute(
            select(col(CategoryRow.id), col(CategoryRow.label), col(CategoryRow.solution)).where(
                col(CategoryRow.project) == project, col(CategoryRow.id).in_([target, source])
            )
        )
    }
    mine, other = rows[target], rows[source]
    taken = {
        "label": other.label if mine.label is None else None,
        "solution": other.solution if mine.solution is None else None,
    }
    categories.set_fields(db, project, target, **{name: value for name, value in taken.items() if value is not None})
    categories.set_fields(db, project, source, state="merged", merged_into=target)
    db.execute(
        update(CategoryRow)
        .where(col(CategoryRow.project) == project, col(CategoryRow.merged_into) == source)
        .values(merged_into=target)
    )
    # Representatives without a template (learnt questions) belong to the category itself.
    representatives.follow_category(db, project, source, target)
    templates.set_category(db, project, dict.fromkeys(moved, target), reasons)
    proposals.close_merged(db, project, [source])
    projects.publish(
        db,
        project,
        [
            (
                "category_merged",
                {"from": public_id(Prefix.CATEGORY, source), "into": public_id(Prefix.CATEGORY, target)},
            )
        ],
        now,
    )
    return {"source": source, "target": target, "templates": moved, "aliases": aliases, **taken}
