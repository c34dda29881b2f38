"""Moving many templates between categories in one step, as a reclustering does, and taking such a step back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from knowledge_base.curation.grouping.merging import move_templates
from knowledge_base.curation.masking.rule_joins import standings
from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import projects
from knowledge_base.store.grouping import categories, facts, reclusterings
from knowledge_base.store.grouping.proposal_settling import settle
from knowledge_base.store.grouping.reclusterings import Aliased, Moved
from knowledge_base.store.numbers import take_numbers
from knowledge_base.store.representing import representatives
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import FactKind

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Rearrangement:
    """Templates that leave their categories for others, all in one step.

    ``moves`` maps a template to the categories that it leaves and comes to; ``heirs`` names for each category that may
    be left empty the one that it becomes an alias of. ``labelled`` are those of these categories that people said
    something of: templates may come to them, none may leave. A number below zero stands for a category that is yet to
    be made, while it is only looked at.
    """

    moves: Mapping[int, tuple[int, int]]
    heirs: Mapping[int, int]
    labelled: frozenset[int]


def objection(db: Connection, project: str, wanted: Rearrangement) -> str | None:
    """Tell why a step does not fit what is there now; None where it does. The caller holds the project."""
    rows = template_rows(db, project, list(wanted.moves))
    for template, (source, _) in wanted.moves.items():
        row = rows.get(template)
        if row is None or row.evicted_at is not None or row.category != source:
            return f"{public_id(Prefix.TEMPLATE, template)} is not where it was"
    sources = {source for source, _ in wanted.moves.values()}
    concerned = {number for number in sources | {target for _, target in wanted.moves.values()} if number >= 0}
    # An heir may be the target of another step; what becomes an alias of it must not be one of an alias.
    named = concerned | {wanted.heirs[number] for number in sources if wanted.heirs.get(number, -1) >= 0}
    active = _active(db, project, named)
    for number in sorted(named):
        if number not in active:
            return f"{public_id(Prefix.CATEGORY, number)} was merged meanwhile"
    said = standings(db, project, concerned)
    for number in sorted(concerned):
        if said[number].labelled != (number in wanted.labelled):
            return f"{public_id(Prefix.CATEGORY, number)} was labelled, or is not any more"
    return contradiction(db, project, {template: target for template, (_, target) in wanted.moves.items()})


def contradiction(db: Connection, project: str, behind: Mapping[int, int]) -> str | None:
    """Tell what people said that would not hold, None where all does; ``behind`` tells where the templates would be."""
    known = facts.about(db, project, behind)
    others = {number for fact in known for number in (fact.left, fact.right)} - behind.keys()
    homes = {number: row.category for number, row in template_rows(db, project, sorted(others)).items()} | dict(behind)
    for fact in known:
        together = homes.get(fact.left) == homes.get(fact.right)
        if together != (fact.kind is FactKind.MUST_LINK):
            left, right = public_id(Prefix.TEMPLATE, fact.left), public_id(Prefix.TEMPLATE, fact.right)
            return f"people keep {left} and {right} {'apart' if together else 'together'}"
    return None


def open_categories(db: Connection, project: str, first: Sequence[int], now: datetime) -> list[int]:
    """Make a category for each of some templates that are about to come to it; tell their numbers."""
    numbers = list(take_numbers(db, "category", len(first))) if first else []
    said: dict[str, object] = {
        "project": project,
        "label": None,
        "state": "active",
        "keywords": [],
        "ignored": False,
        "created_at": now,
    }
    if numbers:
        db.execute(insert(CategoryRow), [{**said, "id": number} for number in numbers])
    made = [
        (
            "category_created",
            {"category": public_id(Prefix.CATEGORY, number), "template": public_id(Prefix.TEMPLATE, each)},
        )
        for number, each in zip(numbers, first, strict=True)
    ]
    projects.publish(db, project, made, now)
    return numbers


def rearrange(
    db: Connection,
    project: str,
    act: int,
    steps: Mapping[int, int],
    wanted: Rearrangement,
    reasons: Mapping[int, Mapping[str, object]],
    *,
    now: datetime,
) -> tuple[list[Moved], list[Aliased]]:
    """Make true what fits (see ``objection``), and keep what it takes to undo it.

    ``steps`` numbers for each category that templates leave the step that it is taken back with. A category that
    nothing alive is left in becomes an alias of its heir; what was evicted from it goes along.
    """
    rows = template_rows(db, project, list(wanted.moves))
    moves = {template: target for template, (_, target) in wanted.moves.items()}
    left: list[int] = []
    for number in sorted({source for source, _ in wanted.moves.values()} & wanted.heirs.keys()):
        held = template_rows(db, project, categories.templates_of(db, project, number))
        resting = {each: row for each, row in held.items() if each not in moves}
        if all(row.evicted_at is not None for row in resting.values()):
            left.append(number)
            rows |= resting
            moves |= dict.fromkeys(resting, wanted.heirs[number])
    moved = [
        Moved(template, rows[template].category, target, dict(rows[template].reason))
        for template, target in sorted(moves.items())
    ]
    move_templates(db, project, moves, reasons, now=now)
    aliased = _alias(db, project, left, wanted.heirs, now)
    reclusterings.keep(
        db,
        project,
        act,
        [(steps[each.source], each) for each in moved],
        [(steps[each.category if each.former is None else each.former], each) for each in aliased],
    )
    return moved, aliased


def _alias(db: Connection, project: str, left: Sequence[int], heirs: Mapping[int, int], now: datetime) -> list[Aliased]:
    kept = []
    former = categories.aliases_by_category(db, project, left) if left else {}
    for number in left:
        heir = heirs[number]
        kept += [Aliased(number, None, heir), *(Aliased(each, number, heir) for each in former.get(number, ()))]
    sources: dict[int, list[int]] = {}
    for number in left:
        sources.setdefault(heirs[number], []).append(number)
    for heir, numbers in sources.items():
        # Representatives without a template belong to the category itself.
        representatives.follow_categories(db, project, numbers, heir)
        db.execute(
            update(CategoryRow)
            .where(
                col(CategoryRow.project) == project,
                col(CategoryRow.id).in_(numbers) | col(CategoryRow.merged_into).in_(numbers),
            )
            .values(merged_into=heir, state="merged")
        )
    settle(db, project, [*left, *(heirs[number] for number in left)])
    merged = [
        ("category_merged", {"from": public_id(Prefix.CATEGORY, each), "into": public_id(Prefix.CATEGORY, heirs[each])})
        for each in left
    ]
    projects.publish(db, project, merged, now)
    return kept


def template_rows(db: Connection, project: str, numbers: Sequence[int]) -> dict[int, Any]:
    """Read where templates are, why, and whether they were evicted, as rows by their numbers."""
    found = {}
    for start in range(0, len(numbers), CHUNK):
        query = select(
            col(TemplateRow.id), col(TemplateRow.category), col(TemplateRow.evicted_at), col(TemplateRow.reason)
        ).where(col(TemplateRow.project) == project, col(TemplateRow.id).in_(list(numbers[start : start + CHUNK])))
        found.update({row.id: row for row in db.execute(query)})
    return found


def _active(db: Connection, project: str, numbers: Collection[int]) -> set[int]:
    wanted = sorted(numbers)
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        query = select(col(CategoryRow.id)).where(
            col(CategoryRow.project) == project,
            col(CategoryRow.id).in_(wanted[start : start + CHUNK]),
            col(CategoryRow.state) == "active",
        )
        found.update(db.execute(query).scalars())
    return found
