"""Eviction: the coldest templates that nobody cares for make room; what is left of them still resolves.

An evicted template keeps its number, its category, its counts and the time when it went. Its text, samples,
fingerprints and representatives are gone, so that its line, should it come again, begins a new template.
A category whose last template went is a tombstone with the state ``evicted``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from knowledge_base.ids import Prefix, public_id
from knowledge_base.store import projects
from knowledge_base.store.asking.learnt_tables import LearntRow
from knowledge_base.store.asking.question_tables import QuestionRow
from knowledge_base.store.grouping import templates
from knowledge_base.store.grouping.proposal_settling import forget
from knowledge_base.store.grouping.tombstones import EVICTED
from knowledge_base.store.grouping.wildcard_tables import SightingRow, WildcardRow
from knowledge_base.store.rarity import terms
from knowledge_base.store.representing import readings
from knowledge_base.store.rules import keep_rules
from knowledge_base.store.solving.draft_tables import DraftRow
from knowledge_base.store.tables import CategoryRow, FactRow, FingerprintRow, RepresentativeRow, SampleRow, TemplateRow
from knowledge_base.store.wanted.queue_tables import CareRow

KEPT_SHARE = 0.95
"""What is left of the limit after an eviction, so that the next new template does not begin another one."""


@dataclass(frozen=True, slots=True)
class Coldest:
    """Templates that may go, coldest first; none of them was seen after ``seen_until``."""

    templates: tuple[int, ...]
    seen_until: datetime | None


@dataclass(frozen=True, slots=True)
class Evicted:
    """How much went."""

    templates: int
    categories: int


def surplus(db: Connection, project: str, limit: int) -> int:
    """Tell how many templates have to go; 0 as long as the limit is kept."""
    living = projects.living_templates(db, project)
    return living - int(limit * KEPT_SHARE) if living > limit else 0


def coldest(db: Connection, project: str, count: int) -> Coldest:
    """Choose templates that were not seen for the longest time, of those the ones with the fewest lines.

    Those that people labelled, solved, assigned, ignored, linked, kept apart, asked or taught something about are
    never chosen, nor what is in a category that a rule keeps.
    This reads all templates of the project: a matter of seconds with a million.
    """
    rows = db.execute(
        select(col(TemplateRow.id), col(TemplateRow.last_seen))
        .where(*_may_go(project))
        .order_by(col(TemplateRow.last_seen), col(TemplateRow.count), col(TemplateRow.id))
        .limit(count)
    ).all()
    return Coldest(tuple(row[0] for row in rows), rows[-1][1] if rows else None)


def evict(db: Connection, project: str, chosen: Sequence[int], *, seen_until: datetime, now: datetime) -> Evicted:
    """Evict templates, 500 at most, within the caller's write transaction.

    What was seen again or touched by people since it was chosen stays.
    """
    projects.lock(db, project)
    query = select(col(TemplateRow.id), col(TemplateRow.category)).where(
        *_may_go(project), col(TemplateRow.id).in_(list(chosen)), col(TemplateRow.last_seen) <= seen_until
    )
    gone = {row[0]: row[1] for row in db.execute(query)}
    if not gone:
        return Evicted(0, 0)
    numbers = sorted(gone)
    terms.take_off(db, project, numbers)
    _drop_what_hangs_on(db, project, numbers)
    db.execute(
        update(TemplateRow)
        .where(col(TemplateRow.project) == project, col(TemplateRow.id).in_(numbers))
        .values(text="", codes=[], reason={}, clustered=True, evicted_at=now)
    )
    projects.add_living(db, project, -len(numbers))
    homes = sorted(set(gone.values()))
    buried = _bury(db, project, homes)
    templates.wait_where_unrepresented(db, project, set(homes) - set(buried))
    changes: list[tuple[str, dict[str, object]]] = [
        ("template_evicted", {"templates": [public_id(Prefix.TEMPLATE, each) for each in numbers]})
    ]
    if buried:
        changes.append(("category_evicted", {"categories": [public_id(Prefix.CATEGORY, each) for each in buried]}))
    projects.publish(db, project, changes, now)
    return Evicted(len(numbers), len(buried))


def _may_go(project: str) -> tuple[ColumnElement[bool], ...]:
    """Name the conditions: alive, and nothing that a person said hangs on it."""
    spoken_of = exists().where(
        col(CategoryRow.project) == project,
        col(CategoryRow.id) == col(TemplateRow.category),
        or_(col(CategoryRow.label).is_not(None), col(CategoryRow.solution).is_not(None), col(CategoryRow.ignored)),
    )
    owned = exists().where(
        col(CareRow.project) == project, col(CareRow.category) == col(TemplateRow.category), col(CareRow.owner) != ""
    )
    own = aliased(CategoryRow)
    drafted = (
        exists().where(col(DraftRow.project) == project, col(DraftRow.category) == col(TemplateRow.category)),
        exists().where(
            col(own.project) == project,
            col(own.merged_into) == col(TemplateRow.category),
            col(DraftRow.project) == project,
            col(DraftRow.category) == col(own.id),
        ),
    )
    linked = [
        exists().where(col(FactRow.project) == project, side == col(TemplateRow.id), col(FactRow.undone_at).is_(None))
        for side in (col(FactRow.left), col(FactRow.right))
    ]
    asked = exists().where(col(QuestionRow.project) == project, col(QuestionRow.template) == col(TemplateRow.id))
    # Also what was taken back: the act that did may be taken back itself.
    learnt = exists().where(col(LearntRow.project) == project, col(LearntRow.template) == col(TemplateRow.id))
    return (
        col(TemplateRow.project) == project,
        col(TemplateRow.evicted_at).is_(None),
        ~spoken_of,
        ~owned,
        *(~each for each in drafted),
        *(~each for each in linked),
        ~asked,
        ~learnt,
        *(~each for each in keep_rules.keeps(project)),
    )


def _drop_what_hangs_on(db: Connection, project: str, numbers: list[int]) -> None:
    for table in (FingerprintRow, SampleRow, WildcardRow, SightingRow):
        db.execute(delete(table).where(col(table.project) == project, col(table.template).in_(numbers)))
    homes = select(col(TemplateRow.category)).where(
        col(TemplateRow.project) == project, col(TemplateRow.id).in_(numbers)
    )
    _remove_representatives(
        db,
        project,
        col(RepresentativeRow.category).in_(homes),
        col(RepresentativeRow.template).in_(numbers),
    )


def _remove_representatives(db: Connection, project: str, *which: ColumnElement[bool]) -> None:
    """Let replicas forget representatives. Their vectors, the largest part of a row, go at once."""
    living = (col(RepresentativeRow.project) == project, col(RepresentativeRow.removed).is_(False))
    found = list(db.execute(select(col(RepresentativeRow.id)).where(*living, *which)).scalars())
    if found:
        db.execute(
            update(RepresentativeRow)
            .where(col(RepresentativeRow.project) == project, col(RepresentativeRow.id).in_(found))
            .values(removed=True, vector=b"", generation=projects.next_generation(db, project))
        )
        readings.forget(db, project, found)


def _bury(db: Connection, project: str, homes: list[int]) -> list[int]:
    """Make tombstones of the categories that hold no living template any more."""
    alive = set(
        db.execute(
            select(col(TemplateRow.category)).where(
                col(TemplateRow.project) == project,
                col(TemplateRow.category).in_(homes),
                col(TemplateRow.evicted_at).is_(None),
            )
        ).scalars()
    )
    buried = [each for each in homes if each not in alive]
    if buried:
        _remove_representatives(db, project, col(RepresentativeRow.category).in_(buried))
        forget(db, project, buried)
        db.execute(
            update(CategoryRow)
            .where(col(CategoryRow.project) == project, col(CategoryRow.id).in_(buried))
            .values(state=EVICTED, keywords=[])
        )
    return buried
