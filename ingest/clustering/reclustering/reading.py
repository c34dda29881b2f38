"""What a reclustering starts from, read in one transaction: templates, and which of them may not be parted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from ingest.clustering.grouping import Standing
from ingest.clustering.keeping import about_to_join
from knowledge_base.absorbing import places_apart, places_of
from knowledge_base.curation.grouping.together import Together
from knowledge_base.store.grouping import facts
from knowledge_base.store.grouping import wildcards as known_wildcards
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.tables import CategoryRow, TemplateRow
from knowledge_base.types import FactKind, Why

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Member:
    """A living template, the category that it is in, and how many lines were seen of it."""

    id: int
    category: int
    text: str
    codes: tuple[str, ...]
    lines: int
    by_person: bool
    by_rule: bool


@dataclass(frozen=True, slots=True)
class Base:
    """A project as it is.

    ``units`` numbers for each member, in their order, the unit that it belongs to: members of one unit stay together,
    for people said so, or a variable word did. ``standings`` has the categories; ``apart`` pairs of units.
    """

    members: tuple[Member, ...]
    units: tuple[int, ...]
    standings: Mapping[int, Standing]
    apart: Mapping[int, frozenset[int]]
    sizes: Mapping[int, int]


def read_base(db: Connection, project: str) -> Base:
    """Read a project; what was evicted does not take part, nor does what waits to join a category by a rule."""
    joining = about_to_join(db, project)
    members = tuple(each for each in _members(db, project) if each.id not in joining)
    standings = _standings(db, project)
    together = Together()
    homes = {each.id: each.category for each in members}
    _unite_categories(together, members, standings)
    known = [each for each in facts.standing(db, project) if each.left in homes and each.right in homes]
    for fact in known:
        if fact.kind is FactKind.MUST_LINK:
            together.join(fact.left, fact.right)
    _unite_wildcards(db, project, together, members, homes)
    apart: dict[int, set[int]] = {}
    for fact in known:
        left, right = together.of(fact.left), together.of(fact.right)
        if fact.kind is FactKind.CANNOT_LINK and left != right:
            apart.setdefault(left, set()).add(right)
            apart.setdefault(right, set()).add(left)
    return Base(
        members,
        tuple(together.of(each.id) for each in members),
        standings,
        {each: frozenset(others) for each, others in apart.items()},
        Counter(each.category for each in members),
    )


def _members(db: Connection, project: str) -> tuple[Member, ...]:
    found: list[Member] = []
    while True:
        behind = found[-1].id if found else 0
        query = (
            select(
                col(TemplateRow.id),
                col(TemplateRow.category),
                col(TemplateRow.text),
                col(TemplateRow.codes),
                col(TemplateRow.count),
                col(TemplateRow.reason),
            )
            .where(
                col(TemplateRow.project) == project,
                col(TemplateRow.id) > behind,
                col(TemplateRow.evicted_at).is_(None),
            )
            .order_by(col(TemplateRow.id))
            .limit(AT_ONCE)
        )
        part = [
            Member(
                id=row[0],
                category=row[1],
                text=row[2],
                codes=tuple(row[3]),
                lines=row[4],
                by_person=row[5].get("why") == Why.PERSON,
                # Templates that rules gave one signature were joined without a threshold.
                by_rule=row[5].get("why") == Why.SIMILARITY and "threshold" not in row[5],
            )
            for row in db.execute(query)
        ]
        found += part
        if len(part) < AT_ONCE:
            return tuple(found)


def _standings(db: Connection, project: str) -> dict[int, Standing]:
    query = select(
        col(CategoryRow.id), col(CategoryRow.label), col(CategoryRow.solution), col(CategoryRow.ignored)
    ).where(col(CategoryRow.project) == project, col(CategoryRow.state) == "active")
    kept = keep_rules.kept(db, project)
    return {
        row[0]: Standing(bool(row[1]) or row[2] is not None or row[3] or row[0] in kept, row[2])
        for row in db.execute(query)
    }


def _unite_categories(together: Together, members: Sequence[Member], standings: Mapping[int, Standing]) -> None:
    """Keep whole what is labelled, and together what people or their rules put into one category."""
    oldest: dict[int, int] = {}
    placed: dict[int, int] = {}
    for each in members:
        first = oldest.setdefault(each.category, each.id)
        if standings[each.category].labelled or each.by_rule:
            together.join(first, each.id)
        elif each.by_person:
            together.join(placed.setdefault(each.category, each.id), each.id)


def _unite_wildcards(
    db: Connection, project: str, together: Together, members: Sequence[Member], homes: Mapping[int, int]
) -> None:
    """Keep templates that differ in a variable word with the one that stands for all of them."""
    depth = known_wildcards.deepest(db, project)
    for start in range(0, len(members) if depth else 0, AT_ONCE):
        part = members[start : start + AT_ONCE]
        places = {each.id: places_of(each.text, depth=depth) for each in part}
        known = known_wildcards.find(db, project, (place for found in places.values() for place in found))
        closed = places_apart(db, project, {place: each.ref.template for place, each in known.items()})
        for number, found in places.items():
            for place in found:
                into = known[place].ref.template if place in known and place not in closed else number
                if homes.get(into) == homes[number]:
                    together.join(number, into)
