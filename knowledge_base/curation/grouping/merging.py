"""Moving templates between categories: the step that people's and the machine's merges share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select, update
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories, category_sums, templates
from knowledge_base.store.grouping.proposal_settling import settle
from knowledge_base.store.rarity import terms
from knowledge_base.store.representing import representatives
from knowledge_base.store.tables import CategoryRow

Reasons = Mapping[int, Mapping[str, object]]


def move_templates(db: Connection, project: str, moves: Mapping[int, int], reasons: Reasons, *, now: datetime) -> None:
    """Put templates and their representatives into other categories, and publish it."""
    homes = templates.homes(db, project, list(moves))
    terms.move(db, project, moves)
    templates.set_category(db, project, moves, reasons)
    category_sums.forget_frequent(db, project, moves.values())
    representatives.follow_templates(db, project, moves)
    touched = {*homes.values(), *moves.values()}
    templates.wait_where_unrepresented(db, project, touched)
    settle(db, project, touched)
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
    db: Connection, project: str, target: int, sources: Sequence[int], reasons: Reasons, *, now: datetime
) -> list[dict[str, object]]:
    """Put categories into one and return for each what is needed to undo it.

    A source becomes an alias of the target, and so does everything that was an alias of it. The
    target takes over label and solution of the first source that has one, where it has none: no
    solution ever comes off. The number of statements does not grow with the number of sources.
    """
    moved = categories.templates_by_category(db, project, sources)
    aliases = categories.aliases_by_category(db, project, sources)
    said = _said(db, project, [target, *sources])
    taken = {source: _take_over(said, target, source) for source in sources}
    categories.set_fields(
        db, project, target, **{name: value for each in taken.values() for name, value in each.items() if value}
    )
    db.execute(
        update(CategoryRow)
        .where(
            col(CategoryRow.project) == project,
            or_(col(CategoryRow.id).in_(sources), col(CategoryRow.merged_into).in_(sources)),
        )
        .values(merged_into=target, state="merged")
    )
    terms.merge(db, project, target, sources)
    # Representatives without a template belong to the category itself.
    representatives.follow_categories(db, project, sources, target)
    everything = [template for source in sources for template in moved.get(source, ())]
    templates.set_category(db, project, dict.fromkeys(everything, target), reasons)
    category_sums.forget_frequent(db, project, [target])
    settle(db, project, [target, *sources])
    into = public_id(Prefix.CATEGORY, target)
    merged = [("category_merged", {"from": public_id(Prefix.CATEGORY, each), "into": into}) for each in sources]
    projects.publish(db, project, merged, now)
    return [
        {
            "source": source,
            "target": target,
            "templates": moved.get(source, []),
            "aliases": aliases.get(source, []),
            **taken[source],
        }
        for source in sources
    ]


def _said(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, dict[str, object]]:
    query = select(col(CategoryRow.id), col(CategoryRow.label), col(CategoryRow.solution)).where(
        col(CategoryRow.project) == project, col(CategoryRow.id).in_(numbers)
    )
    return {row[0]: {"label": row[1], "solution": row[2]} for row in db.execute(query)}


def _take_over(said: dict[int, dict[str, object]], target: int, source: int) -> dict[str, object]:
    """Note what the target takes from a source, so that the next source finds it taken."""
    taken = {name: said[source][name] if said[target][name] is None else None for name in ("label", "solution")}
    said[target].update({name: value for name, value in taken.items() if value is not None})
    return taken
